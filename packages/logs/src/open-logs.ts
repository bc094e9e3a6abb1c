// `openLogs`: joins the batcher, the writer worker, the reader worker and the followers.
//
//   sinks -> LogBatcher -> WriterClient ~~> writer worker -> partition files
//                 | committed                                      |
//   follow, query <-------- ReaderClient <~~ reader worker <--------
import type { RestoredState } from './batch/batch-message.js'
import { batcherStats, RateMeter } from './batch/batcher-stats.js'
import type { LogBatcherStats } from './batch/batcher-stats.js'
import type { HeldLines } from './batch/held-lines.js'
import { LogBatcher } from './batch/log-batcher.js'
import { Sink } from './batch/sink.js'
import type { SinkOptions } from './batch/sink.js'
import type { SourceSettings } from './batch/source-state.js'
import type { Entry } from './model/entry.js'
import { encodeCursor } from './model/cursor.js'
import { LogsError } from './model/errors.js'
import { monotonic } from './model/clock.js'
import { checkSourceName, OWN_SOURCE } from './model/source-name.js'
import { resolveLogsOptions } from './options.js'
import type { LogsOptions, ResolvedLogsOptions } from './options.js'
import { Followers } from './read/follow.js'
import { refuseMissed } from './read/log-reader.js'
import type { FollowerStats } from './read/follow.js'
import type { FollowPage } from './read/follow-pages.js'
import { histogramOf, resolveHistogram } from './read/histogram.js'
import type { Histogram } from './read/histogram.js'
import type { FollowOptions, HistogramQuery, Query, QueryPage } from './read/query.js'
import { ReaderClient } from './read/reader-client.js'
import { resolveQuery } from './read/resolve-query.js'
import { search } from './read/search.js'
import type { SearchOptions, SearchQuery } from './read/search.js'
import { sourceDetails, sourceInfos } from './read/source-info.js'
import type { SourceDetails, SourceInfo } from './read/source-info.js'
import type { KeepLimits } from './store/keep-limits.js'
import type { Removal } from './store/remove-partition.js'
import type { RetentionLimits } from './store/store-writer.js'
import type { VerifyReport } from './store/verify.js'
import { WriterClient } from './store/writer-client.js'
import { shutDown } from './shut-down.js'
import { upkeep } from './upkeep.js'

/** `log_batcher.stats`, with who follows and how far behind. */
export interface LogsStats extends LogBatcherStats {
  readonly store: LogBatcherStats['store'] & {
    /** Age of the oldest query that has no answer yet. */
    readonly oldest_reader_ms: number
    /** Times that a reader which gave no answer was begun anew. */
    readonly reader_restarts: number
  }
  readonly followers: readonly FollowerStats[]
}

/** An open log store. */
export interface Logs {
  /** Identity of the store (UUID); cursors carry it. */
  readonly storeId: string
  /** Files that were damaged at the start and set aside, by name. */
  readonly quarantined: readonly string[]
  /**
   * Opens a way in for one producer.
   *
   * @throws {TypeError} If the options are wrong.
   * @throws {LogsError} `InvalidName`, `LimitExceeded`, `Closed`.
   */
  sink(options: SinkOptions): Sink
  /**
   * Changes settings of a source while it runs, and returns those in force.
   *
   * @throws {TypeError | RangeError | LogsError} If the name or a setting is wrong; nothing is changed.
   */
  configure(source: string, settings: SourceSettings): Required<SourceSettings>
  /** Answers one page; see {@link Query}. Entries are shown after their commit only. */
  query(query: Query): Promise<QueryPage>
  /** Every matching entry, page by page; can be watched and ended, see {@link SearchOptions}. */
  search(query?: SearchQuery, options?: SearchOptions): AsyncIterable<Entry>
  /** History, then live; see {@link FollowOptions}. */
  follow(options?: FollowOptions): AsyncIterable<Entry>
  /** The newest committed place: everything that comes later is after it. */
  cursor(): string
  /** The same, page by page, each with its cursor and how far behind it is. */
  followPages(options?: FollowOptions): AsyncIterable<FollowPage>
  /**
   * Counts matching lines by time and level; see {@link HistogramQuery}. Rejects when `signal` aborts, with
   * what it was aborted with.
   */
  histogram(query?: HistogramQuery, options?: { readonly signal?: AbortSignal }): Promise<Histogram>
  /** What is known of each source without reading a line. */
  sources(): SourceInfo[]
  /** The same, with what is stored of each: from block columns, no text is unpacked. */
  sourceDetails(): Promise<SourceDetails[]>
  /**
   * Resolves when everything written before the call is committed.
   *
   * @throws {LogsError} `Unavailable` if the store could not take it.
   */
  sync(): Promise<void>
  /** Regroups what is staged and empties the WAL now instead of in idle time. */
  compact(): Promise<void>
  /**
   * Hides all lines of a source that were written before the call, for good; how many these were.
   *
   * @throws {LogsError} `Unavailable` if the store could not take what was queued; also `Conflict` and
   * `PermissionDenied` if not all could be counted at the moment: they are hidden all the same.
   */
  clear(source: string): Promise<{ readonly lines: number; readonly bytes: number }>
  /** What is kept: of the store, and of sources that have limits of their own. */
  retention(): Promise<RetentionLimits>
  /**
   * Sets, for good, what is kept of a source, or of the store as a whole when `source` is null. A source
   * without any limit of its own has only the store's.
   *
   * @throws {TypeError | RangeError} If the name or a limit is wrong; nothing is changed.
   */
  setRetention(source: string | null, limits: KeepLimits): Promise<void>
  /** Removes the oldest partitions now, until the limits that are given hold. */
  vacuum(limits: { readonly bytes?: number; readonly ageMs?: number }): Promise<Removal>
  /** Reads all of the store and names what is not as it was written. */
  verify(): Promise<VerifyReport>
  stats(): LogsStats
  /** Why the store cannot take lines at the moment; undefined when it can. */
  failure(): string | undefined
  /** Takes no more, commits what is queued, ends the followers and releases the store. */
  close(): Promise<void>
}

/**
 * Opens the store in `options.dir`, creating it if need be. One process writes to a store at a time.
 *
 * @param held Lines that came before; they are numbered and queued first.
 * @throws {TypeError | RangeError} If the options are wrong.
 * @throws {LogsError} `Conflict` if another process writes to it, `PermissionDenied`, `Unavailable`.
 *
 * @example
 * ```ts
 * const logs = await openLogs({ dir: './logs' })
 * const sink = logs.sink({ source: 'hero_db', origin: 'rpc' })
 * sink.write({ text: 'ready', level: 'info' })
 * await logs.sync()
 * const { entries } = await logs.query({ sources: ['hero_db'] })
 * await logs.close()
 * ```
 */
export async function openLogs(options: LogsOptions, held?: HeldLines): Promise<Logs> {
  const resolved = resolveLogsOptions(options)
  const { dir, durability, partitionBytes, partitionAgeMs, keepBytes, keepAgeMs } = resolved
  const { client, state } = await WriterClient.open({
    dir,
    durability,
    partitionBytes,
    partitionAgeMs,
    keepBytes,
    keepAgeMs,
  })
  try {
    return joinParts(resolved, client, state, held)
  } catch (error) {
    await client.close()
    throw error
  }
}

function joinParts(
  resolved: ResolvedLogsOptions,
  client: WriterClient,
  state: RestoredState,
  held: HeldLines | undefined,
): Logs {
  const clock = monotonic(resolved.clock)
  const send = client.send.bind(client)
  const batcher = new LogBatcher({ ...resolved, clock, send }, state)
  const { queue } = batcher
  queue.committedSeq = state.nextSeq - 1
  queue.figures = state.figures
  client.onAnswer = (answer) => {
    if (answer.type === 'committed') queue.committed(answer)
    else queue.failed(answer)
  }
  client.onDeath = (error) => queue.died(error)
  const reader = new ReaderClient(resolved.dir)
  const rates = new RateMeter(batcher)
  let closing: Promise<void> | undefined

  const followSource = {
    storeId: state.storeId,
    committedSeq: () => queue.committedSeq,
    read: reader.read.bind(reader),
    onCommit: queue.onCommit.bind(queue),
  }
  const followers = new Followers(followSource)

  async function ask(query: Query): Promise<QueryPage> {
    return refuseMissed(await reader.read(resolveQuery(query, state.storeId), queue.committedSeq))
  }

  function openFollowers(): Followers {
    if (closing) throw new LogsError('Closed', 'The log library is closed')
    return followers
  }

  reportStart(state, () => new Sink(batcher, clock, { source: OWN_SOURCE, origin: 'system' }))
  held?.moveInto(batcher)

  return {
    storeId: state.storeId,
    quarantined: state.quarantined,
    sink: (sinkOptions) => {
      if (closing) throw new LogsError('Closed', 'The log library is closed')
      return new Sink(batcher, clock, sinkOptions)
    },
    configure: (name, settings) => {
      const source = batcher.accounts.source(checkSourceName(name))
      // What waits was received under the settings before.
      batcher.tell(source)
      source.configure(settings)
      return source.settings()
    },
    query: ask,
    search: (query = {}, searchOptions = {}) => search(ask, query, searchOptions),
    cursor: () => encodeCursor(state.storeId, queue.committedSeq),
    follow: (followOptions = {}) => openFollowers().follow(followOptions),
    followPages: (followOptions = {}) => openFollowers().followPages(followOptions),
    histogram: async (query = {}, { signal } = {}) => {
      const { query: counted, buckets } = resolveHistogram(query, state.storeId)
      return histogramOf(await reader.count(counted, buckets, queue.committedSeq, signal))
    },
    sources: () => sourceInfos(batcher.accounts.snapshots()),
    sourceDetails: async () => {
      const extents = await reader.extents()
      const rated = Object.entries(batcherStats(batcher, rates).sources)
      return sourceDetails(sourceInfos(batcher.accounts.snapshots()), extents, (source) =>
        rated.reduce((sum, [key, { rate_1m }]) => sum + (isOf(key, source) ? rate_1m : 0), 0),
      )
    },
    sync: () => batcher.sync(),
    compact: async () => {
      await batcher.sync()
      await client.request({ type: 'compact' })
    },
    ...upkeep(resolved.dir, batcher, client),
    stats: () => {
      const { store, ...stats } = batcherStats(batcher, rates)
      const oldest_reader_ms = Math.round(reader.oldestMs())
      return {
        ...stats,
        store: { ...store, oldest_reader_ms, reader_restarts: reader.restarts },
        followers: followers.stats(),
      }
    },
    failure: () => queue.failureMessage,
    close: () => (closing ??= shutDown({ batcher, client, reader, rates, followers })),
  }
}

// The key of an account is `<origin>:<source>`.
function isOf(key: string, source: string): boolean {
  return key.slice(key.indexOf(':') + 1) === source
}

// What a start found goes where people look: into the log itself.
function reportStart({ wasCutOff, quarantined }: RestoredState, openSink: () => Sink): void {
  if (wasCutOff) {
    openSink().write({
      text: 'hero_proc was cut off: lines that were not committed are lost, how many is unknown',
      level: 'warning',
      fields: { event: 'cut_off', lost_at_crash: 'unknown' },
    })
  }
  for (const file of quarantined) {
    openSink().write({
      text: `A file of the log database is damaged and was set aside as ${file}`,
      level: 'error',
      fields: { event: 'quarantined', file },
    })
  }
}
