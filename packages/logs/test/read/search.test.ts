// A search to its end: everything once, progress that adds up, and an end on request.
import { openLogs } from '@hero/logs'
import type { Entry } from '@hero/logs'
import { expect, onTestFinished, test } from 'vitest'
import { freshDir, region } from '../support.js'

test('search() yields all pages, tells its progress, and ends on abort', async () => {
  const logs = await openLogs({ dir: freshDir(), flushDelayMs: 1 })
  onTestFinished(() => logs.close())
  const numbers = Array.from({ length: 3_500 }, (_, i) => i + 1)
  const sink = logs.sink({ source: 'web', origin: 'pipe' })
  sink.writeLines(region(numbers.map((number) => `${number}\n`).join('')), 1)
  await logs.sync()
  for (const order of ['asc', 'desc'] as const) {
    const seen: number[] = []
    const scanned: number[] = []
    const onProgress = ({ scanned_lines }: { scanned_lines: number }): void => {
      scanned.push(scanned_lines)
    }
    for await (const { text } of logs.search({ order }, { onProgress })) seen.push(Number(text))
    expect(order === 'asc' ? seen : seen.toReversed()).toEqual(numbers)
    expect(scanned.length).toBeGreaterThanOrEqual(4)
    expect(scanned).toEqual(scanned.toSorted((a, b) => a - b))
  }
  const stop = new AbortController()
  const seen: Entry[] = []
  const ending = (async () => {
    for await (const entry of logs.search({}, { signal: stop.signal })) {
      seen.push(entry)
      if (seen.length === 10) stop.abort(new Error('enough'))
    }
  })()
  await expect(ending).rejects.toThrow('enough')
  expect(seen).toHaveLength(10)
})
