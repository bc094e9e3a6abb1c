// The public face of the log library.
export { DROP_REASONS, ORIGINS, PARTS, STREAMS } from './model/entry.js'
export type {
  DropReason,
  Entry,
  Fields,
  Gap,
  Json,
  LineRegion,
  Origin,
  Part,
  Repeat,
  Stream,
} from './model/entry.js'
export { formatTimestamp, toWire } from './model/wire.js'
export type { WireEntry } from './model/wire.js'
export { decodeCursor, encodeCursor } from './model/cursor.js'
export { LOGS_ERROR_CODES, LogsError } from './model/errors.js'
export type { LogsErrorCode } from './model/errors.js'
export { removedEntry } from './model/removed-entry.js'
export { checkSourceName, OWN_SOURCE } from './model/source-name.js'
export { shorten } from './model/shorten.js'
export { wallClock } from './model/clock.js'
export type { Clock } from './model/clock.js'
export { LIMITS } from './model/limits.js'
export { isSecretName } from './batch/find-secrets.js'
export { HeldLines } from './batch/held-lines.js'
export type { HeldFigures } from './batch/held-lines.js'
export { openLogs } from './open-logs.js'
export type { Logs, LogsStats } from './open-logs.js'
export type { FollowerStats } from './read/follow.js'
export { resolveLogsOptions } from './options.js'
export type { LogsOptions, ResolvedLogsOptions } from './options.js'
export type { LogRecord, Sink, SinkOptions, WriteResult } from './batch/sink.js'
export { OVERFLOW_POLICIES } from './batch/source-state.js'
export type { OverflowPolicy, SourceSettings } from './batch/source-state.js'
export type { RateLimit } from './batch/rate-limit.js'
export type { KeyStats, LogBatcherStats } from './batch/batcher-stats.js'
export { makeDirectory } from './store/store-files.js'
export { lockFile } from './store/database.js'
export type { Durability, FileLock } from './store/database.js'
export { createExportTable } from './read/export-table.js'
export type { ExportTable } from './read/export-table.js'
export { sourceTest as nameTest } from './read/resolve-query.js'
export { groupLines, isContinuation } from './read/group-lines.js'
export type { LineGroup } from './read/group-lines.js'
export { openLogReader } from './read/log-reader.js'
export type { LogReader } from './read/log-reader.js'
export type { SearchOptions, SearchProgress, SearchQuery } from './read/search.js'
export type { Histogram, HistogramBucket } from './read/histogram.js'
export type { SourceDetails, SourceInfo } from './read/source-info.js'
export { LEVELS, parseLevelName } from './model/level.js'
export type { Level } from './model/level.js'
export type { FieldFilters, FieldValue } from './read/fields.js'
export type { FollowPage } from './read/follow-pages.js'
export type {
  DamagedBlock,
  FollowOptions,
  HistogramQuery,
  Missed,
  Query,
  QueryPage,
} from './read/query.js'
export type { KeepLimits } from './store/keep-limits.js'
export type { Removal } from './store/remove-partition.js'
export type { StoreLimits } from './store/retention.js'
export type { RetentionLimits } from './store/store-writer.js'
export { verifyStore } from './store/verify.js'
export type { Damage, VerifyReport } from './store/verify.js'
