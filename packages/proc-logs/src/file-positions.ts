// How far the files of each source were read: one small file a source. A note is made after the commit of
// what it covers, so that the log is never behind it; what the log is ahead is told by the source's own
// count of received lines, which is committed together with the lines.
import { mkdirSync, readdirSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { FilePosition } from '@hero/capture'
import { readState, replaceState } from './state-file.js'

/** When `received` lines had been received in all, the file had been read up to `position`. */
export interface FileNote {
  readonly position: FilePosition
  readonly received: number
  /** Where the files before this one were left, as long as they are in its folder. @default none */
  readonly earlier?: readonly FilePosition[]
}

export class FilePositions {
  readonly #folder: string
  /** By the name of the note's file. */
  readonly #notes = new Map<string, FileNote>()

  /**
   * Reads all notes. One that cannot be read counts when its own file is to be followed.
   *
   * @param folder Made with mode 0700 if it is missing.
   */
  constructor(folder: string) {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    this.#folder = folder
    for (const file of readdirSync(folder)) {
      const note = file.endsWith('.json') ? readableNote(join(folder, file)) : undefined
      if (note !== undefined) this.#notes.set(file, note)
    }
  }

  /**
   * The note of a source; undefined if there is none, or none that makes sense.
   *
   * @throws {Error} If it cannot be read.
   */
  read(source: string): FileNote | undefined {
    return readNote(join(this.#folder, fileOf(source)))
  }

  /** The sources with a prefix that have read a file, and where they left it. */
  readers(
    prefix: string,
    { dev, ino }: Pick<FilePosition, 'dev' | 'ino'>,
  ): { readonly source: string; readonly positions: readonly FilePosition[] }[] {
    const start = encodeURIComponent(prefix)
    return [...this.#notes].flatMap(([file, { position, earlier = [] }]) => {
      const positions = [position, ...earlier].filter((one) => one.dev === dev && one.ino === ino)
      if (positions.length === 0 || !file.startsWith(start)) return []
      return [{ source: sourceOf(file), positions }]
    })
  }

  /** Replaces the note of a source; it is on disk when this resolves. */
  async write(source: string, note: FileNote): Promise<void> {
    await replaceState(join(this.#folder, fileOf(source)), JSON.stringify(note))
    this.#notes.set(fileOf(source), note)
  }

  /** Removes the note of a source. */
  async remove(source: string): Promise<void> {
    await rm(join(this.#folder, fileOf(source)), { force: true })
    this.#notes.delete(fileOf(source))
  }
}

/** A source's name can be a file's: it holds no slash and is neither `.` nor `..`. */
function fileOf(source: string): string {
  return `${encodeURIComponent(source)}.json`
}

function sourceOf(file: string): string {
  return decodeURIComponent(file.slice(0, -'.json'.length))
}

function readableNote(path: string): FileNote | undefined {
  try {
    return readNote(path)
  } catch {
    return undefined
  }
}

function readNote(path: string): FileNote | undefined {
  const text = readState(path)
  if (text === undefined) return undefined
  try {
    const note = JSON.parse(text) as FileNote
    const { position, received, earlier = [] } = note
    return Number.isSafeInteger(received) && [position, ...earlier].every(isPosition)
      ? note
      : undefined
  } catch {
    return undefined
  }
}

function isPosition({ dev, ino, offset, mark }: FilePosition): boolean {
  return [dev, ino, offset].every((one) => Number.isSafeInteger(one)) && typeof mark === 'string'
}
