// From what the walk over the blocks found to the answer: long lines joined, lines around matches added, and
// the cursor that leads back.
import { encodeCursor } from '../model/cursor.js'
import type { Entry } from '../model/entry.js'
import { addContext } from './context.js'
import type { ReadEntries } from './context.js'
import { joinParts } from './join-parts.js'
import type { WalkedPage } from './page.js'
import type { QueryPage } from './query.js'
import type { ResolvedQuery } from './resolve-query.js'

export interface FinishingReader {
  readonly storeId: string
  readonly read: ReadEntries
  /** True when the call has taken its time. */
  readonly isSpent: () => boolean
}

/** Completes a page; `query` is the one that it was walked for. */
export function finishPage<T extends WalkedPage>(
  page: T,
  query: ResolvedQuery,
  { storeId, read, isSpent }: FinishingReader,
): T & QueryPage {
  const prev_cursor = prevCursor(page.entries, query, storeId)
  const entries = query.join ? joinParts(page.entries, query, read) : page.entries
  if (query.context === 0 || entries.length === 0) return { ...page, entries, prev_cursor }
  const answer = addContext(entries, query, read, isSpent)
  const last = entries[answer.matches - 1]!
  const isCut = answer.matches < entries.length
  const rest = isCut ? { next_cursor: encodeCursor(storeId, last.seq), complete: false } : {}
  return { ...page, ...rest, entries: answer.entries, prev_cursor }
}

function prevCursor(
  entries: readonly Entry[],
  { descending, afterSeq, beforeSeq }: ResolvedQuery,
  storeId: string,
): string | null {
  if (descending ? beforeSeq === Number.MAX_SAFE_INTEGER : afterSeq === 0) return null
  const [first] = entries
  if (first) return encodeCursor(storeId, first.seq)
  return encodeCursor(storeId, descending ? Math.max(0, beforeSeq - 1) : afterSeq + 1)
}
