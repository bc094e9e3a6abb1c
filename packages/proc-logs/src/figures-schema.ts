// The JSON shapes of figures for the document: of the batcher, of a source, of a histogram. Readers ignore
// keys that they do not know.
import { Type } from '@hero/rpc'
import type { TSchema } from '@hero/rpc'

const count = Type.Integer({ minimum: 0 })
const milliseconds = Type.Number({ minimum: 0 })
const seqOrNull = Type.Union([Type.Integer(), Type.Null()])
const timeOrNull = Type.Union([Type.String(), Type.Null()])

const accounts = { received: count, sent: count, stored: count, queued: count, dropped: count }
const inBytes = Type.Object(accounts)
const droppedBy = Type.Record(Type.String(), count)

const keyStats = Type.Object({
  ...accounts,
  dropped_by: droppedBy,
  bytes: inBytes,
  rate_1s: Type.Number({ description: 'lines received in the last second' }),
  rate_1m: Type.Number({ description: 'lines a second, decaying over a minute' }),
  held_ms: count,
})

/** `log_batcher.stats`. */
export const STATS_SCHEMA: TSchema = Type.Object({
  since: Type.String({ description: 'when rates and latencies began; counters go back further' }),
  totals: Type.Object({
    received_total: count,
    sent_total: count,
    stored_total: count,
    queued_total: count,
    dropped_total: count,
    dropped_by: droppedBy,
    bytes: inBytes,
  }),
  sources: Type.Record(Type.String(), keyStats, { description: 'by <origin>:<source>' }),
  queue: Type.Object({ bytes: count, bytes_max: count, lines: count, high_water: count }),
  flush: Type.Object({
    count,
    p50_ms: milliseconds,
    p99_ms: milliseconds,
    lines_p50: count,
  }),
  writer: Type.Object({
    busy_ratio: Type.Number(),
    commit_p99_ms: milliseconds,
    failing: Type.Union([Type.String(), Type.Null()], {
      description: 'why the store cannot take lines at the moment',
    }),
  }),
  store: Type.Object({
    bytes: count,
    wal_bytes: count,
    partitions: count,
    oldest_ts: timeOrNull,
    removed: Type.Object({ partitions: count, lines: count, bytes: count }),
    oldest_reader_ms: milliseconds,
    reader_restarts: count,
  }),
  followers: Type.Array(Type.Object({ id: count, lag_lines: count })),
})

/** One source of `logs.sources`. */
export const SOURCE_SCHEMA: TSchema = Type.Object({
  source: Type.String(),
  origins: Type.Array(Type.String()),
  received: count,
  sent: count,
  dropped: count,
  last_n: count,
  last_run: count,
  lines: Type.Integer({ description: 'that can be read' }),
  bytes: Type.Integer({ description: 'of their text and fields' }),
  first_seq: seqOrNull,
  last_seq: seqOrNull,
  first_ts: timeOrNull,
  last_ts: timeOrNull,
  levels: Type.Array(Type.String(), { description: 'those that occur, most severe first' }),
  rate_1m: Type.Number({ description: 'lines a second over the last minute' }),
})

/** One bucket of `logs.histogram`. */
export const BUCKET_SCHEMA: TSchema = Type.Object({
  ts: Type.String({ description: 'where it begins' }),
  total: count,
  levels: Type.Record(Type.String(), count, { description: 'only those that occur' }),
})
