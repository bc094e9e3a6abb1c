// What retention took before a reader has seen it, told as a gap in the place where it was.
import { decodeCursor, removedEntry } from '@hero/logs'
import type { Logs, Missed, Query, QueryPage } from '@hero/logs'

/** Asks the store; what was removed after the query's cursor is a page of its own, a gap. */
export async function pageWithGap(logs: Logs, query: Query): Promise<QueryPage> {
  try {
    return await logs.query(query)
  } catch (error) {
    const missed = missedOf(error)
    if (missed === undefined || query.after === undefined) throw error
    const seqOf = (cursor: string): number => decodeCursor(logs.storeId, cursor)
    const { oldest_cursor: next_cursor, lost } = missed
    const gap = removedEntry(seqOf(query.after), seqOf(next_cursor), lost)
    return { entries: [gap], next_cursor, prev_cursor: null, scanned_lines: 0, complete: false }
  }
}

/** What the store says in a `MissedRotation`; undefined for any other error. */
function missedOf(error: unknown): Missed | undefined {
  const { code, details } = error as { code?: unknown; details?: Missed }
  return code === 'MissedRotation' ? details : undefined
}
