// Seqs of removed lines: whatever came, the count above any seq is exact.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { countAbove, SeqRuns } from '../../src/store/seq-runs.js'

test('countAbove() counts what was added, in any order', () => {
  const seqs = fc.uniqueArray(fc.integer({ min: 1, max: 300 }), { maxLength: 200 })
  fc.assert(
    fc.property(seqs, fc.nat(320), fc.nat(2 ** 50), (given, above, offset) => {
      const runs = new SeqRuns()
      for (const seq of given) runs.add(seq + offset)
      expect(countAbove(runs.encode(), above + offset)).toBe(
        given.filter((seq) => seq > above).length,
      )
      expect(runs.lines).toBe(given.length)
    }),
  )
})

test('encode() takes few bytes for a partition of runs', () => {
  const runs = new SeqRuns()
  for (let seq = 1; seq <= 1_000_000; seq++) if (seq % 100 !== 0) runs.add(seq)
  expect(runs.encode().length).toBeLessThan(10_000)
})
