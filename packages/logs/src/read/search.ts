// A search to its end: page after page, however many steps that takes. Each step is bounded, so that it can
// tell how far it has come and end when it is asked to.
import type { Entry } from '../model/entry.js'
import { LIMITS } from '../model/limits.js'
import type { Query, QueryPage } from './query.js'

/** What to search for: a query without the size of its pages. */
export type SearchQuery = Omit<Query, 'limit'>

export interface SearchProgress {
  /** Lines that were looked at so far. */
  readonly scanned_lines: number
  /** Goes on from here; null at the end. */
  readonly next_cursor: string | null
}

export interface SearchOptions {
  /** Ends the search: what it was aborted with is thrown. */
  readonly signal?: AbortSignal
  /** Told after each step. */
  readonly onProgress?: (progress: SearchProgress) => void
}

/**
 * Yields every matching entry in the query's order.
 *
 * @throws {TypeError | RangeError | SyntaxError} If the query is wrong.
 * @throws {LogsError} `InvalidCursor`, `MissedRotation`.
 */
export async function* search(
  ask: (query: Query) => Promise<QueryPage>,
  query: SearchQuery,
  { signal, onProgress }: SearchOptions = {},
): AsyncGenerator<Entry> {
  const side = query.order === 'desc' ? 'before' : 'after'
  let next: Query = { ...query, limit: LIMITS.queryLimitDefault }
  let scanned_lines = 0
  for (;;) {
    signal?.throwIfAborted()
    const page = await ask(next)
    scanned_lines += page.scanned_lines
    onProgress?.({ scanned_lines, next_cursor: page.next_cursor })
    for (const entry of page.entries) {
      signal?.throwIfAborted()
      yield entry
    }
    if (page.next_cursor === null) return
    next = { ...next, [side]: page.next_cursor }
  }
}
