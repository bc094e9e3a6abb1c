// A destination for pino: a program's own lines go into hero_proc as entries with level, time and fields.
// While one batch is on its way the next one gathers; when hero_proc is away lines wait in the stream's
// buffer, and are dropped and counted when that is full or it does not come back: logging must not end a
// program.
import { Writable } from 'node:stream'
import { StringDecoder } from 'node:string_decoder'
import { callbackify } from 'node:util'
import { setTimeout as sleep } from 'node:timers/promises'
import { TransportError } from '@hero/rpc/client'
import { createClient } from './client.js'
import type { ClientOptions } from './client.js'
import type { HeroProcClient } from './hero-client.js'

export interface PinoStreamOptions extends ClientOptions {
  /** The source that the entries belong to. */
  readonly source: string
  /**
   * How long lines wait for a hero_proc that went away, in milliseconds; from then on they are dropped
   * until it is back.
   * @default 10_000
   */
  readonly patienceMs?: number
  /** Told how many lines were dropped, and why. */
  readonly onDrop?: (lines: number, error: unknown) => void
}

/** Entries and characters of one call: far less than what `logs.insert` and a request may have. */
const ENTRIES_MAX = 1_000
const BATCH_CHARACTERS_MAX = 1_000_000
/** What waits before a writer is told to wait. */
const BUFFER_SIZE_MAX = 1_048_576
/** What waits at most: pino itself does not wait when it is told to. */
const WAITING_SIZE_MAX = 16_777_216
const RETRY_MS = 100

/**
 * Makes a stream to hand to pino. It is the module's default too, so that pino can load it as a transport
 * into a thread of its own; `onDrop` cannot go there.
 *
 * @example
 * ```ts
 * const log = pino(createPinoStream({ source: 'shop' }))
 * log.info({ cup: 7 }, 'washed')
 *
 * const other = pino(pino.transport({ target: '@hero/sdk/pino', options: { source: 'shop' } }))
 * ```
 */
export function createPinoStream(options: PinoStreamOptions): Writable {
  return new PinoStream(options)
}

/** @alias */
export default createPinoStream

type Chunk = string | Buffer
type Done = (error?: Error | null) => void

class PinoStream extends Writable {
  readonly #client: HeroProcClient
  readonly #source: string
  readonly #patienceMs: number
  readonly #onDrop: NonNullable<PinoStreamOptions['onDrop']>
  readonly #decoder = new StringDecoder()
  readonly #take: (text: string, done: Done) => void
  #rest = ''
  /** Until when lines wait; undefined while hero_proc is there. */
  #patienceEndMs: number | undefined

  constructor({ source, patienceMs = 10_000, onDrop, ...options }: PinoStreamOptions) {
    super({ highWaterMark: BUFFER_SIZE_MAX, decodeStrings: false })
    this.#client = createClient(options)
    this.#source = source
    this.#patienceMs = patienceMs
    this.#onDrop = onDrop ?? (() => undefined)
    this.#take = callbackify((text: string) => this.#send(text))
  }

  override write(chunk: Chunk, encoding?: BufferEncoding | Done, done?: Done): boolean {
    if (this.writableLength + chunk.length > WAITING_SIZE_MAX && this.writableLength > 0) {
      const message = `More than ${WAITING_SIZE_MAX} characters wait for hero_proc`
      this.#onDrop(linesIn(chunk), new TransportError('LimitExceeded', message))
      const told = typeof encoding === 'function' ? encoding : done
      if (told !== undefined) process.nextTick(told)
      return false
    }
    return typeof encoding === 'function'
      ? super.write(chunk, encoding)
      : super.write(chunk, encoding ?? 'utf8', done)
  }

  override _write(chunk: Chunk, _encoding: BufferEncoding, done: Done): void {
    this.#take(this.#textOf(chunk), done)
  }

  override _writev(chunks: readonly { readonly chunk: Chunk }[], done: Done): void {
    this.#take(chunks.map(({ chunk }) => this.#textOf(chunk)).join(''), done)
  }

  override _final(done: Done): void {
    this.#rest += this.#decoder.end()
    this.#take(this.#rest === '' ? '' : '\n', done)
  }

  override _destroy(error: Error | null, done: Done): void {
    this.#client.close()
    done(error)
  }

  /** A character may begin in one chunk and end in the next. */
  #textOf(chunk: Chunk): string {
    return typeof chunk === 'string' ? chunk : this.#decoder.write(chunk)
  }

  async #send(text: string): Promise<void> {
    const lines = (this.#rest + text).split('\n')
    this.#rest = lines.pop() ?? ''
    for (const batch of batchesOf(lines.filter((line) => line !== ''))) {
      try {
        await this.#insert(batch.map(toEntry))
      } catch (error) {
        this.#onDrop(batch.length, error)
      }
    }
  }

  async #insert(entries: readonly PinoEntry[]): Promise<void> {
    for (;;) {
      try {
        const { dropped, errors = [] } = await this.#client.logs.insert({
          source: this.#source,
          entries,
        })
        this.#patienceEndMs = undefined
        const [refused] = errors
        if (refused !== undefined) this.#onDrop(errors.length, new TypeError(refused.message))
        if (dropped > 0) this.#onDrop(dropped, new Error('hero_proc has dropped them'))
        return
      } catch (error) {
        const { code } = error as { code?: unknown }
        if (code !== 'Unavailable' || this.destroyed) throw error
        this.#patienceEndMs ??= performance.now() + this.#patienceMs
        if (performance.now() >= this.#patienceEndMs) throw error
        await sleep(RETRY_MS)
      }
    }
  }
}

function linesIn(chunk: Chunk): number {
  return String(chunk)
    .split('\n')
    .filter((line) => line !== '').length
}

/** Lines in portions that one call takes; a line that is longer comes alone. */
function* batchesOf(lines: readonly string[]): Generator<string[]> {
  let batch: string[] = []
  let characters = 0
  for (const line of lines) {
    const isFull = batch.length >= ENTRIES_MAX || characters + line.length > BATCH_CHARACTERS_MAX
    if (isFull && batch.length > 0) {
      yield batch
      batch = []
      characters = 0
    }
    batch.push(line)
    characters += line.length
  }
  if (batch.length > 0) yield batch
}

interface PinoEntry {
  readonly text: string
  readonly level?: string
  readonly ts?: number
  readonly fields?: Readonly<Record<string, unknown>>
}

/** By number, and by label: `formatters.level` of pino may write that instead. */
const LEVELS: ReadonlyMap<unknown, string> = new Map<unknown, string>(
  (
    [
      [10, 'trace', 'trace'],
      [20, 'debug', 'debug'],
      [30, 'info', 'info'],
      [40, 'warn', 'warning'],
      [50, 'error', 'error'],
      [60, 'fatal', 'crit'],
    ] as const
  ).flatMap(([number, label, level]) => [[number, level] as const, [label, level] as const]),
)

/** A line of pino as an entry; anything else is a line of text. What has no place of its own is a field. */
function toEntry(line: string): PinoEntry {
  let value: unknown
  try {
    value = JSON.parse(line)
  } catch {
    return { text: line }
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return { text: line }
  const { level, time, msg, ...rest } = value as Record<string, unknown>
  const name = LEVELS.get(level)
  const ts = stampOf(time)
  const fields = {
    ...(name === undefined && level !== undefined ? { level } : {}),
    ...(ts === undefined && time !== undefined ? { time } : {}),
    ...(typeof msg !== 'string' && msg !== undefined ? { msg } : {}),
    ...rest,
  }
  return {
    text: typeof msg === 'string' ? msg : '',
    ...(name === undefined ? {} : { level: name }),
    ...(ts === undefined ? {} : { ts }),
    ...(Object.keys(fields).length === 0 ? {} : { fields }),
  }
}

/** Microseconds of a time as pino writes it: a number of milliseconds, or RFC 3339. */
function stampOf(time: unknown): number | undefined {
  const ms = typeof time === 'string' ? Date.parse(time) : time
  const isTime = typeof ms === 'number' && Number.isSafeInteger(ms * 1_000) && ms >= 0
  return isTime ? ms * 1_000 : undefined
}
