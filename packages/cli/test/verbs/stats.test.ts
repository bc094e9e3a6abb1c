// The accounts as a table that adds up.
import type { LogBatcherStats } from '@hero/logs'
import { expect, test } from 'vitest'
import { formatStats } from '../../src/verbs/stats.js'

const counts = (received: number, dropped: number, queued: number) => ({
  received,
  sent: received - dropped,
  stored: received - dropped - queued,
  queued,
  dropped,
})

const key = (received: number, dropped: number, queued: number) => ({
  ...counts(received, dropped, queued),
  dropped_by: dropped === 0 ? {} : { queue_full: dropped },
  bytes: counts(0, 0, 0),
  rate_1s: 12.3,
  rate_1m: 1,
  held_ms: 0,
  redacted: 0,
})

const STATS: LogBatcherStats = {
  since: '2026-11-21T10:00:00.000000Z',
  totals: {
    received_total: 1_234_617,
    sent_total: 1_234_569,
    stored_total: 1_234_559,
    queued_total: 10,
    dropped_total: 48,
    dropped_by: { queue_full: 48 },
    redacted_total: 0,
    bytes: counts(0, 0, 0),
  },
  sources: { 'pty:web': key(1_234_567, 48, 10), 'pipe:db': key(50, 0, 0) },
  queue: { bytes: 2_048, bytes_max: 10_485_760, lines: 10, high_water: 5_242_880 },
  flush: { count: 1_200, p50_ms: 51, p99_ms: 60.5, lines_p50: 4 },
  writer: { busy_ratio: 0.25, commit_p99_ms: 4.5, failing: null },
  store: {
    bytes: 3_145_728,
    wal_bytes: 512,
    partitions: 2,
    oldest_ts: '2026-11-20T00:00:00.000000Z',
    removed: { partitions: 0, lines: 0, bytes: 0 },
  },
}

test('formatStats() has a row of totals and says how the batcher is', () => {
  expect(formatStats(STATS)).toMatchInlineSnapshot(`
    "SOURCE    RECEIVED       SENT  DROPPED     STORED  QUEUED  LINES/S  DROPPED BY
    pipe:db         50         50        0         50       0     12.3
    pty:web  1,234,567  1,234,519       48  1,234,509      10     12.3  queue_full 48
    total    1,234,617  1,234,569       48  1,234,559      10     24.6  queue_full 48

    queue   2 KiB of 10 MiB, 10 lines, at most 5 MiB so far
    flush   1,200 batches, median 51 ms, p99 60.5 ms
    writer  busy 25 %, commit p99 4.5 ms
    store   3 MiB in 2 partitions, WAL 512 B, since 2026-11-20T00:00:00.000000Z
    "
  `)
})

test('formatStats() says why the store cannot take lines', () => {
  const failing = { ...STATS, writer: { ...STATS.writer, failing: 'disk_full' } }
  expect(formatStats(failing)).toContain('commit p99 4.5 ms, failing: disk_full\n')
})
