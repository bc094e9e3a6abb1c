// What differs between a program and a page: how a call reaches hero_proc, and how entries come back. The
// rest of the client stands on this.
import type { Call } from './call.js'
import type { LogEntry } from './log-entry.js'
import type { LogFilters } from './log-filters.js'

export interface Transport {
  readonly call: Call
  readonly follow: LogFeed
  /** Closes all connections. Safe to call twice. */
  close(): void
}

/** Entries over one connection: ends when the connection does, or when `signal` aborts. */
export type LogFeed = (options: FeedOptions) => AsyncIterable<LogEntry>

export interface FeedOptions extends LogFilters {
  /** Told where to resume: when the feed has begun, and before each entry. */
  readonly onCursor: (cursor: string) => void
  /** Told how many lines, of all sources, are still to come. */
  readonly onLag?: (lines: number) => void
  readonly signal?: AbortSignal
}
