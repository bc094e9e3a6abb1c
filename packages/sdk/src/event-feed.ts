// Entries over server-sent events: how a program follows. What it does not read stays at the server.
import { RPC_CODES, RpcError } from '@hero/rpc/client'
import type { RpcClient, ServerEvent } from '@hero/rpc/client'
import type { LogEntry } from './log-entry.js'
import type { LogFilters } from './log-filters.js'
import type { FeedOptions, LogFeed } from './transport.js'

/** The feed over a client's event streams. */
export function createEventFeed(client: Pick<RpcClient, 'events'>): LogFeed {
  return async function* ({ onCursor, onLag, signal, ...filters }) {
    let isBegun = false
    // Entries tell their place themselves. An error does not: its id is where the stream began.
    const onId = (cursor: string): void => {
      if (!isBegun) onCursor(cursor)
      isBegun = true
    }
    const options = { onId, ...(signal && { signal }) }
    for await (const event of client.events(eventsPath(filters), options)) {
      const entry = read(event, onLag)
      if (entry === undefined) continue
      onCursor(entry.cursor)
      yield entry
    }
  }
}

function read({ event, data }: ServerEvent, onLag: FeedOptions['onLag']): LogEntry | undefined {
  if (event === 'entry' || event === 'gap') return JSON.parse(data) as LogEntry
  if (event === 'lag') onLag?.((JSON.parse(data) as { lines: number }).lines)
  if (event !== 'error') return undefined
  const told = JSON.parse(data) as { message: string; data: { code: keyof typeof RPC_CODES } }
  throw new RpcError(RPC_CODES[told.data.code] ?? RPC_CODES.Internal, told.message, told.data)
}

const LISTS = ['sources', 'origins', 'streams', 'fields'] as const
const WORDS = ['contains', 'regex', 'since', 'tail'] as const

function eventsPath(filters: LogFilters): string {
  const query = new URLSearchParams()
  for (const key of LISTS) for (const value of filters[key] ?? []) query.append(key, value)
  const { runs, levels, fromCursor } = filters
  if (typeof levels === 'string') query.append('level', levels)
  else for (const level of levels ?? []) query.append('levels', level)
  if (typeof runs === 'string') query.append('runs', runs)
  else for (const run of runs ?? []) query.append('runs', String(run))
  for (const key of WORDS) {
    const value = filters[key]
    if (value !== undefined) query.set(key, String(value))
  }
  if (fromCursor !== undefined) query.set('from_cursor', fromCursor)
  return `/events?${query.toString()}`
}
