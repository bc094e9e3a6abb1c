// The figures of the log store for `GET /metrics`: the accounts of every producer, which add up, and the
// state of queue, writer, store and viewers.
import type { Logs, LogsStats } from '@hero/logs'
import type { MetricFamily } from '@hero/rpc'
import type { LiveFeeds } from './live/live-feed.js'

/** Reads the figures of this moment. */
export function logMetrics(logs: Logs, feeds: LiveFeeds): readonly MetricFamily[] {
  const stats = logs.stats()
  const { queue, flush, writer, store } = stats
  const { feeds: feedCount, viewers } = feeds.count
  return [
    accounts(stats, 'received', 'Lines that producers have given.'),
    accounts(stats, 'stored', 'Lines that are committed.'),
    dropped(stats),
    counter('hero_proc_redacted', 'Secrets that were hidden.', stats.totals.redacted_total),
    gauge('hero_proc_queue_bytes', 'Bytes that wait for the writer.', queue.bytes),
    gauge('hero_proc_queue_bytes_max', 'Bytes that may wait.', queue.bytes_max),
    gauge('hero_proc_queue_lines', 'Lines that wait for the writer.', queue.lines),
    counter('hero_proc_flushes', 'Batches sent to the writer.', flush.count),
    gauge(
      'hero_proc_commit_p99_ms',
      'Duration of a commit, 99th percentile.',
      writer.commit_p99_ms,
    ),
    gauge(
      'hero_proc_writer_busy_ratio',
      'Part of its time that the writer works.',
      writer.busy_ratio,
    ),
    gauge(
      'hero_proc_writer_failing',
      '1 while the store takes no lines.',
      writer.failing === null ? 0 : 1,
    ),
    gauge('hero_proc_store_bytes', 'Bytes of the store on disk.', store.bytes),
    gauge('hero_proc_store_wal_bytes', 'Bytes of write-ahead logs.', store.wal_bytes),
    gauge('hero_proc_store_partitions', 'Files of the store.', store.partitions),
    gauge('hero_proc_viewers', 'Viewers of live entries.', viewers),
    gauge('hero_proc_feeds', 'Different filters that are watched.', feedCount),
    counter(
      'hero_proc_entries_serialized',
      'Entries written as JSON for viewers.',
      feeds.items.made,
    ),
  ]
}

function accounts(stats: LogsStats, name: 'received' | 'stored', help: string): MetricFamily {
  return {
    name: `hero_proc_lines_${name}`,
    type: 'counter',
    help,
    samples: Object.entries(stats.sources).map(([key, counts]) => ({
      labels: labelsOf(key),
      value: counts[name],
    })),
  }
}

function dropped(stats: LogsStats): MetricFamily {
  const samples = Object.entries(stats.sources).flatMap(([key, { dropped_by }]) =>
    Object.entries(dropped_by).map(([reason, value]) => ({
      labels: { ...labelsOf(key), reason },
      value,
    })),
  )
  const help = 'Lines that were dropped, by reason.'
  return { name: 'hero_proc_lines_dropped', type: 'counter', help, samples }
}

/** The two parts of a counter key, `<origin>:<source>`; a source may hold a colon, an origin never. */
function labelsOf(key: string): Record<'origin' | 'source', string> {
  const colon = key.indexOf(':')
  return { origin: key.slice(0, colon), source: key.slice(colon + 1) }
}

function gauge(name: string, help: string, value: number): MetricFamily {
  return { name, type: 'gauge', help, samples: [{ value }] }
}

function counter(name: string, help: string, value: number): MetricFamily {
  return { name, type: 'counter', help, samples: [{ value }] }
}
