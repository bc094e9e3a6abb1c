// How far the files of each source were read: one small file a source. A note is made after the commit of
// what it covers, so that the log is never behind it; what the log is ahead is told by the source's own
// count of received lines, which is committed together with the lines.
import { mkdirSync, readFileSync } from 'node:fs'
import { open, rename } from 'node:fs/promises'
import { join } from 'node:path'
import type { FilePosition } from '@hero/capture'

/** When `received` lines had been received in all, the file had been read up to `position`. */
export interface FileNote {
  readonly position: FilePosition
  readonly received: number
}

export class FilePositions {
  readonly #folder: string

  /** @param folder Made with mode 0700 if it is missing. */
  constructor(folder: string) {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    this.#folder = folder
  }

  /** The note of a source; undefined if there is none that can be read. */
  read(source: string): FileNote | undefined {
    try {
      const note = JSON.parse(readFileSync(this.#path(source), 'utf8')) as FileNote
      const figures = [note.received, note.position.dev, note.position.ino, note.position.offset]
      return figures.every((figure) => Number.isSafeInteger(figure)) ? note : undefined
    } catch {
      return undefined
    }
  }

  /** Replaces the note of a source; it is on disk when this resolves. */
  async write(source: string, note: FileNote): Promise<void> {
    const path = this.#path(source)
    const handle = await open(`${path}.new`, 'w', 0o600)
    try {
      await handle.writeFile(JSON.stringify(note))
      await handle.sync()
    } finally {
      await handle.close()
    }
    await rename(`${path}.new`, path)
  }

  /** A source's name can be a file's: it holds no slash and is neither `.` nor `..`. */
  #path(source: string): string {
    return join(this.#folder, `${encodeURIComponent(source)}.json`)
  }
}
