// Histograms of blocks that count by their rows and of blocks that must be unpacked.
import { openLogs } from '@hero/logs'
import { expect, onTestFinished, test } from 'vitest'
import { freshDir, region } from '../support.js'

const SECOND = 1_000_000

test('histogram() splits a sealed block of one level that reaches over several buckets', async () => {
  const logs = await openLogs({ dir: freshDir() })
  onTestFinished(() => logs.close())
  const sink = logs.sink({ source: 'web', origin: 'pipe' })
  // So much of one source in one batch is sealed at once.
  const text = `${'x'.repeat(999)}\n`.repeat(100)
  for (const second of [1, 11]) sink.writeLines(region(text, { ts: second * SECOND }), 1)
  await logs.sync()
  const { buckets, bucket_us } = await logs.histogram({ buckets: 2 })
  expect(bucket_us).toBe(5 * SECOND + 1)
  expect(buckets).toEqual([
    { ts: SECOND, total: 100, levels: { none: 100 } },
    { ts: 6 * SECOND + 1, total: 100, levels: { none: 100 } },
  ])
  const one = await logs.histogram({ buckets: 1 })
  expect(one.buckets.map(({ total }) => total)).toEqual([200])
  const late = await logs.histogram({ since: 2 * SECOND, buckets: 1 })
  expect(late.buckets.map(({ total }) => total)).toEqual([100])
  expect((await logs.histogram({ sources: [] })).buckets).toEqual([])
})

test('histogram() ends when it is no longer wanted, and others go on', async () => {
  const logs = await openLogs({ dir: freshDir() })
  onTestFinished(() => logs.close())
  logs.sink({ source: 'web', origin: 'pipe' }).writeLines(region('one\ntwo\n'), 1)
  await logs.sync()
  const gone = new AbortController()
  const unwanted = logs.histogram({}, { signal: gone.signal })
  const wanted = logs.histogram()
  gone.abort(new Error('nobody looks'))
  await expect(unwanted).rejects.toThrow('nobody looks')
  expect((await wanted).buckets.reduce((sum, { total }) => sum + total, 0)).toBe(2)
})

test.each<[object, string]>([
  [{ buckets: 0 }, 'Expected buckets to be an integer from 1 to 1000, got 0'],
  [{ limit: 3 }, 'A histogram has no limit'],
  [{ nonsense: 3 }, 'Unknown query key "nonsense"'],
])('histogram() refuses %j', async (query, message) => {
  const logs = await openLogs({ dir: freshDir() })
  onTestFinished(() => logs.close())
  await expect(logs.histogram(query)).rejects.toThrow(message)
})
