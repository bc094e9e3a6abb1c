// The followers of one store: bounded in number, their lag told, and waited for when the store closes.
import type { Entry } from '../model/entry.js'
import { LogsError } from '../model/errors.js'
import { LIMITS } from '../model/limits.js'
import { followPages } from './follow-pages.js'
import type { FollowerPlace, FollowPage, FollowSource } from './follow-pages.js'
import type { FollowOptions } from './query.js'
import { sharedReads } from './shared-reads.js'

/** A follower as the stats show it. */
export interface FollowerStats {
  readonly id: number
  /** Committed lines, of all sources, that it has not looked at yet. */
  readonly lag_lines: number
}

export class Followers {
  readonly #source: FollowSource
  readonly #places = new Map<number, FollowerPlace>()
  #nextId = 1
  #onNone: (() => void) | undefined
  #isEnding = false

  constructor(source: Omit<FollowSource, 'isClosed'>) {
    // A store that is closing still commits: its followers end after that, not at the call.
    const isClosed = (): boolean => this.#isEnding
    this.#source = { ...source, isClosed, read: sharedReads(source.read) }
  }

  /**
   * Follows as {@link followPages} does, entry by entry.
   *
   * @throws {TypeError | RangeError | SyntaxError} If the options are wrong.
   * @throws {LogsError} `InvalidCursor`; `LimitExceeded` and `MissedRotation` at the first step.
   */
  follow(options: FollowOptions): AsyncGenerator<Entry> {
    return entriesOf(this.followPages(options))
  }

  /** The same, page by page, each with the follower's place and lag. */
  followPages(options: FollowOptions): AsyncGenerator<FollowPage> {
    const place = { afterSeq: this.#source.committedSeq() }
    return this.#counted(followPages(this.#source, options, place), place)
  }

  async *#counted(
    pages: AsyncGenerator<FollowPage>,
    place: FollowerPlace,
  ): AsyncGenerator<FollowPage> {
    if (this.#places.size >= LIMITS.followersMax) {
      throw new LogsError('LimitExceeded', `Expected at most ${LIMITS.followersMax} followers`)
    }
    const id = this.#nextId++
    this.#places.set(id, place)
    try {
      yield* pages
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

  /**
   * Lets all end that have seen what is committed; nothing more will be. Resolves when they have, or after
   * `deadlineMs`: one that is not read cannot end.
   *
   * @param notify Wakes those that wait.
   */
  async end(deadlineMs: number, notify: () => void): Promise<void> {
    this.#isEnding = true
    notify()
    if (this.#places.size === 0) return
    const timer = setTimeout(() => this.#onNone?.(), deadlineMs)
    await new Promise<void>((resolve) => (this.#onNone = resolve))
    clearTimeout(timer)
  }
}

async function* entriesOf(pages: AsyncGenerator<FollowPage>): AsyncGenerator<Entry> {
  for await (const { entries } of pages) yield* entries
}
