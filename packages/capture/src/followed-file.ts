// One growing file, read line by line wherever it goes: renamed and made anew, truncated, removed and back.
//
//   look ─► read to the end ─► is the path another file now? ─► read that one, from its beginning
//
// Reading never runs ahead of what was handed over, so that the position of the last line end, with the
// number of lines up to it, is all there is to remember.
import { stat } from 'node:fs/promises'
import type { LineRegion } from '@hero/logs'
import {
  BEGINNING,
  behind,
  hasMark,
  isSameFile,
  openAt,
  openCopy,
  openSource,
  placeOf,
} from './file-place.js'
import type { FilePosition, Place, Source } from './file-place.js'
import { LineCutter } from './line-cutter.js'
import type { ReadClock } from './read-clock.js'
import { findFile, successorOf } from './rotated-files.js'
import type { Identity } from './rotated-files.js'

/** What happens to a file beside growing. `missed`: what was to be read next is gone. */
export interface FileNews {
  readonly type: 'rotated' | 'truncated' | 'missed'
  /** The place that was read last. */
  readonly position: FilePosition | undefined
}

export interface FollowedFileOptions {
  readonly path: string
  /** Where to go on, and how many lines behind that place are known already. @default the beginning */
  readonly from?: { readonly position: FilePosition; readonly skipLines: number } | undefined
  readonly lineBytesMax: number
  readonly clock: ReadClock
  /** Gets the lines; the bytes are only valid during the call. */
  readonly onLines: (region: LineRegion) => void
  /**
   * Called before the first line of another file, or of the same one from its beginning, is handed over.
   * Until it resolves nothing is; when it rejects it is called again later.
   */
  readonly onSwitch: (position: FilePosition, news: FileNews | undefined) => Promise<void>
  /** True if what is at the path now belongs to another one: it is not gone on with. */
  readonly isTaken: () => Promise<boolean>
  /** Called, perhaps again and again, when there is nothing left to read, nor anything to come. */
  readonly onGone: () => void
}

/** Large enough that a busy file costs few reads, small enough for each of many files. */
const CHUNK_BYTES = 65_536
/** Writers go on with a renamed file until they are told: it has to be quiet for as long, in ms. */
export const ROTATE_QUIET_MS = 1_000
/** A file that is no longer at its path is read on until nothing has come for as long, in ms. */
export const GONE_QUIET_MS = 60_000

export class FollowedFile {
  readonly path: string
  readonly #options: FollowedFileOptions
  readonly #chunk = Buffer.allocUnsafeSlow(CHUNK_BYTES)
  #cutter!: LineCutter
  #source: Source | undefined
  /** Where the next read begins, and where the next region does. */
  #read: Place = BEGINNING
  #handed: Place = BEGINNING
  #position: (Place & Identity) | undefined
  #skipLines = 0
  #lastReadMs = 0
  #isPaused = false
  #isClosed = false
  #isDue = false
  #pumping: Promise<void> | undefined

  constructor(options: FollowedFileOptions) {
    this.path = options.path
    this.#options = options
    this.#skipLines = options.from?.skipLines ?? 0
    this.#newCutter()
  }

  /** The end of the last whole line that was handed over. */
  get position(): FilePosition | undefined {
    return this.#position && { ...this.#position, mark: this.#position.mark.toString('base64') }
  }

  /** True while lines are read again that are known already: the position is behind them. */
  get isSkipping(): boolean {
    return this.#skipLines > 0
  }

  /** True for the file that is open now, wherever it is. */
  isReading(file: Identity): boolean {
    return this.#source !== undefined && isSameFile(this.#source, file)
  }

  /** True if the file that is open now has no name any more, here or elsewhere. */
  async isDeleted(): Promise<boolean> {
    const found = await this.#source?.handle.stat().catch(() => undefined)
    return found?.nlink === 0
  }

  /** Resolves when everything has been read that is there now, or reading is paused. */
  async settled(): Promise<void> {
    this.look()
    await this.#pumping
  }

  /** Reads what is there; to be called whenever something may have changed. Never rejects. */
  look(): void {
    this.#isDue = true
    if (this.#isClosed || this.#isPaused) return
    this.#pumping ??= this.#pump().finally(() => {
      this.#pumping = undefined
      if (this.#isDue) this.look()
    })
  }

  pause(): void {
    this.#isPaused = true
  }

  resume(): void {
    this.#isPaused = false
    this.look()
  }

  /** Stops reading. Safe to call twice. */
  async close(): Promise<void> {
    this.#isClosed = true
    await this.#pumping
    await this.#source?.handle.close()
    this.#source = undefined
  }

  async #pump(): Promise<void> {
    this.#isDue = false
    try {
      if (this.#source === undefined && !(await this.#begin())) return
      while (await this.#readToEnd()) {
        const next = await this.#next()
        if (next === undefined || !(await this.#switchTo(next))) return
      }
    } catch {
      // What cannot be read now is looked at again: a look comes at least once a second.
    }
  }

  /** Opens the first file; false if there is none yet. */
  async #begin(): Promise<boolean> {
    const { path, from } = this.#options
    const position = this.position ?? from?.position
    if (position !== undefined) {
      const found = await findFile(path, position)
      const place = placeOf(position)
      this.#source =
        (found === undefined ? undefined : await openAt(found, place)) ??
        (await openCopy(path, place))
      if (this.#source !== undefined) {
        this.#goTo(place)
        return true
      }
    }
    this.#skipLines = 0
    const source = await openSource(path)
    if (source === undefined) {
      if ((await statIfThere(path)) === undefined) this.#options.onGone()
      return false
    }
    const news = position && ({ type: 'missed', position } as const)
    await this.#startAt(source, news)
    return true
  }

  async #startAt(source: Source, news: FileNews | undefined): Promise<void> {
    const { dev, ino } = source
    try {
      await this.#options.onSwitch({ dev, ino, offset: 0, mark: '' }, news)
    } catch (error) {
      if (source !== this.#source) await source.handle.close()
      throw error
    }
    const old = this.#source
    this.#source = source
    this.#skipLines = 0
    this.#newCutter()
    this.#goTo(BEGINNING)
    if (old !== source) await old?.handle.close()
  }

  #goTo(place: Place): void {
    const { dev, ino } = this.#source ?? { dev: 0, ino: 0 }
    this.#read = place
    this.#handed = place
    this.#position = { ...place, dev, ino }
  }

  /** Reads on to the end of the file; false if that was not reached. */
  async #readToEnd(): Promise<boolean> {
    while (this.#source !== undefined && !this.#isPaused && !this.#isClosed) {
      const { handle } = this.#source
      const { bytesRead } = await handle.read(this.#chunk, 0, CHUNK_BYTES, this.#read.offset)
      // After the read: a file that still has the mark was not truncated before it.
      if (!(await hasMark(handle, this.#read))) {
        await this.#afterTruncation(this.#source)
        continue
      }
      if (bytesRead === 0) return true
      // It is read again: who has asked for the pause has no room for it.
      if (this.#isPaused) return false
      this.#take(this.#chunk.subarray(0, bytesRead))
    }
    return false
  }

  /** Reads on in the copy that was made before the truncation, if there is one that rotation has named. */
  async #afterTruncation(source: Source): Promise<void> {
    const copy = await openCopy(this.path, this.#read)
    if (copy === undefined) {
      return await this.#startAt(source, { type: 'truncated', position: this.position })
    }
    this.#source = copy
    if (this.#position !== undefined) {
      this.#position = { ...this.#position, dev: copy.dev, ino: copy.ino }
    }
    await source.handle.close()
  }

  #take(chunk: Buffer): void {
    this.#lastReadMs = performance.now()
    this.#read = behind(this.#read, chunk)
    this.#cutter.push(chunk, this.#options.clock.stamp())
  }

  /** The file that comes after this one, when this one has come to its end. */
  async #next(): Promise<string | undefined> {
    const source = this.#source
    const found = await statIfThere(this.path)
    if (source === undefined || (found !== undefined && isSameFile(found, source))) return undefined
    const quietMs = performance.now() - this.#lastReadMs
    const next = found && ((await successorOf(this.path, await source.handle.stat())) ?? this.path)
    if (next === undefined || (next === this.path && (await this.#options.isTaken()))) {
      if (quietMs >= GONE_QUIET_MS) this.#options.onGone()
      return undefined
    }
    // Nobody writes to the new one yet: the old one may still grow.
    if (next === this.path && found?.size === 0) return undefined
    if (quietMs >= ROTATE_QUIET_MS) return next
    setTimeout(() => this.look(), ROTATE_QUIET_MS - quietMs).unref()
    return undefined
  }

  /** Goes on with another file; false if that cannot be now. */
  async #switchTo(path: string): Promise<boolean> {
    const source = await openSource(path)
    if (source === undefined) return false
    if (this.#isPaused) {
      await source.handle.close()
      return false
    }
    // What had no line end will not get one any more.
    this.#cutter.end(this.#options.clock.stamp())
    await this.#startAt(source, { type: 'rotated', position: this.position })
    return true
  }

  #newCutter(): void {
    const { lineBytesMax } = this.#options
    const onRegion = (region: LineRegion): void => this.#deliver(region)
    this.#cutter = new LineCutter({ stream: 'none', lineBytesMax, onRegion })
  }

  #deliver(region: LineRegion): void {
    this.#handed = behind(this.#handed, region.bytes.subarray(region.start, region.end))
    // A place in the middle of a line is none to go on from.
    if (region.terminated && this.#position !== undefined) {
      this.#position = { ...this.#position, ...this.#handed }
    }
    if (this.#skipLines === 0) return this.#options.onLines(region)
    if (this.#skipLines >= region.lines) {
      this.#skipLines -= region.lines
      return
    }
    let { start } = region
    for (let left = this.#skipLines; left > 0; left--) {
      start = Buffer.prototype.indexOf.call(region.bytes, 10, start) + 1
    }
    const lines = region.lines - this.#skipLines
    this.#skipLines = 0
    this.#options.onLines({ ...region, start, lines })
  }
}

async function statIfThere(path: string) {
  try {
    return await stat(path)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}
