// Written by `npm run sdk` from openrpc.json: change the declaration of the method instead.
import type { Call, CallOptions } from '../call.js'
import type { LogEntry, LogRecord } from '../log-entry.js'

export interface LogsQueryParams {
  readonly sources?: readonly string[]
  readonly origins?: readonly string[]
  readonly streams?: readonly string[]
  /** Names, or one word: error (and more severe), warning..info, none. */
  readonly levels?: readonly string[] | string
  readonly runs?: readonly number[] | 'last'
  /** RFC 3339, or microseconds since the epoch. */
  readonly since?: string | number
  /** RFC 3339, or microseconds since the epoch. */
  readonly until?: string | number
  readonly contains?: string
  readonly regex?: string
  /** Fields that must be equal, or conditions such as 'status>=500'. */
  readonly fields?: Readonly<Record<string, unknown>> | readonly string[]
  /** Cursor. */
  readonly after?: string
  /** Cursor. */
  readonly before?: string
  readonly order?: 'asc' | 'desc'
  readonly limit?: number
  readonly context?: number
  /** Join the parts of long lines. */
  readonly join?: boolean
}

export interface LogsQueryResult {
  readonly entries: readonly LogEntry[]
  readonly next_cursor: string | null
  readonly prev_cursor: string | null
  readonly scanned_lines: number
  readonly complete: boolean
  readonly damaged?: readonly unknown[]
}

export interface LogsTailParams {
  readonly source?: string
  readonly sources?: readonly string[]
  readonly lines?: number
}

export interface LogsTailResult {
  readonly entries: readonly LogEntry[]
  readonly cursor: string | null
  /** False if they are too much text for one answer. */
  readonly complete: boolean
}

export interface LogsSeekParams {
  readonly seq: number
}

export interface LogsSeekResult {
  readonly cursor: string
}

export interface LogsSourcesParams {
  /** Names or patterns with *. */
  readonly match?: readonly string[]
}

export interface LogsSourcesResult {
  readonly sources: readonly ({
    readonly source: string
    readonly origins: readonly string[]
    readonly received: number
    readonly sent: number
    readonly dropped: number
    readonly last_n: number
    readonly last_run: number
    /** That can be read. */
    readonly lines: number
    /** Of their text and fields. */
    readonly bytes: number
    readonly first_seq: number | null
    readonly last_seq: number | null
    readonly first_ts: string | null
    readonly last_ts: string | null
    /** Those that occur, most severe first. */
    readonly levels: readonly string[]
    /** Lines a second over the last minute. */
    readonly rate_1m: number
  })[]
}

export interface LogsHistogramParams {
  readonly sources?: readonly string[]
  readonly origins?: readonly string[]
  readonly streams?: readonly string[]
  /** Names, or one word: error (and more severe), warning..info, none. */
  readonly levels?: readonly string[] | string
  readonly runs?: readonly number[] | 'last'
  /** RFC 3339, or microseconds since the epoch. */
  readonly since?: string | number
  /** RFC 3339, or microseconds since the epoch. */
  readonly until?: string | number
  readonly contains?: string
  readonly regex?: string
  /** Fields that must be equal, or conditions such as 'status>=500'. */
  readonly fields?: Readonly<Record<string, unknown>> | readonly string[]
  readonly buckets?: number
}

export interface LogsHistogramResult {
  readonly bucket_us: number
  readonly buckets: readonly ({
    /** Where it begins. */
    readonly ts: string
    readonly total: number
    /** Only those that occur. */
    readonly levels: Readonly<Record<string, number>>
  })[]
  readonly scanned_lines: number
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

export interface LogsClearParams {
  readonly source: string
}

export interface LogsClearResult {
  readonly lines: number
  readonly bytes: number
}

export interface LogsRetentionGetResult {
  readonly store: unknown
  readonly sources: unknown
}

export interface LogsRetentionSetParams {
  readonly source?: string
  /** Newest lines of a source. */
  readonly lines?: number | null
  /** Of files; of a source: of text. */
  readonly bytes?: number | null
  /** Milliseconds. */
  readonly age_ms?: number | null
}

export type LogsRetentionSetResult = LogsRetentionGetResult

export interface LogsVacuumParams {
  readonly bytes?: number
  readonly age_ms?: number
}

export interface LogsVacuumResult {
  readonly partitions: number
  readonly lines: number
  readonly bytes: number
}

export interface LogsVerifyResult {
  readonly partitions: number
  readonly blocks: number
  readonly lines: number
  readonly damage: readonly unknown[]
}

/** The methods of `logs`. */
export interface LogsCalls {
  /** Returns one page of the entries that match. */
  query(params?: LogsQueryParams, options?: CallOptions): Promise<LogsQueryResult>
  /** Returns the newest entries of one or more sources, oldest first. */
  tail(params?: LogsTailParams, options?: CallOptions): Promise<LogsTailResult>
  /** Gives the cursor just before a number of the sequence: what comes after it begins there. */
  seek(params: LogsSeekParams, options?: CallOptions): Promise<LogsSeekResult>
  /** Lists the sources: their accounts, and what is stored of each. */
  sources(params?: LogsSourcesParams, options?: CallOptions): Promise<LogsSourcesResult>
  /** Counts the entries that match by time and level. */
  histogram(params?: LogsHistogramParams, options?: CallOptions): Promise<LogsHistogramResult>
  /** Answers when everything received before is committed. */
  sync(options?: CallOptions): Promise<LogsSyncResult>
  /** Inserts entries of one source; bad ones are named, good ones are kept. */
  insert(params: LogsInsertParams, options?: CallOptions): Promise<LogsInsertResult>
  /** Hides all lines of a source that were written before, for good. */
  clear(params: LogsClearParams, options?: CallOptions): Promise<LogsClearResult>
  /** Returns what is kept, of the store and of sources that have limits of their own. */
  retentionGet(options?: CallOptions): Promise<LogsRetentionGetResult>
  /** Sets what is kept of a source, or of the store; limits that are not given are lifted. */
  retentionSet(params?: LogsRetentionSetParams, options?: CallOptions): Promise<LogsRetentionSetResult>
  /** Removes the oldest partitions now, until the limits that are given hold. */
  vacuum(params?: LogsVacuumParams, options?: CallOptions): Promise<LogsVacuumResult>
  /** Reads all of the store and names what is not as it was written. */
  verify(options?: CallOptions): Promise<LogsVerifyResult>
}

export function createLogsCalls(call: Call): LogsCalls {
  return {
    query: (params = {}, options) => call('logs.query', params, options),
    tail: (params = {}, options) => call('logs.tail', params, options),
    seek: (params, options) => call('logs.seek', params, options),
    sources: (params = {}, options) => call('logs.sources', params, options),
    histogram: (params = {}, options) => call('logs.histogram', params, options),
    sync: (options) => call('logs.sync', {}, options),
    insert: (params, options) => call('logs.insert', params, options),
    clear: (params, options) => call('logs.clear', params, options),
    retentionGet: (options) => call('logs.retention.get', {}, options),
    retentionSet: (params = {}, options) => call('logs.retention.set', params, options),
    vacuum: (params = {}, options) => call('logs.vacuum', params, options),
    verify: (options) => call('logs.verify', {}, options),
  }
}
