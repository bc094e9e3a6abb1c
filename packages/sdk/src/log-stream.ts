// Log entries as an async iterator: history, then live, over server-sent events. When the connection
// breaks - hero_proc may just be restarting - it is made again strictly after the last entry that was
// seen, so that nothing comes twice and nothing is missed without an error.
import { setTimeout as sleep } from 'node:timers/promises'
import { errorCodeName, RPC_CODES, RpcError } from '@hero/rpc/client'
import type { RpcClient, ServerEvent } from '@hero/rpc/client'
import { toTyped } from './errors.js'
import type { LogEntry } from './log-entry.js'

/** What to read, and where to begin. At most one of `since`, `tail` and `fromCursor`. */
export interface LogStreamOptions {
  /** Source names; `*` matches any run of characters. @default all */
  readonly sources?: readonly string[]
  readonly origins?: readonly string[]
  readonly streams?: readonly ('stdout' | 'stderr' | 'none')[]
  /** Names, or one word: `error` (and more severe), `warning..info`, `none`. */
  readonly levels?: readonly string[] | string
  /** Run numbers, or `last`: each source's newest run. */
  readonly runs?: readonly number[] | 'last'
  /** Substring; matched without case unless it holds an upper-case letter. */
  readonly contains?: string
  readonly regex?: string
  /** Conditions on fields, such as `status>=500`; all of them must hold. */
  readonly fields?: readonly string[]
  /** RFC 3339, or microseconds since the epoch. */
  readonly since?: string | number
  /** Begin with the newest `tail` entries. */
  readonly tail?: number
  /** Begin strictly after this entry. */
  readonly fromCursor?: string
  /** Ends the iteration without an error. */
  readonly signal?: AbortSignal
  /**
   * How long to look for a hero_proc that went away, in milliseconds; 0 not at all.
   * @default 60_000
   */
  readonly patienceMs?: number
  /** Told when the stream has begun: what is written from now on is in it; when the connection breaks; and
   * when it is there again. */
  readonly onConnection?: (state: 'open' | 'lost' | 'back') => void
  /** Told how many lines, of all sources, are still to come when this reader is too slow. */
  readonly onLag?: (lines: number) => void
}

const RETRY_MS_MIN = 50
const RETRY_MS_MAX = 1_000

/**
 * Yields entries until `signal` aborts.
 *
 * @throws {InvalidCursorError | MissedRotationError} Also when it resumes.
 * @throws {TransportError} `Unavailable` if hero_proc is away for longer than `patienceMs`.
 * @throws {RpcError} If hero_proc refuses.
 */
export async function* streamLogs(
  client: Pick<RpcClient, 'events'>,
  options: LogStreamOptions = {},
): AsyncGenerator<LogEntry, void> {
  const { signal, onConnection, patienceMs = 60_000 } = options
  const path = eventsPath(options)
  let lastEventId: string | undefined
  let lostAtMs: number | undefined
  let delayMs = RETRY_MS_MIN
  const found = (id: string): void => {
    if (lastEventId === undefined) onConnection?.('open')
    else if (lostAtMs !== undefined) onConnection?.('back')
    lastEventId = id
    lostAtMs = undefined
    delayMs = RETRY_MS_MIN
  }
  while (signal?.aborted !== true) {
    try {
      const resume = lastEventId === undefined ? {} : { lastEventId }
      const events = client.events(path, { ...resume, ...(signal && { signal }), onId: found })
      for await (const event of events) {
        const entry = read(event, options)
        if (entry !== undefined) yield entry
      }
    } catch (error) {
      if (errorCodeName(error) !== 'Unavailable') throw toTyped(error)
      if (performance.now() - (lostAtMs ?? performance.now()) >= patienceMs) throw error
    }
    if (isAborted(signal)) return
    if (lostAtMs === undefined) onConnection?.('lost')
    lostAtMs ??= performance.now()
    await sleep(delayMs, undefined, signal && { signal }).catch(() => undefined)
    delayMs = Math.min(delayMs * 2, RETRY_MS_MAX)
  }
}

/** A call, so that the compiler does not remember an earlier answer. */
function isAborted(signal: AbortSignal | undefined): boolean {
  return signal?.aborted === true
}

function read({ event, data }: ServerEvent, { onLag }: LogStreamOptions): LogEntry | undefined {
  if (event === 'entry' || event === 'gap') return JSON.parse(data) as LogEntry
  if (event === 'lag') onLag?.((JSON.parse(data) as { lines: number }).lines)
  if (event !== 'error') return undefined
  const told = JSON.parse(data) as { message: string; data: { code: keyof typeof RPC_CODES } }
  throw new RpcError(RPC_CODES[told.data.code] ?? RPC_CODES.Internal, told.message, told.data)
}

const LISTS = ['sources', 'origins', 'streams', 'fields'] as const
const WORDS = ['contains', 'regex', 'since', 'tail'] as const

function eventsPath(options: LogStreamOptions): string {
  const query = new URLSearchParams()
  for (const key of LISTS) for (const value of options[key] ?? []) query.append(key, value)
  const { runs, levels, fromCursor } = options
  if (typeof levels === 'string') query.append('level', levels)
  else for (const level of levels ?? []) query.append('levels', level)
  if (typeof runs === 'string') query.append('runs', runs)
  else for (const run of runs ?? []) query.append('runs', String(run))
  for (const key of WORDS) {
    const value = options[key]
    if (value !== undefined) query.set(key, String(value))
  }
  if (fromCursor !== undefined) query.set('from_cursor', fromCursor)
  return `/events?${query.toString()}`
}
