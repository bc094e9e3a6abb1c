// Follow: history, then live, as one stream. A follower is a place (seq) and the newest commit; it asks
// for what lies between until nothing does, then waits for the next commit. So there is no gap and no
// duplicate to join, no poll, and a slow follower costs nothing: it is simply further behind.
import { decodeCursor } from '../model/cursor.js'
import type { Entry } from '../model/entry.js'
import { LogsError } from '../model/errors.js'
import { LIMITS } from '../model/limits.js'
import type { FollowOptions, QueryPage } from './query.js'
import type { ResolvedQuery } from './resolve-query.js'
import { resolveQuery } from './resolve-query.js'

/** Where a follower reads from and what wakes it. */
export interface FollowSource {
  readonly storeId: string
  committedSeq(): number
  read(query: ResolvedQuery, upToSeq: number): Promise<QueryPage>
  /** Calls `listener` after each commit and at close; returns how to stop that. */
  onCommit(listener: () => void): () => void
  isClosed(): boolean
}

/** How far a follower has come; kept up to date for the stats. */
export interface FollowerPlace {
  afterSeq: number
}

/**
 * Yields matching entries: first those asked for by `tail`, `since` or `from_cursor`, then each new one
 * after its commit. Ends when `signal` aborts or the store closes.
 *
 * @throws {TypeError | RangeError | SyntaxError} If the options are wrong.
 * @throws {LogsError} `InvalidCursor`.
 */
export async function* follow(
  source: FollowSource,
  options: FollowOptions,
  place: FollowerPlace = { afterSeq: 0 },
): AsyncGenerator<Entry> {
  const { tail, from_cursor, signal, ...query } = options
  checkBegin(options)
  const resolved = resolveQuery({ ...query, limit: LIMITS.queryLimitDefault }, source.storeId)
  const wake = wakeOn(source, signal)
  try {
    let upTo = source.committedSeq()
    place.afterSeq = beginAfter(source, options, upTo)
    if (tail) {
      yield* await newest(source, resolved, tail, upTo)
      place.afterSeq = upTo
    }
    for (;;) {
      while (place.afterSeq < upTo) {
        if (signal?.aborted) return
        const page = await source.read({ ...resolved, afterSeq: place.afterSeq }, upTo)
        yield* page.entries
        const next = page.next_cursor
        place.afterSeq = next === null ? upTo : decodeCursor(source.storeId, next)
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

function checkBegin({ tail, since, from_cursor }: FollowOptions): void {
  const given = Object.entries({ tail, since, from_cursor }).filter(
    ([, value]) => value !== undefined,
  )
  if (given.length > 1) {
    const names = given.map(([name]) => name).join(' and ')
    throw new TypeError(`Expected at most one of tail, since and from_cursor, got ${names}`)
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
  if (options.from_cursor !== undefined) return decodeCursor(source.storeId, options.from_cursor)
  return options.since === undefined ? upTo : 0
}

// The newest `tail` matching entries in ascending order, however many steps that takes.
async function newest(
  source: FollowSource,
  query: ResolvedQuery,
  tail: number,
  upTo: number,
): Promise<Entry[]> {
  const found: Entry[] = []
  let beforeSeq = upTo + 1
  while (found.length < tail) {
    const limit = tail - found.length
    const page = await source.read({ ...query, descending: true, beforeSeq, limit }, upTo)
    found.push(...page.entries)
    if (page.next_cursor === null) break
    beforeSeq = decodeCursor(source.storeId, page.next_cursor)
  }
  return found.toReversed()
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

/** A follower as the stats show it. */
export interface FollowerStats {
  readonly id: number
  /** Committed lines, of all sources, that it has not looked at yet. */
  readonly lag_lines: number
}

/** The followers of one store: bounded in number, and waited for when it closes. */
export class Followers {
  readonly #source: FollowSource
  readonly #places = new Map<number, FollowerPlace>()
  #nextId = 1
  #onNone: (() => void) | undefined

  constructor(source: FollowSource) {
    this.#source = source
  }

  /**
   * Follows as {@link follow} does.
   *
   * @throws {LogsError} `LimitExceeded`
   */
  async *follow(options: FollowOptions): AsyncGenerator<Entry> {
    if (this.#places.size >= LIMITS.followersMax) {
      throw new LogsError('LimitExceeded', `Expected at most ${LIMITS.followersMax} followers`)
    }
    const id = this.#nextId++
    const place = { afterSeq: this.#source.committedSeq() }
    this.#places.set(id, place)
    try {
      yield* follow(this.#source, options, place)
    } finally {
      this.#places.delete(id)
      if (this.#places.size === 0) this.#onNone?.()
    }
  }

  stats(): FollowerStats[] {
    const committedSeq = this.#source.committedSeq()
    return [...this.#places].map(([id, { afterSeq }]) => ({
      id,
      lag_lines: committedSeq - afterSeq,
    }))
  }

  /** Resolves when all have seen the end, or after `deadlineMs`: one that is not read cannot end. */
  async ended(deadlineMs: number): Promise<void> {
    if (this.#places.size === 0) return
    const timer = setTimeout(() => this.#onNone?.(), deadlineMs)
    await new Promise<void>((resolve) => (this.#onNone = resolve))
    clearTimeout(timer)
  }
}
