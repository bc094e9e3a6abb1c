// Written by `npm run sdk` from openrpc.json: change the declaration of the method instead.
import type { Call, CallOptions } from '../call.js'
import type { LogEntry } from '../log-entry.js'

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

export interface LogParams {
  /** A source name. */
  readonly id: string
  /** A level. */
  readonly level: string
  readonly msg: string
  /** RFC 3339, or microseconds since the epoch. */
  readonly ts?: string | number
}

export interface LogResult {
  readonly ok: boolean
  readonly seq: number
}

export interface LoadParams {
  /** A source name. */
  readonly id: string
  readonly limit: number
  readonly offset?: number
}

export interface LoadResult {
  readonly id: string
  readonly offset: number
  readonly entries: readonly ({
    readonly id: string
    readonly level: string
    readonly msg: string
    readonly ts: string
    readonly cursor: string
  })[]
  readonly next_offset: number | null
}

export interface ListSourcesResult {
  readonly sources: readonly string[]
}

export interface ClearParams {
  /** A source name. */
  readonly id: string
}

export interface ClearResult {
  readonly id: string
  readonly cleared: number
}

/** The methods of `hero_logger`. */
export interface HeroLoggerCalls {
  /** Returns the newest entries of one or more sources, oldest first. */
  logsTail(params?: LogsTailParams, options?: CallOptions): Promise<LogsTailResult>
  /** Writes one entry. */
  log(params: LogParams, options?: CallOptions): Promise<LogResult>
  /** Gives a page of one source, oldest first. */
  load(params: LoadParams, options?: CallOptions): Promise<LoadResult>
  /** Gives the names of all sources. */
  listSources(options?: CallOptions): Promise<ListSourcesResult>
  /** Removes all entries of one source; its numbers go on. */
  clear(params: ClearParams, options?: CallOptions): Promise<ClearResult>
}

export function createHeroLoggerCalls(call: Call): HeroLoggerCalls {
  return {
    logsTail: (params = {}, options) => call('logs_tail', params, options),
    log: (params, options) => call('log', params, options),
    load: (params, options) => call('load', params, options),
    listSources: (options) => call('list_sources', {}, options),
    clear: (params, options) => call('clear', params, options),
  }
}
