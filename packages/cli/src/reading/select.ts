// Which entries of a query are shown, page by page: all of them or the newest so many, in either order.
// At most two pages are held at a time; the next one is asked for while one is being written.
import type { Query, WireEntry } from '@hero/logs'
import type { EntryReader } from './entry-reader.js'
import { missedOf, sayMissed } from './missed.js'
import type { Missed } from './missed.js'

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

export interface SelectOptions {
  /** Told after each answer how many lines were looked at for it. */
  readonly onScanned?: (lines: number) => void
  /** Told once of lines after the query's cursor, or after the page before, that are gone. */
  readonly onMissed?: (missed: Missed) => void
  /** Ends the search after the answer that is under way. */
  readonly signal?: AbortSignal | undefined
}

type Pages = AsyncGenerator<readonly WireEntry[]>
type Ask = EntryReader['query']

/** Yields the selected entries of a query in the order in which they are shown. */
export function selectEntries(
  reader: Pick<EntryReader, 'query'>,
  query: Query,
  { count, isReversed }: Selection,
  { onScanned, onMissed = sayMissed, signal }: SelectOptions = {},
): Pages {
  const remaining = askWhatIsLeft(reader, onMissed)
  const ask: Ask = async (one) => {
    const page = await remaining(one)
    onScanned?.(page.scanned_lines)
    return signal?.aborted ? { ...page, next_cursor: null } : page
  }
  if (isReversed) return once(pages(ask, { ...query, order: 'desc' }, count))
  if (count === Infinity) return once(pages(ask, query, count))
  // Lines around matches could make the collection as large as they like.
  const isSmall = count <= COLLECTED_MAX && !query.context
  return isSmall ? collected(ask, query, count) : located(ask, query, count)
}

// Goes on behind what is gone, from the first time that it is told so.
function askWhatIsLeft(
  reader: Pick<EntryReader, 'query'>,
  onMissed: (missed: Missed) => void,
): Ask {
  const oldestBy = new Map<string, string>()
  const ask: Ask = async (query) => {
    const after = query.after === undefined ? undefined : oldestBy.get(query.after)
    try {
      return await reader.query(after === undefined ? query : { ...query, after })
    } catch (error) {
      const missed = missedOf(error)
      if (!missed || query.after === undefined) throw error
      onMissed(missed)
      oldestBy.set(query.after, missed.oldest_cursor)
      return await ask(query)
    }
  }
  return ask
}

async function* collected(ask: Ask, query: Query, count: number): Pages {
  const found: WireEntry[] = []
  for await (const page of pages(ask, { ...query, order: 'desc' }, count)) found.push(...page)
  yield found.toReversed()
}

// The cursor of the last entry that is not wanted, then everything after it.
async function* located(ask: Ask, query: Query, count: number): Pages {
  let left = count + 1
  let before: string | undefined
  const { context: _context, ...matches } = query
  for await (const page of pages(ask, { ...matches, order: 'desc' }, count + 1)) {
    left -= page.length
    before = page.at(-1)?.cursor ?? before
  }
  const isMore = left === 0 && before !== undefined
  yield* once(pages(ask, isMore ? { ...query, after: before! } : query, count))
}

// Lines around matches may come again where two pages meet.
async function* once(all: Pages): Pages {
  let last = new Set<number>()
  for await (const page of all) {
    const isContextual = page.some(({ context }) => context)
    if (!isContextual && last.size === 0) {
      yield page
      continue
    }
    const fresh = page.filter(({ seq }) => !last.has(seq))
    last = new Set(page.map(({ seq }) => seq))
    if (fresh.length > 0) yield fresh
  }
}

async function* pages(ask: Ask, query: Query, count: number): Pages {
  if (count === 0) return
  const side = query.order === 'desc' ? 'before' : 'after'
  let left = count
  let next = ask({ ...query, limit: Math.min(left, FIRST_LIMIT) })
  for (;;) {
    const { entries, next_cursor } = await next
    left -= matchesIn(entries)
    const isEnd = next_cursor === null || left === 0
    if (!isEnd) {
      next = ask({ ...query, [side]: next_cursor, limit: Math.min(left, LIMIT) })
      // It is awaited in the next round; until then its failure has no listener.
      next.catch(() => {})
    }
    if (entries.length > 0) yield entries
    if (isEnd) return
  }
}

function matchesIn(entries: readonly WireEntry[]): number {
  return entries.reduce((sum, { context }) => sum + (context ? 0 : 1), 0)
}
