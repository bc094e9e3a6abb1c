// One feed for all viewers with the same filters: it follows the store once, as fast as its fastest viewer
// reads, and holds what is new serialised. Viewers that are further behind read the store themselves.
//
//   store ──► follow ──► LiveItems (serialise once) ──► ItemRing ──► viewer, viewer, viewer ...
import { decodeCursor } from '@hero/logs'
import type { FollowOptions, Logs } from '@hero/logs'
import { SERVING_LIMITS } from '../serving-limits.js'
import { ItemRing } from './item-ring.js'
import type { LiveItem, LiveItems } from './live-item.js'

/** What entries to follow. */
export type LiveFilters = Omit<FollowOptions, 'since' | 'tail' | 'from_cursor' | 'signal'>

export class LiveFeed {
  readonly #ring: ItemRing
  readonly #end = new AbortController()
  readonly #bytesMax: () => number
  #waiting: (() => void)[] = []
  #onWanted: (() => void) | undefined
  #aheadBytes = 0
  #isWakeDue = false
  #isOver = false
  #error: Error | undefined

  constructor(logs: Logs, filters: LiveFilters, items: LiveItems, bytesMax: () => number) {
    const begin = logs.cursor()
    this.#ring = new ItemRing(decodeCursor(logs.storeId, begin))
    this.#bytesMax = bytesMax
    const { signal } = this.#end
    void this.#run(logs.follow({ ...filters, from_cursor: begin, signal }), items)
  }

  /** True when nothing will come any more. */
  get isOver(): boolean {
    return this.#isOver
  }

  /** What ended it, if not its viewers or the store's end. */
  get error(): Error | undefined {
    return this.#error
  }

  /** Items after `seq`; undefined if some of them are not held any more. */
  after(seq: number): readonly LiveItem[] | undefined {
    const items = this.#ring.after(seq, SERVING_LIMITS.viewerBytesMax)
    if (items?.length === 0) this.#want()
    return items
  }

  /** Resolves when there may be more, at the end, or when `signal` aborts. */
  async next(signal: AbortSignal): Promise<void> {
    if (this.#isOver || signal.aborted) return
    await new Promise<void>((resolve) => {
      const done = (): void => {
        signal.removeEventListener('abort', done)
        resolve()
      }
      signal.addEventListener('abort', done)
      this.#waiting.push(done)
    })
  }

  close(): void {
    this.#end.abort()
    this.#want()
  }

  async #run(
    entries: AsyncIterable<Parameters<LiveItems['item']>[0]>,
    items: LiveItems,
  ): Promise<void> {
    try {
      for await (const entry of entries) {
        const item = items.item(entry)
        this.#ring.push(item, this.#bytesMax())
        this.#aheadBytes += item.json.length
        this.#wakeSoon()
        if (this.#aheadBytes > SERVING_LIMITS.feedAheadBytesMax) await this.#wanted()
      }
    } catch (error) {
      this.#error = error as Error
    }
    this.#isOver = true
    this.#wakeSoon()
  }

  /** Wakes the viewers once for all entries of a commit. */
  #wakeSoon(): void {
    if (this.#isWakeDue) return
    this.#isWakeDue = true
    setImmediate(() => {
      this.#isWakeDue = false
      const waiting = this.#waiting
      this.#waiting = []
      for (const resolve of waiting) resolve()
    })
  }

  /** A viewer has taken all there is. */
  #want(): void {
    this.#aheadBytes = 0
    this.#onWanted?.()
    this.#onWanted = undefined
  }

  async #wanted(): Promise<void> {
    if (this.#end.signal.aborted) return
    await new Promise<void>((resolve) => (this.#onWanted = resolve))
  }
}

interface SharedFeed {
  readonly feed: LiveFeed
  viewers: number
}

/** The feeds of one store, one for each set of filters that somebody watches. */
export class LiveFeeds {
  readonly logs: Logs
  readonly items: LiveItems
  readonly #feeds = new Map<string, SharedFeed>()

  constructor(logs: Logs, items: LiveItems) {
    this.logs = logs
    this.items = items
  }

  /** Feeds and viewers at this moment. */
  get count(): { readonly feeds: number; readonly viewers: number } {
    const viewers = [...this.#feeds.values()].reduce((sum, one) => sum + one.viewers, 0)
    return { feeds: this.#feeds.size, viewers }
  }

  /** Runs `work` with the feed of `filters`, which ends with its last viewer. */
  async use(filters: LiveFilters, work: (feed: LiveFeed) => Promise<void>): Promise<void> {
    const key = JSON.stringify(Object.entries(filters).toSorted(([a], [b]) => (a < b ? -1 : 1)))
    const known = this.#feeds.get(key)
    const shared = known !== undefined && !known.feed.isOver ? known : this.#open(key, filters)
    shared.viewers += 1
    try {
      await work(shared.feed)
    } finally {
      shared.viewers -= 1
      if (shared.viewers === 0) {
        shared.feed.close()
        if (this.#feeds.get(key) === shared) this.#feeds.delete(key)
      }
    }
  }

  #open(key: string, filters: LiveFilters): SharedFeed {
    const { feedBytesMax, feedBytesMin } = SERVING_LIMITS
    const share = (): number => Math.max(feedBytesMin, Math.floor(feedBytesMax / this.#feeds.size))
    const shared = { feed: new LiveFeed(this.logs, filters, this.items, share), viewers: 0 }
    this.#feeds.set(key, shared)
    return shared
  }
}
