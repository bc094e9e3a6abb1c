// The next line that matches, from a place on, however far away: asked for in bounded steps, so that it can
// tell how far it is and be given up.
import { MissedRotationError } from '@hero/sdk/browser'
import type { HeroProcClient, LogEntry } from '@hero/sdk/browser'
import { placeConditions, textCondition } from './filter.js'
import type { Filter } from './filter.js'

export interface HitSearch {
  readonly filter: Filter
  readonly direction: 'next' | 'previous'
  /** The number of the sequence to go on from; that line itself is not looked at. */
  readonly fromSeq: number
  /** Told how many lines have been looked at. */
  readonly onProgress: (scannedLines: number) => void
  readonly signal: AbortSignal
}

/** Returns the nearest hit, or undefined when there is none up to the end. */
export async function findHit(
  client: HeroProcClient,
  { filter, direction, fromSeq, onProgress, signal }: HitSearch,
): Promise<LogEntry | undefined> {
  const isNext = direction === 'next'
  // The cursor of the line itself lies before the line after it.
  let { cursor } = await client.logs.seek({ seq: fromSeq + 1 })
  const conditions = { ...placeConditions(filter), ...textCondition(filter), limit: 1 }
  let scanned = 0
  for (;;) {
    const place = isNext
      ? ({ after: cursor, order: 'asc' } as const)
      : ({ before: cursor, order: 'desc' } as const)
    try {
      const page = await client.logs.query({ ...conditions, ...place }, { signal })
      const [hit] = page.entries
      if (hit !== undefined || page.next_cursor === null) return hit
      scanned += page.scanned_lines
      cursor = page.next_cursor
      onProgress(scanned)
    } catch (error) {
      if (!(error instanceof MissedRotationError)) throw error
      cursor = error.oldestCursor
    }
  }
}

/** Returns the first line at a time or after it, however far away; undefined when there is none. */
export function firstSince(
  client: HeroProcClient,
  filter: Filter,
  since: string,
): Promise<LogEntry | undefined> {
  const { signal } = new AbortController()
  const search = { direction: 'next', fromSeq: 0, onProgress: () => {}, signal } as const
  return findHit(client, { ...search, filter: { ...filter, since } })
}
