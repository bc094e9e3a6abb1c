// Paging against a small store in memory, for all counts, directions and page sizes.
import type { Query, WireEntry } from '@hero/logs'
import { describe, expect, test } from 'vitest'
import { selectEntries } from '../../src/reading/select.js'
import type { EntryReader } from '../../src/reading/entry-reader.js'

// Answers at most `pageMax` entries a call, as a server whose budget is spent does.
function storeOf(count: number, pageMax: number): Pick<EntryReader, 'query'> & { calls: number } {
  const all = Array.from({ length: count }, (_, i) => i + 1)
  return {
    calls: 0,
    async query({ order = 'asc', after, before, limit = 1000 }: Query) {
      this.calls += 1
      const [low, high] = [Number(after ?? 0), Number(before ?? Infinity)]
      const matching = all.filter((seq) => seq > low && seq < high)
      if (order === 'desc') matching.reverse()
      const seqs = matching.slice(0, Math.min(limit, pageMax))
      const entries = seqs.map((seq) => ({ seq, cursor: String(seq) }) as WireEntry)
      const isMore = seqs.length < matching.length
      const scanned_lines = seqs.length
      return { entries, next_cursor: isMore ? String(seqs.at(-1)) : null, scanned_lines }
    },
  }
}

async function seqsOf(
  total: number,
  pageMax: number,
  count: number,
  isReversed: boolean,
  query: Query = {},
): Promise<number[]> {
  const seqs: number[] = []
  for await (const page of selectEntries(storeOf(total, pageMax), query, { count, isReversed })) {
    seqs.push(...page.map(({ seq }) => seq))
  }
  return seqs
}

describe('selectEntries()', () => {
  for (const pageMax of [3, 10_000]) {
    for (const total of [0, 1, 7, 2_500]) {
      const all = Array.from({ length: total }, (_, i) => i + 1)
      test.each([0, 1, 5, 7, 1_000, 1_001, 2_499, 2_500, 2_501, Infinity])(
        `gives the newest %d of ${total} in pages of ${pageMax}`,
        async (count) => {
          const expected = count === 0 ? [] : all.slice(-count)
          expect(await seqsOf(total, pageMax, count, false)).toEqual(expected)
          expect(await seqsOf(total, pageMax, count, true)).toEqual(expected.toReversed())
        },
      )
    }
  }

  test('keeps to the cursor that the query begins after', async () => {
    expect(await seqsOf(10, 2, 3, false, { after: '8' })).toEqual([9, 10])
    expect(await seqsOf(2_000, 100, 1_500, false, { after: '1990' })).toHaveLength(10)
    expect(await seqsOf(10, 2, 3, true, { after: '8' })).toEqual([10, 9])
  })

  test('asks no further once nobody wants more', async () => {
    const store = storeOf(1_000, 10)
    const pages = selectEntries(store, {}, { count: Infinity, isReversed: false })
    await pages.next()
    await pages.return(undefined)
    expect(store.calls).toBe(2)
  })
})

test('selectEntries() shows lines around matches once, and counts matches only', async () => {
  const pages: Record<string, { entries: [number, boolean][]; next: string | null }> = {
    start: {
      entries: [
        [1, true],
        [2, false],
        [3, true],
      ],
      next: '2',
    },
    '2': {
      entries: [
        [3, true],
        [4, false],
        [5, true],
      ],
      next: '4',
    },
    '4': {
      entries: [
        [5, true],
        [6, false],
      ],
      next: null,
    },
  }
  const reader: Pick<EntryReader, 'query'> = {
    query: async ({ after = 'start' }) => {
      const { entries, next } = pages[after]!
      const wire = entries.map(([seq, context]) => ({ seq, ...(context ? { context } : {}) }))
      return { entries: wire as WireEntry[], next_cursor: next, scanned_lines: 3 }
    },
  }
  const seqs: number[] = []
  let scanned = 0
  const all = { count: Infinity, isReversed: false }
  const onScanned = (lines: number): void => void (scanned += lines)
  for await (const page of selectEntries(reader, { context: 1 }, all, { onScanned })) {
    seqs.push(...page.map(({ seq }) => seq))
  }
  expect(seqs).toEqual([1, 2, 3, 4, 5, 6])
  expect(scanned).toBe(9)
})
