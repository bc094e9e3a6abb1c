// A destination for pino: a program's own lines go into hero_proc as entries with level, time and fields.
// While one batch is on its way the next one gathers; when hero_proc is away lines wait in the stream's
// buffer, and are dropped and counted when it does not come back: logging must not end a program.
import { Writable } from 'node:stream'
import { callbackify } from 'node:util'
import { setTimeout as sleep } from 'node:timers/promises'
import { createClient } from './client.js'
import type { ClientOptions } from './client.js'
import type { HeroProcClient } from './hero-client.js'

export interface PinoStreamOptions extends ClientOptions {
  /** The source that the entries belong to. */
  readonly source: string
  /**
   * How long one batch may wait for a hero_proc that is away, in milliseconds; then it is dropped.
   * @default 10_000
   */
  readonly patienceMs?: number
  /** Told how many lines were dropped, and why. */
  readonly onDrop?: (lines: number, error: unknown) => void
}

/** Entries of one call; `logs.insert` takes no more than ten times as many. */
const ENTRIES_MAX = 1_000
/** Bytes that wait before pino is told to wait. */
const BUFFER_BYTES_MAX = 1_048_576
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
  const { source, patienceMs = 10_000, onDrop, ...clientOptions } = options
  const client = createClient(clientOptions)
  let rest = ''
  const write = async (text: string): Promise<void> => {
    const lines = (rest + text).split('\n')
    rest = lines.pop() ?? ''
    const entries = lines.filter((line) => line !== '').map(toEntry)
    for (let at = 0; at < entries.length; at += ENTRIES_MAX) {
      const batch = entries.slice(at, at + ENTRIES_MAX)
      await insert(client, source, batch, patienceMs).catch((error: unknown) =>
        onDrop?.(batch.length, error),
      )
    }
  }
  const take = callbackify(write)
  return new Writable({
    highWaterMark: BUFFER_BYTES_MAX,
    decodeStrings: false,
    write: (chunk: string | Buffer, _encoding, done) => take(String(chunk), done),
    writev: (chunks, done) => take(chunks.map(({ chunk }) => String(chunk)).join(''), done),
    final: (done) => take(rest === '' ? '' : '\n', done),
    destroy: (error, done) => {
      client.close()
      done(error)
    },
  })
}

/** @alias */
export default createPinoStream

async function insert(
  client: HeroProcClient,
  source: string,
  entries: readonly PinoEntry[],
  patienceMs: number,
): Promise<void> {
  const end = performance.now() + patienceMs
  for (;;) {
    try {
      await client.logs.insert({ source, entries })
      return
    } catch (error) {
      const { code } = error as { code?: unknown }
      if (code !== 'Unavailable' || performance.now() >= end) throw error
      await sleep(RETRY_MS)
    }
  }
}

interface PinoEntry {
  readonly text: string
  readonly level?: string
  readonly ts?: number
  readonly fields?: Readonly<Record<string, unknown>>
}

const LEVELS: ReadonlyMap<unknown, string> = new Map<unknown, string>([
  [10, 'trace'],
  [20, 'debug'],
  [30, 'info'],
  [40, 'warning'],
  [50, 'error'],
  [60, 'crit'],
])

/** A line of pino as an entry; anything else is a line of text. */
function toEntry(line: string): PinoEntry {
  let value: unknown
  try {
    value = JSON.parse(line)
  } catch {
    return { text: line }
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return { text: line }
  const { level, time, msg, ...fields } = value as Record<string, unknown>
  const name = LEVELS.get(level)
  const isTime = typeof time === 'number' && Number.isSafeInteger(time * 1_000) && time >= 0
  return {
    text: typeof msg === 'string' ? msg : '',
    ...(name === undefined ? {} : { level: name }),
    ...(isTime ? { ts: time * 1_000 } : {}),
    ...(Object.keys(fields).length === 0 ? {} : { fields }),
  }
}
