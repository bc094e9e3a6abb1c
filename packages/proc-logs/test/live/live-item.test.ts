import type { Entry } from '@hero/logs'
import { describe, expect, test } from 'vitest'
import { LiveItems } from '../../src/live/live-item.js'

const entry = (seq: number): Entry => ({
  seq,
  n: seq,
  ts: 0,
  source: 'app',
  origin: 'rpc',
  stream: 'none',
  level: 'none',
  run: 0,
  text: `entry ${seq}`,
})

describe('LiveItems', () => {
  test('makes an item once, whoever asks', () => {
    const items = new LiveItems('2f0f8a51-5a3b-4a65-9b77-3b2c9ad1a0f1')
    expect(items.item(entry(1))).toBe(items.item(entry(1)))
    expect(items.made).toBe(1)
  })

  test('makes a list once for viewers in the same place, and another for any other', () => {
    const items = new LiveItems('2f0f8a51-5a3b-4a65-9b77-3b2c9ad1a0f1')
    const [one, two, three, four] = [1, 2, 3, 4].map((seq) => items.item(entry(seq)))
    const list = items.list([one!, two!, four!])
    expect(items.list([one!, two!, four!])).toBe(list)
    const other = items.list([one!, three!, four!])
    const seqs = (bytes: Buffer): number[] =>
      (JSON.parse(`[${bytes.toString()}]`) as { seq: number }[]).map(({ seq }) => seq)
    expect([seqs(list), seqs(other), seqs(items.list([two!]))]).toEqual([[1, 2, 4], [1, 3, 4], [2]])
    expect(items.list([])).toHaveLength(0)
  })
})
