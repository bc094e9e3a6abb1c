// Written by `npm run sdk` from openrpc.json: change the declaration of the method instead.
import type { Call, CallOptions } from '../call.js'
import type { LogEntry, LogRecord } from '../log-entry.js'

export interface LogsQueryParams {
  readonly sources?: readonly string[]
  readonly origins?: readonly string[]
  readonly streams?: readonly string[]
  readonly levels?: readonly string[]
  readonly runs?: readonly number[] | 'last'
  /** RFC 3339, or microseconds since the epoch. */
  readonly since?: string | number
  readonly contains?: string
  readonly regex?: string
  /** RFC 3339, or microseconds since the epoch. */
  readonly until?: string | number
  /** Cursor. */
  readonly after?: string
  /** Cursor. */
  readonly before?: string
  readonly order?: 'asc' | 'desc'
  readonly limit?: number
}

export interface LogsQueryResult {
  readonly entries: readonly LogEntry[]
  readonly next_cursor: string | null
  readonly scanned_lines: number
  readonly complete: boolean
}

export interface LogsTailParams {
  readonly source?: string
  readonly sources?: readonly string[]
  readonly lines?: number
}

export interface LogsTailResult {
  readonly entries: readonly LogEntry[]
  readonly cursor: string | null
}

export interface LogsSourcesResult {
  readonly sources: readonly unknown[]
}

export type LogsSyncResult = Readonly<Record<string, never>>

export interface LogsInsertParams {
  readonly source: string
  readonly entries: readonly LogRecord[]
  readonly ack?: 'queued' | 'commit'
}

export interface LogsInsertResult {
  readonly accepted: number
  readonly dropped: number
  readonly first_seq: number | null
  readonly last_seq: number | null
  readonly errors?: readonly ({
    readonly index: number
    readonly code: string
    readonly message: string
  })[]
}

/** The methods of `logs`. */
export interface LogsCalls {
  /** Returns one page of the entries that match. */
  query(params?: LogsQueryParams, options?: CallOptions): Promise<LogsQueryResult>
  /** Returns the newest entries of one or more sources, oldest first. */
  tail(params?: LogsTailParams, options?: CallOptions): Promise<LogsTailResult>
  /** Lists the sources with their accounts. */
  sources(options?: CallOptions): Promise<LogsSourcesResult>
  /** Answers when everything received before is committed. */
  sync(options?: CallOptions): Promise<LogsSyncResult>
  /** Inserts entries of one source; bad ones are named, good ones are kept. */
  insert(params: LogsInsertParams, options?: CallOptions): Promise<LogsInsertResult>
}

export function createLogsCalls(call: Call): LogsCalls {
  return {
    query: (params = {}, options) => call('logs.query', params, options),
    tail: (params = {}, options) => call('logs.tail', params, options),
    sources: (options) => call('logs.sources', {}, options),
    sync: (options) => call('logs.sync', {}, options),
    insert: (params, options) => call('logs.insert', params, options),
  }
}
