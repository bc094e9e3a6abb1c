// Written by `npm run sdk` from openrpc.json: change the declaration of the method instead.
import type { Call, CallOptions } from '../call.js'

export interface LogBatcherConfigureParams {
  readonly source: string
  readonly overflow?: string
  readonly rate_limit?: {
    readonly lines_per_second: number
    readonly burst?: number
  } | null
  readonly coalesce?: boolean
  readonly redact?: boolean
}

export type LogBatcherConfigureResult = unknown

export type LogBatcherStatsResult = unknown

/** The methods of `log_batcher`. */
export interface LogBatcherCalls {
  /** Changes settings of a source while it runs; answers with those in force. */
  configure(params: LogBatcherConfigureParams, options?: CallOptions): Promise<LogBatcherConfigureResult>
  /** Returns the accounts of every producer and the figures of queue, flush and store. */
  stats(options?: CallOptions): Promise<LogBatcherStatsResult>
}

export function createLogBatcherCalls(call: Call): LogBatcherCalls {
  return {
    configure: (params, options) => call('log_batcher.configure', params, options),
    stats: (options) => call('log_batcher.stats', {}, options),
  }
}
