// One followed file as a source of the log: every line once, over restarts, crashes and rotation.
//
// The note says: at `received` lines the file was read up to `position`. The store says how many lines of
// this source are committed. The difference is what stands behind `position` and is known already.
import { dirname } from 'node:path'
import { isSameFile, stillIn } from '@hero/capture'
import type { FileConsumer, FileNews, FilePosition, FollowedFile, LineRegion } from '@hero/capture'
import type { Logs, LogRecord, Sink, SourceSettings } from '@hero/logs'
import type { FileNote, FilePositions } from './file-positions.js'

export interface FileSourceOptions {
  readonly logs: Logs
  readonly positions: FilePositions
  readonly source: string
  readonly path: string
  readonly settings: SourceSettings
  /** Called when its file was gone and it has ended. */
  readonly onDetach: () => void
}

/** Earlier files that are remembered: more than rotation leaves lying about. */
const EARLIER_MAX = 256

export class FileSource implements FileConsumer {
  readonly from: FileConsumer['from']
  readonly #options: FileSourceOptions
  readonly #lines: Sink
  readonly #news: Sink
  #file: FollowedFile | undefined
  #isHeld = false
  /** Lines received in all, and when the last whole one was. */
  #received: number
  #receivedWhole: number
  #noted: number | undefined
  #earlier: readonly FilePosition[]
  /** Notes, one after the other: all are written to one file. */
  #line: Promise<void> = Promise.resolve()

  /** @throws {Error} If it cannot be read how far the file was read. */
  constructor(options: FileSourceOptions) {
    const { logs, positions, source, settings } = options
    const note = positions.read(source)
    this.#options = options
    this.#lines = logs.sink({
      source,
      origin: 'file',
      settings,
      onHold: (held) => this.#hold(held),
    })
    this.#news = logs.sink({ source, origin: 'system' })
    this.#received = logs.stats().sources[`file:${source}`]?.received ?? 0
    this.#receivedWhole = this.#received
    this.from = this.#goOnFrom(note)
    this.#earlier = note?.earlier ?? []
  }

  attach(file: FollowedFile): void {
    this.#file = file
    if (this.#isHeld) file.pause()
  }

  /**
   * Notes how far it was read, when that is committed.
   *
   * @throws {LogsError} `Unavailable` if the store cannot take it; the note stays what it was.
   */
  note(): Promise<void> {
    return this.#queue(() => this.#note())
  }

  /** Ends when the file is gone: what is not there any more needs no note. */
  async detach(isDeleted: boolean): Promise<void> {
    const { positions, source, onDetach } = this.#options
    await this.#queue(async () => {
      try {
        await (isDeleted && this.#earlier.length === 0 ? positions.remove(source) : this.#note())
      } finally {
        this.#file = undefined
      }
    }).catch(() => undefined)
    this.close()
    onDetach()
  }

  close(): void {
    this.#lines.close()
    this.#news.close()
  }

  /** A note that the log is behind is of another log. */
  #goOnFrom(note: FileNote | undefined): FileConsumer['from'] {
    if (note === undefined || note.received > this.#received) return undefined
    return { position: note.position, skipLines: this.#received - note.received }
  }

  onLines(region: LineRegion): void {
    this.#lines.writeLines(region)
    this.#received += region.lines
    if (region.terminated) this.#receivedWhole = this.#received
  }

  onSwitch(position: FilePosition, news: FileNews | undefined): Promise<void> {
    return this.#queue(async () => {
      const earlier = await this.#earlierThan(position, news)
      await this.#write({ position, received: this.#received, earlier })
      this.#earlier = earlier
      this.#receivedWhole = this.#received
      if (news !== undefined) this.#news.write(toRecord(this.#options.path, news))
    })
  }

  /** The files before the one that is gone on with, the newest last. */
  async #earlierThan(
    position: FilePosition,
    news: FileNews | undefined,
  ): Promise<readonly FilePosition[]> {
    const left = news?.position
    if (left === undefined) return this.#earlier
    const others = this.#earlier.filter((one) => !isSameFile(one, left))
    const earlier = [...others, left].filter((one) => !isSameFile(one, position))
    return (await stillIn(dirname(this.#options.path), earlier)).slice(-EARLIER_MAX)
  }

  // Right behind a switch nothing new was received: the place before it is not noted once more.
  async #note(): Promise<void> {
    const position = this.#file?.position
    const received = this.#receivedWhole
    if (position === undefined || this.#file?.isSkipping || received === this.#noted) return
    await this.#write({ position, received, earlier: this.#earlier })
  }

  #queue(work: () => Promise<void>): Promise<void> {
    const done = this.#line.then(work)
    this.#line = done.catch(() => undefined)
    return done
  }

  async #write(note: FileNote): Promise<void> {
    const { logs, positions, source } = this.#options
    await logs.sync()
    await positions.write(source, note)
    this.#noted = note.received
  }

  #hold(held: boolean): void {
    this.#isHeld = held
    if (held) this.#file?.pause()
    else this.#file?.resume()
  }
}

function toRecord(path: string, { type, position }: FileNews): LogRecord {
  const offset = position?.offset ?? 0
  const text = {
    rotated: `${path} was rotated`,
    truncated: `${path} was truncated behind byte ${offset}; what it lost there is unknown`,
    missed: `${path} is not the file that was read up to byte ${offset}; its rest is lost`,
  }[type]
  const level = type === 'rotated' ? 'debug' : 'warning'
  return { text, level, fields: { event: `file.${type}`, path, offset } }
}
