// Which entries of a query are shown, page by page: all of them or the newest so many, in either order.
// At most two pages are held at a time; the next one is asked for while one is being written.
import type { Query, WireEntry } from '@hero/logs'
import type { EntryReader } from './entry-reader.js'

/** A first page that is soon there, then large ones. */
const FIRST_LIMIT = 1_000
const LIMIT = 10_000

/** Up to here the newest entries are collected; beyond, their beginning is searched for first. */
const COLLECTED_MAX = 1_000

export interface Selection {
  /** Only the newest so many; Infinity for all. */
  readonly count: number
  /** Newest first. */
  readonly isReversed: boolean
}

type Pages = AsyncGenerator<readonly WireEntry[]>

/** Yields the selected entries of a query in the order in which they are shown. */
export function selectEntries(
  reader: Pick<EntryReader, 'query'>,
  query: Query,
  { count, isReversed }: Selection,
): Pages {
  if (isReversed) return pages(reader, { ...query, order: 'desc' }, count)
  if (count === Infinity) return pages(reader, query, count)
  return count <= COLLECTED_MAX ? collected(reader, query, count) : located(reader, query, count)
}

async function* collected(reader: Pick<EntryReader, 'query'>, query: Query, count: number): Pages {
  const found: WireEntry[] = []
  for await (const page of pages(reader, { ...query, order: 'desc' }, count)) found.push(...page)
  yield found.toReversed()
}

// The cursor of the last entry that is not wanted, then everything after it.
async function* located(reader: Pick<EntryReader, 'query'>, query: Query, count: number): Pages {
  let left = count + 1
  let before: string | undefined
  for await (const page of pages(reader, { ...query, order: 'desc' }, count + 1)) {
    left -= page.length
    before = page.at(-1)?.cursor ?? before
  }
  const isMore = left === 0 && before !== undefined
  yield* pages(reader, isMore ? { ...query, after: before! } : query, count)
}

async function* pages(reader: Pick<EntryReader, 'query'>, query: Query, count: number): Pages {
  if (count === 0) return
  const side = query.order === 'desc' ? 'before' : 'after'
  let left = count
  let next = reader.query({ ...query, limit: Math.min(left, FIRST_LIMIT) })
  for (;;) {
    const { entries, next_cursor } = await next
    left -= entries.length
    const isEnd = next_cursor === null || left === 0
    if (!isEnd) {
      next = reader.query({ ...query, [side]: next_cursor, limit: Math.min(left, LIMIT) })
      // It is awaited in the next round; until then its failure has no listener.
      next.catch(() => {})
    }
    if (entries.length > 0) yield entries
    if (isEnd) return
  }
}
