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

export interface LogBatcherStatsResult {
  /** When rates and latencies began; counters go back further. */
  readonly since: string
  readonly totals: {
    readonly received_total: number
    readonly sent_total: number
    readonly stored_total: number
    readonly queued_total: number
    readonly dropped_total: number
    readonly dropped_by: Readonly<Record<string, number>>
    readonly bytes: {
      readonly received: number
      readonly sent: number
      readonly stored: number
      readonly queued: number
      readonly dropped: number
    }
  }
  /** By <origin>:<source>. */
  readonly sources: Readonly<Record<string, {
    readonly received: number
    readonly sent: number
    readonly stored: number
    readonly queued: number
    readonly dropped: number
    readonly dropped_by: Readonly<Record<string, number>>
    readonly bytes: {
      readonly received: number
      readonly sent: number
      readonly stored: number
      readonly queued: number
      readonly dropped: number
    }
    /** Lines received in the last second. */
    readonly rate_1s: number
    /** Lines a second, decaying over a minute. */
    readonly rate_1m: number
    readonly held_ms: number
  }>>
  readonly queue: {
    readonly bytes: number
    readonly bytes_max: number
    readonly lines: number
    readonly high_water: number
  }
  readonly flush: {
    readonly count: number
    readonly p50_ms: number
    readonly p99_ms: number
    readonly lines_p50: number
  }
  readonly writer: {
    readonly busy_ratio: number
    readonly commit_p99_ms: number
    /** Why the store cannot take lines at the moment. */
    readonly failing: string | null
  }
  readonly store: {
    readonly bytes: number
    readonly wal_bytes: number
    readonly partitions: number
    readonly oldest_ts: string | null
    readonly removed: {
      readonly partitions: number
      readonly lines: number
      readonly bytes: number
    }
    readonly oldest_reader_ms: number
    readonly reader_restarts: number
  }
  readonly followers: readonly ({
    readonly id: number
    readonly lag_lines: number
  })[]
}

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
