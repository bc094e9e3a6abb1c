// A producer's way in: whole lines as capture reads them, or single records. A sink belongs to one
// source and one origin and knows the run that its lines belong to.
import type { DropReason, Fields, LineRegion, Origin, Part, Stream } from '../model/entry.js'
import { ORIGINS, PARTS, STREAMS } from '../model/entry.js'
import { LEVELS, levelNumber } from '../model/level.js'
import type { Level } from '../model/level.js'
import { shorten } from '../model/shorten.js'
import { checkSourceName } from '../model/source-name.js'
import type { Clock } from '../model/clock.js'
import type { LogBatcher } from './log-batcher.js'
import { FLAG } from './packed-buffer.js'
import { Redactor } from './redactor.js'
import type { SourceSettings } from './source-state.js'

export interface SinkOptions {
  /** See {@link checkSourceName} for what a name may be. */
  readonly source: string
  readonly origin: Origin
  /** Settings of the source, for all its producers. */
  readonly settings?: SourceSettings
  /** Called with true when the producer should pause, with false when it may go on. Without it `hold`
   * and `block` cannot slow the producer down and act as `drop`. */
  readonly onHold?: (held: boolean) => void
  /** Values that are secret; hidden where `settings.redact` is on. */
  readonly secrets?: readonly string[]
}

/** One record of a producer that speaks records. Give `text` or `bytes`. */
export interface LogRecord {
  readonly text?: string
  /** Text as bytes, kept bit for bit. */
  readonly bytes?: Uint8Array
  /** Found in the text when absent. */
  readonly level?: Level
  /** Microseconds since the epoch, 0 to 2^52 - 1 (the year 2112). @default now */
  readonly ts?: number
  readonly stream?: Stream
  readonly fields?: Fields
  /** Run number, 0 for none. @default 0 */
  readonly run?: number
}

/** The batcher, as a sink needs it. */
export type Door = Pick<LogBatcher, 'accounts' | 'take' | 'tell'>

export interface WriteResult {
  /** Below 1: it has no number yet, see {@link HeldLines}. */
  readonly seq: number
  /** Why the record was dropped; absent when it was taken. */
  readonly dropped?: DropReason
}

export class Sink {
  readonly source: string
  readonly origin: Origin
  readonly #batcher: Door
  readonly #clock: Clock
  readonly #onHold: ((held: boolean) => void) | undefined
  /** Seq of the first part of the line that is open, by stream. */
  readonly #partSeq: Record<Stream, number> = { none: 0, stdout: 0, stderr: 0 }
  readonly #redactor: Redactor
  #closed = false
  #lastSeq = 0
  #lastRun = 0

  constructor(batcher: Door, clock: Clock, options: SinkOptions) {
    const { source, origin, settings = {}, onHold, secrets = [], ...unknown } = options
    refuseUnknown(unknown, 'sink option')
    this.source = checkSourceName(source)
    this.origin = member(ORIGINS, origin, 'origin')
    this.#batcher = batcher
    this.#clock = clock
    this.#onHold = onHold
    this.#redactor = new Redactor(secrets)
    batcher.accounts.key(source, origin)
    const state = batcher.accounts.source(source)
    if (Object.keys(settings).length > 0) {
      batcher.tell(state)
      state.configure(settings)
    }
    if (!onHold) return
    state.holders.add(onHold)
    if (state.held) onHold(true)
  }

  /** Seq of the newest line that was given, taken or dropped; 0 while it has none. */
  get lastSeq(): number {
    return this.#lastSeq
  }

  /**
   * Takes a region of lines of the run `run` (0: none). The bytes are copied before it returns.
   *
   * @returns Why the lines were dropped, or undefined when they were taken.
   * @throws {RangeError} If the region is not as {@link LineRegion} says.
   */
  writeLines(region: LineRegion, run = 0): DropReason | undefined {
    checkRegion(region)
    if (!this.#redacts && !this.#redactor.isOpen(region.stream))
      return this.#writeRegion(region, run)
    this.#lastRun = run
    return this.#writeRegion(this.#redactor.region(region), run)
  }

  #writeRegion(region: LineRegion, run: number): DropReason | undefined {
    const { stream, part, terminated } = region
    const partSeq = part === 'middle' || part === 'last' ? this.#partSeq[stream] : 0
    const { seq, dropped } = this.#take({
      bytes: region.bytes,
      start: region.start,
      end: region.end,
      lines: region.lines,
      flags: flagsOf(stream, part) | (terminated ? 0 : FLAG.unterminated),
      run,
      ts: region.ts,
      addLineEnd: !terminated,
      partSeq,
      level: -1,
    })
    if (part === 'first') this.#partSeq[stream] = seq
    return dropped
  }

  /**
   * Takes one record.
   *
   * @throws {TypeError} If it is not of the shape of {@link LogRecord}.
   * @throws {RangeError} If `ts` or `run` is out of its range.
   */
  write(record: LogRecord): WriteResult {
    const { text, bytes, level, ts, stream = 'none', fields, run = 0, ...unknown } = record
    refuseUnknown(unknown, 'record key')
    const data = this.#redacted(textBytes(text, bytes))
    const { seq, dropped } = this.#take({
      bytes: data,
      start: 0,
      end: data.length,
      lines: 1,
      flags: flagsOf(member(STREAMS, stream, 'stream'), 'none') | FLAG.record,
      run: belowLimit(run, 'run'),
      ts: ts === undefined ? this.#clock() : belowLimit(ts, 'ts'),
      addLineEnd: true,
      partSeq: 0,
      level: level === undefined ? -1 : levelNumber(member(LEVELS, level, 'level')),
      ...(fields === undefined ? {} : { fields: this.#fieldBytes(fields) }),
    })
    return dropped === undefined ? { seq } : { seq, dropped }
  }

  /** Writes what waits to be told of this source, repeats and losses; call it at a run's end. */
  tell(): void {
    for (const region of this.#redactor.rest()) this.#writeRegion(region, this.#lastRun)
    this.#batcher.tell(this.#batcher.accounts.source(this.source))
  }

  /** Ends this producer; the source and its accounts stay. Later writes are dropped as `closed`. */
  close(): void {
    if (this.#closed) return
    this.tell()
    this.#closed = true
    if (this.#onHold) this.#batcher.accounts.source(this.source).holders.delete(this.#onHold)
  }

  get #redacts(): boolean {
    return this.#batcher.accounts.source(this.source).redact
  }

  #redacted(bytes: Uint8Array): Uint8Array {
    return this.#redacts ? this.#redactor.bytes(bytes) : bytes
  }

  #fieldBytes(fields: Fields): Buffer {
    const bytes = fieldBytes(fields)
    return this.#redacts ? fieldBytes(this.#redactor.fields(fields)) : bytes
  }

  #take(intake: Parameters<LogBatcher['take']>[2]): ReturnType<LogBatcher['take']> {
    const key = this.#batcher.accounts.key(this.source, this.origin)
    const source = this.#batcher.accounts.source(this.source)
    key.redacted += this.#redactor.takeCount()
    const taken = this.#batcher.take(source, key, intake, this.#closed ? 'closed' : undefined)
    this.#lastSeq = taken.seq < 1 ? 0 : taken.seq + intake.lines - 1
    return taken
  }
}

function flagsOf(stream: Stream, part: Part): number {
  return STREAMS.indexOf(stream) | (PARTS.indexOf(part) << 2)
}

function textBytes(text: string | undefined, bytes: Uint8Array | undefined): Uint8Array {
  if (bytes !== undefined && text === undefined && bytes instanceof Uint8Array) return bytes
  if (typeof text === 'string' && bytes === undefined) {
    if (!/\p{Surrogate}/u.test(text)) return Buffer.from(text)
    throw new TypeError(
      'Expected text without lone surrogates; give bytes to keep them as they are',
    )
  }
  throw new TypeError(`Expected either text (string) or bytes (Uint8Array) in a record`)
}

function fieldBytes(fields: Fields): Buffer {
  if (typeof fields !== 'object' || fields === null || Array.isArray(fields)) {
    throw new TypeError(`Expected fields to be an object, got ${shorten(JSON.stringify(fields))}`)
  }
  return Buffer.from(JSON.stringify(fields))
}

function member<T extends string>(set: readonly T[], value: T, what: string): T {
  if (set.includes(value)) return value
  throw new TypeError(
    `Expected ${what} to be one of ${set.join(', ')}, got ${shorten(String(value))}`,
  )
}

function whole(value: number, what: string): number {
  if (Number.isSafeInteger(value) && value >= 0) return value
  throw new RangeError(
    `Expected ${what} to be an integer from 0 to 2^53 - 1, got ${shorten(String(value))}`,
  )
}

function refuseUnknown(rest: object, what: string): void {
  const [first] = Object.keys(rest)
  if (first !== undefined) {
    throw new TypeError(`Unknown ${what} ${shorten(JSON.stringify(first))}`)
  }
}

// Differences of two numbers are stored doubled, and must stay exact.
function belowLimit(value: number, what: string): number {
  if (whole(value, what) < 2 ** 52) return value
  throw new RangeError(`Expected ${what} to be below 2^52, got ${value}`)
}

function checkRegion({ bytes, start, end, lines, part, terminated }: LineRegion): void {
  const isInside = start >= 0 && start <= end && end <= bytes.length
  const isOnePiece = lines === 1 && (!terminated || bytes[end - 1] === 10)
  const isWholeLines = part === 'none' && terminated && lines > 0 && bytes[end - 1] === 10
  if (isInside && (isOnePiece || isWholeLines)) return
  throw new RangeError(
    `Expected a region of whole lines or of one piece, got ${lines} lines in ${end - start} bytes`,
  )
}
