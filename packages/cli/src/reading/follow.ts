// Live entries of a running hero_proc, over a stream of server-sent events. When the connection breaks -
// hero_proc may just be restarting - it is made again after the last entry seen, for a bounded time.
import { setTimeout as sleep } from 'node:timers/promises'
import type { Query, WireEntry } from '@hero/logs'
import type { RpcClient } from '@hero/rpc'
import { CliError, errorCode, EXIT } from '../exit.js'
import { missedOf, sayMissed } from './missed.js'
import type { Missed } from './missed.js'

/** Where to begin. */
export type FollowBegin =
  | { readonly from_cursor: string }
  | { readonly since: number }
  | { readonly tail: number }

export interface FollowEntriesOptions {
  readonly query: Query
  readonly begin: FollowBegin
  readonly signal: AbortSignal
  /** Told when the connection breaks, and when it is there again. */
  readonly onChange: (state: 'lost' | 'back') => void
  /** Told of lines that were removed while nobody was connected. @default says it on stderr */
  readonly onMissed?: (missed: Missed) => void
  /** How long to look for a hero_proc that went away, in milliseconds. @default 60_000 */
  readonly patienceMs?: number
}

const RETRY_MS_MIN = 50
const RETRY_MS_MAX = 1_000
const LASTING_MS = 2_000

/**
 * Yields entries until the signal aborts.
 *
 * @throws {CliError} Unreachable, if the connection is lost and does not come back in time.
 * @throws {RpcError} If hero_proc refuses, for instance with `InvalidCursor`.
 */
export async function* followEntries(
  client: Pick<RpcClient, 'events'>,
  options: FollowEntriesOptions,
): AsyncGenerator<WireEntry> {
  const { signal, onChange, onMissed = sayMissed, patienceMs = 60_000 } = options
  const path = eventsPath(options.query, options.begin)
  let lastEventId: string | undefined
  let lostAtMs: number | undefined
  let delayMs = RETRY_MS_MIN
  while (!signal.aborted) {
    const startMs = performance.now()
    try {
      const resume = lastEventId === undefined ? {} : { lastEventId }
      // Where the stream begins is told before there is an entry: what comes while the connection is lost
      // is after that.
      const onId = (id: string): void => {
        lastEventId ||= id
      }
      for await (const { id, event, data } of client.events(path, { ...resume, onId, signal })) {
        if (lostAtMs !== undefined) onChange('back')
        lostAtMs = undefined
        delayMs = RETRY_MS_MIN
        if (event === 'end') break
        if (event === 'error') throw Object.assign(new Error(), JSON.parse(data))
        if (event !== 'entry' && event !== 'gap') continue
        if (id !== undefined && id !== '') lastEventId = id
        yield JSON.parse(data) as WireEntry
      }
    } catch (error) {
      const missed = missedOf(error)
      if (missed) {
        onMissed(missed)
        lastEventId = missed.oldest_cursor
        continue
      }
      if (errorCode(error) !== 'Unavailable') throw error
    }
    if (signal.aborted) return
    const nowMs = performance.now()
    // A stream that lasted was connected, even if it had nothing to say.
    if (nowMs - startMs > LASTING_MS) lostAtMs = undefined
    if (lostAtMs === undefined) onChange('lost')
    lostAtMs ??= nowMs
    if (nowMs - lostAtMs >= patienceMs) {
      throw new CliError(EXIT.unreachable, 'hero_proc went away and did not come back')
    }
    await sleep(delayMs, undefined, { signal }).catch(() => {})
    delayMs = Math.min(delayMs * 2, RETRY_MS_MAX)
  }
}

/** Returns the path of the event stream for a query. */
export function eventsPath(query: Query, begin: FollowBegin): string {
  const params = new URLSearchParams()
  const { sources, origins, streams, levels, runs, contains, regex, fields } = query
  const given = { sources, origins, streams, levels, runs, contains, regex, fields, ...begin }
  for (const [key, value] of Object.entries(given)) {
    if (value === undefined) continue
    for (const one of Array.isArray(value) ? value : [value]) params.append(key, String(one))
  }
  return `/events?${params.toString()}`
}
