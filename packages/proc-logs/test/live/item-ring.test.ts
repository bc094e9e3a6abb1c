import { describe, expect, test } from 'vitest'
import { ItemRing } from '../../src/live/item-ring.js'
import type { LiveItem } from '../../src/live/live-item.js'

const item = (seq: number, bytes = 10): LiveItem => ({
  seq,
  cursor: String(seq),
  isGap: false,
  json: Buffer.alloc(bytes),
})

const seqs = (items: readonly LiveItem[] | undefined): number[] | undefined =>
  items?.map(({ seq }) => seq)

describe('ItemRing', () => {
  test('gives what is after a seq, and nothing if there is nothing', () => {
    const ring = new ItemRing(100)
    expect([seqs(ring.after(100, 1_000)), ring.tip]).toEqual([[], 100])
    for (const seq of [105, 110, 120]) ring.push(item(seq), 1_000)
    expect(seqs(ring.after(100, 1_000))).toEqual([105, 110, 120])
    expect(seqs(ring.after(105, 1_000))).toEqual([110, 120])
    expect(seqs(ring.after(109, 1_000))).toEqual([110, 120])
    expect(seqs(ring.after(120, 1_000))).toEqual([])
    expect(ring.tip).toBe(120)
  })

  test('says that it does not know what was before it or fell out of it', () => {
    const ring = new ItemRing(100)
    expect(ring.after(99, 1_000)).toBeUndefined()
    for (let seq = 101; seq <= 110; seq += 1) ring.push(item(seq), 50)
    expect(ring.after(104, 1_000)).toBeUndefined()
    expect(seqs(ring.after(105, 1_000))).toEqual([106, 107, 108, 109, 110])
  })

  test('gives at most so many bytes, but one item at least', () => {
    const ring = new ItemRing(0)
    for (const seq of [1, 2, 3, 4]) ring.push(item(seq, 100), 1_000)
    expect(seqs(ring.after(0, 150))).toEqual([1, 2])
    expect(seqs(ring.after(0, 1))).toEqual([1])
  })

  test('holds no item that is larger than all it may hold', () => {
    const ring = new ItemRing(0)
    ring.push(item(1, 500), 100)
    expect([ring.after(0, 10), seqs(ring.after(1, 10)), ring.tip]).toEqual([undefined, [], 1])
  })

  test('holds a bounded number of items over a long time', () => {
    const ring = new ItemRing(0)
    for (let seq = 1; seq <= 100_000; seq += 1) ring.push(item(seq), 1_000)
    expect(ring.after(99_899, 1_000_000)).toBeUndefined()
    expect(seqs(ring.after(99_900, 1_000_000))).toHaveLength(100)
  })
})
