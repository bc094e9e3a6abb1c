// Follow: history, then live, as one stream. A follower is a place (seq) and the newest commit; it asks
// for what lies between until nothing does, then waits for the next commit. So there is no gap and no
// duplicate to join, no poll, and a slow follower costs nothing: it is simply further behind.
import { decodeCursor, encodeCursor } from '../model/cursor.js'
import type { Entry } from '../model/entry.js'
import { LogsError } from '../model/errors.js'
import { LIMITS } from '../model/limits.js'
import { removedEntry } from '../model/removed-entry.js'
import { refuseMissed } from './log-reader.js'
import type { FollowOptions } from './query.js'
import { resolveQuery } from './resolve-query.js'
import type { ResolvedQuery } from './resolve-query.js'
import type { AskPage } from './shared-reads.js'

/** Where a follower reads from and what wakes it. */
export interface FollowSource {
  readonly storeId: string
  committedSeq(): number
  readonly read: AskPage
  /** Calls `listener` after each commit and at close; returns how to stop that. */
  onCommit(listener: () => void): () => void
  isClosed(): boolean
}

/** How far a follower has come; kept up to date for the stats. */
export interface FollowerPlace {
  afterSeq: number
}

/** What a follower gets in one step. */
export interface FollowPage {
  /** Never empty. */
  readonly entries: readonly Entry[]
  /** Pass as `from_cursor` to go on after this page. */
  readonly cursor: string
  /** Committed lines, of all sources, that it has not looked at yet; 0 when it keeps up. */
  readonly lag_lines: number
}

/**
 * Yields pages of matching entries: first those asked for by `tail`, `since` or `from_cursor`, then new
 * ones after their commit. What is new is decided at the call, not at the first step. Ends when `signal`
 * aborts or the store closes.
 *
 * @throws {TypeError | RangeError | SyntaxError} If the options are wrong.
 * @throws {LogsError} `InvalidCursor`; `MissedRotation` at the first step.
 */
export function followPages(
  source: FollowSource,
  options: FollowOptions,
  place: FollowerPlace = { afterSeq: 0 },
): AsyncGenerator<FollowPage> {
  const { tail, from_cursor, signal, ...query } = options
  checkBegin(options)
  const resolved = resolveQuery({ ...query, limit: LIMITS.queryLimitDefault }, source.storeId)
  const upTo = source.committedSeq()
  place.afterSeq = beginAfter(source, options, upTo)
  return pagesOf(source, {
    query: resolved,
    tail,
    isResuming: from_cursor !== undefined,
    upTo,
    place,
    signal,
  })
}

interface Following {
  readonly query: ResolvedQuery
  readonly tail: number | undefined
  /** True if it goes on after a cursor. */
  readonly isResuming: boolean
  /** The newest commit when it began. */
  readonly upTo: number
  readonly place: FollowerPlace
  readonly signal: AbortSignal | undefined
}

async function* pagesOf(source: FollowSource, following: Following): AsyncGenerator<FollowPage> {
  const { place, signal } = following
  const wake = wakeOn(source, signal)
  try {
    let { upTo } = following
    if (following.isResuming) await refuseMissing(source, following)
    if (following.tail !== undefined) yield* await newestPages(source, following)
    for (;;) {
      while (place.afterSeq < upTo) {
        if (signal?.aborted) return
        yield* nonEmpty(await nextPage(source, following, upTo))
      }
      upTo = source.committedSeq()
      if (place.afterSeq < upTo) continue
      if (signal?.aborted || source.isClosed()) return
      await wake.next()
      upTo = source.committedSeq()
    }
  } catch (error) {
    // Closed while it was behind: the reader went before it could catch up.
    if (!(error instanceof LogsError) || error.code !== 'Closed') throw error
  } finally {
    wake.stop()
  }
}

// Reads on from the follower's place. Lines that are gone are told as a gap, in the place where they were.
async function nextPage(
  source: FollowSource,
  { query, place, isResuming }: Following,
  upTo: number,
): Promise<FollowPage> {
  const { afterSeq } = place
  // A cursor may stand before the first line: who goes on from there is told as well.
  const resumes = isResuming || afterSeq > 0
  const page = await source.read({ ...query, afterSeq, resumes }, upTo)
  const { entries, next_cursor, missed } = page
  place.afterSeq = next_cursor === null ? upTo : decodeCursor(source.storeId, next_cursor)
  if (!missed) return pageOf(source, entries, place.afterSeq)
  const gap = removedEntry(
    afterSeq,
    decodeCursor(source.storeId, missed.oldest_cursor),
    missed.lost,
  )
  place.afterSeq = Math.max(place.afterSeq, Math.min(gap.seq, upTo))
  return pageOf(source, [gap, ...entries], place.afterSeq)
}

// A cursor that is given must not have missed anything; later on a gap entry tells.
async function refuseMissing(source: FollowSource, following: Following): Promise<void> {
  const { query, place, upTo } = following
  refuseMissed(
    await source.read({ ...query, afterSeq: place.afterSeq, resumes: true, limit: 1 }, upTo),
  )
}

function nonEmpty(page: FollowPage): FollowPage[] {
  return page.entries.length === 0 ? [] : [page]
}

function pageOf(source: FollowSource, entries: readonly Entry[], afterSeq: number): FollowPage {
  const cursor = encodeCursor(source.storeId, afterSeq)
  return { entries, cursor, lag_lines: Math.max(0, source.committedSeq() - afterSeq) }
}

function checkBegin({ tail, since, from_cursor }: FollowOptions): void {
  if (since !== undefined && from_cursor !== undefined) {
    throw new TypeError('Expected at most one of since and from_cursor, got both')
  }
  if (
    tail !== undefined &&
    (!Number.isSafeInteger(tail) || tail < 0 || tail > LIMITS.queryLimitMax)
  ) {
    throw new RangeError(
      `Expected tail to be an integer from 0 to ${LIMITS.queryLimitMax}, got ${tail}`,
    )
  }
}

function beginAfter(source: FollowSource, options: FollowOptions, upTo: number): number {
  const { tail, since, from_cursor } = options
  if (from_cursor !== undefined) return decodeCursor(source.storeId, from_cursor)
  return tail === undefined && since === undefined ? upTo : 0
}

// The newest `tail` matching entries in ascending order, as far as they fit into one answer; where they
// do not, only the place where they begin, from which they are then read like everything that follows.
async function newestPages(
  source: FollowSource,
  { query, tail, upTo, place, signal }: Following,
): Promise<readonly FollowPage[]> {
  const pages: (readonly Entry[])[] = []
  let [left, bytes, beforeSeq] = [tail ?? 0, 0, upTo + 1]
  while (left > 0 && !signal?.aborted) {
    const limit = Math.min(left, LIMITS.queryLimitDefault)
    const range = { afterSeq: place.afterSeq, beforeSeq, descending: true, limit }
    const { entries, next_cursor } = await source.read({ ...query, ...range }, upTo)
    left -= entries.length
    bytes += entries.reduce((sum, entry) => sum + bytesOf(entry), 0)
    if (bytes > LIMITS.queryBytesMax) pages.length = 0
    else pages.push(entries)
    if (entries.length > 0) beforeSeq = entries.at(-1)!.seq
    if (next_cursor === null) break
    if (left > 0) beforeSeq = decodeCursor(source.storeId, next_cursor)
  }
  const isHeld = bytes <= LIMITS.queryBytesMax
  place.afterSeq = isHeld ? upTo : beforeSeq - 1
  const found = isHeld ? pages.flat().toReversed() : []
  return found.length === 0 ? [] : [pageOf(source, found, upTo)]
}

function bytesOf({ text, bytes, fields }: Entry): number {
  const fieldBytes = fields === undefined ? 0 : JSON.stringify(fields).length
  return (text?.length ?? bytes?.length ?? 0) + fieldBytes
}

// Wakes once for any number of commits since the last wait.
function wakeOn(
  source: FollowSource,
  signal: AbortSignal | undefined,
): { next: () => Promise<void>; stop: () => void } {
  let isDue = false
  let resolve: (() => void) | undefined
  const wake = (): void => {
    isDue = true
    resolve?.()
  }
  const unsubscribe = source.onCommit(wake)
  signal?.addEventListener('abort', wake)
  return {
    next: async () => {
      if (!isDue) await new Promise<void>((done) => (resolve = done))
      isDue = false
    },
    stop: () => {
      unsubscribe()
      signal?.removeEventListener('abort', wake)
    },
  }
}
