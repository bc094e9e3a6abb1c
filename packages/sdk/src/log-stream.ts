// Log entries as an async iterator: history, then live. When the connection breaks - hero_proc may just be
// restarting - it is made again strictly after the last entry that was seen, so that nothing comes twice
// and nothing is missed without an error.
import { errorCodeName } from '@hero/rpc/browser'
import { toTyped } from './errors.js'
import type { LogEntry } from './log-entry.js'
import type { LogFilters } from './log-filters.js'
import type { LogFeed } from './transport.js'

/** What to read, and where to begin. */
export interface LogStreamOptions extends LogFilters {
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
  /** Told how many lines, of all sources, are still to come: when this reader is too slow, and in a page
   * with everything that comes. */
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
  follow: LogFeed,
  options: LogStreamOptions = {},
): AsyncGenerator<LogEntry, void> {
  const { onConnection, patienceMs = 60_000, ...wanted } = options
  const { signal } = options
  const { since: _since, tail: _tail, ...filters } = wanted
  let fromCursor: string | undefined
  let lostAtMs: number | undefined
  let delayMs = RETRY_MS_MIN
  const onCursor = (cursor: string): void => {
    if (fromCursor === undefined) onConnection?.('open')
    else if (lostAtMs !== undefined) onConnection?.('back')
    fromCursor = cursor
    lostAtMs = undefined
    delayMs = RETRY_MS_MIN
  }
  while (signal?.aborted !== true) {
    try {
      const begin = fromCursor === undefined ? wanted : { ...filters, fromCursor }
      yield* follow({ ...begin, onCursor })
    } catch (error) {
      if (isAborted(signal)) return
      if (errorCodeName(error) !== 'Unavailable') throw toTyped(error)
      if (performance.now() - (lostAtMs ?? performance.now()) >= patienceMs) throw error
    }
    if (isAborted(signal)) return
    if (lostAtMs === undefined) onConnection?.('lost')
    lostAtMs ??= performance.now()
    await pause(delayMs, signal)
    delayMs = Math.min(delayMs * 2, RETRY_MS_MAX)
  }
}

/** A call, so that the compiler does not remember an earlier answer. */
function isAborted(signal: AbortSignal | undefined): boolean {
  return signal?.aborted === true
}

/** Resolves after a time, or when `signal` aborts. */
async function pause(durationMs: number, signal: AbortSignal | undefined): Promise<void> {
  await new Promise<void>((resolve) => {
    const done = (): void => {
      clearTimeout(timer)
      signal?.removeEventListener('abort', done)
      resolve()
    }
    const timer = setTimeout(done, durationMs)
    signal?.addEventListener('abort', done)
  })
}
