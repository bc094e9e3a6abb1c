import { expect, test } from 'vitest'
import { readSample, sourceOf } from '../../../../src/page/pages/batcher/sample.js'
import type { Stats } from '../../../../src/page/pages/batcher/sample.js'

const COUNTS = { received: 0, sent: 0, stored: 0, queued: 0, dropped: 0 }

function statsOf(
  rates: Readonly<Record<string, number>>,
  droppedBy: Record<string, number>,
): Stats {
  const account = { ...COUNTS, dropped_by: {}, bytes: COUNTS, rate_1m: 0, held_ms: 0 }
  return {
    since: '2026-01-01T00:00:00.000000Z',
    totals: {
      received_total: 0,
      sent_total: 0,
      stored_total: 0,
      queued_total: 0,
      dropped_total: 0,
      dropped_by: droppedBy,
      bytes: COUNTS,
    },
    sources: Object.fromEntries(
      Object.entries(rates).map(([key, rate]) => [key, { ...account, rate_1s: rate }]),
    ),
    queue: { bytes: 5, bytes_max: 10, lines: 1, high_water: 7 },
    flush: { count: 1, p50_ms: 1, p99_ms: 2, lines_p50: 3 },
    writer: { busy_ratio: 0.25, commit_p99_ms: 4, failing: null },
    store: {
      bytes: 1,
      wal_bytes: 6,
      partitions: 1,
      oldest_ts: null,
      removed: { partitions: 0, lines: 0, bytes: 0 },
      oldest_reader_ms: 0,
      reader_restarts: 0,
    },
    followers: [],
  }
}

test('sums rates by source, however its lines came', () => {
  const sample = readSample({
    stats: statsOf({ 'pty:web': 3, 'system:web': 1, 'rpc:a:b': 2 }, {}),
    atMs: 0,
  })
  expect([...sample.rates]).toEqual([
    ['web', 4],
    ['a:b', 2],
  ])
  expect(sample).toMatchObject({ rate: 6, queueBytes: 5, walBytes: 6, busyPercent: 25 })
})

test('keeps a bounded number of sources, the busiest ones', () => {
  const rates = Object.fromEntries(Array.from({ length: 500 }, (_, n) => [`rpc:s${n}`, n]))
  const sample = readSample({ stats: statsOf(rates, {}), atMs: 0 })
  expect(sample.rates.size).toBeLessThanOrEqual(32)
  expect(sample.rates.has('s499')).toBe(true)
  expect(sample.rate).toBe((499 * 500) / 2)
})

test('drops are what was lost since the look before, a second', () => {
  const before = { stats: statsOf({}, { queue_full: 10 }), atMs: 1_000 }
  const now = { stats: statsOf({}, { queue_full: 40, rate_limit: 5 }), atMs: 3_000 }
  expect([...readSample(now, before).drops]).toEqual([
    ['queue_full', 15],
    ['rate_limit', 2.5],
  ])
  // Without a look before nobody knows when they were lost.
  expect([...readSample(now).drops]).toEqual([])
})

test('sourceOf() takes the way off a key', () => {
  expect(['pty:web', 'rpc:a:b'].map(sourceOf)).toEqual(['web', 'a:b'])
})
