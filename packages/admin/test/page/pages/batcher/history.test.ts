import { expect, test } from 'vitest'
import { History, SLOTS, WINDOW_MS } from '../../../../src/page/pages/batcher/history.js'
import type { Sample } from '../../../../src/page/pages/batcher/sample.js'

const NOTHING: Sample = {
  rates: new Map(),
  rate: 0,
  drops: new Map(),
  queueBytes: 0,
  flushP50Ms: 0,
  flushP99Ms: 0,
  commitP99Ms: 0,
  walBytes: 0,
  busyPercent: 0,
}

const withRates = (rates: Readonly<Record<string, number>>): Sample => ({
  ...NOTHING,
  rates: new Map(Object.entries(rates)),
})

test('keeps the samples of one window and shows holes as such', () => {
  const history = new History()
  const count = WINDOW_MS / 1_000 + 50
  for (let second = 0; second < count; second += 1) {
    const sample = { ...NOTHING, queueBytes: second }
    history.push(second * 1_000, second === count - 2 ? undefined : sample)
  }
  expect(history.timesMs).toHaveLength(WINDOW_MS / 1_000 + 1)
  expect(history.timesMs.at(-1)! - history.timesMs[0]!).toBe(WINDOW_MS)
  expect(history.series(({ queueBytes }) => queueBytes).slice(-3)).toEqual([
    count - 3,
    null,
    count - 1,
  ])
})

test('the busiest sources have a place, and keep it while they are among them', () => {
  const history = new History()
  const many = Object.fromEntries(
    Array.from({ length: SLOTS + 3 }, (_, index) => [`s${index}`, 100 - index]),
  )
  history.push(0, withRates(many))
  expect(history.sources).toEqual(['s0', 's1', 's2', 's3', 's4', 's5', 's6'])
  history.push(1_000, withRates({ s8: 1_000, s1: 1 }))
  expect(history.sources).toEqual(['s0', 's1', 's2', 's3', 's4', 's5', 's8'])
})

test('reasons come in the order in which they were first seen', () => {
  const history = new History()
  history.push(0, { ...NOTHING, drops: new Map([['queue_full', 2]]) })
  history.push(1_000)
  history.push(2_000, {
    ...NOTHING,
    drops: new Map([
      ['disk_full', 1],
      ['queue_full', 1],
    ]),
  })
  expect(history.reasons).toEqual(['queue_full', 'disk_full'])
})
