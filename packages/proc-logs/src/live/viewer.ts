// One viewer: a place in the sequence and a connection. While the connection takes what it is sent the
// viewer lives off its feed; when it does not, nothing is kept for it, and what it missed is read from the
// store later. So a stopped viewer costs a bounded buffer, and one that resumes misses nothing.
import { decodeCursor, encodeCursor } from '@hero/logs'
import type { FollowOptions, Logs, Query } from '@hero/logs'
import { SERVING_LIMITS } from '../serving-limits.js'
import type { LiveFeed, LiveFeeds, LiveFilters } from './live-feed.js'
import type { LiveItem } from './live-item.js'
import { pageWithGap } from './removed.js'

const { viewerBytesMax, viewerBytesResume, storePageEntriesMax, storePageEntriesMin } =
  SERVING_LIMITS

/** The connection of a viewer. */
export interface ViewerPort {
  /** Aborted when the viewer is gone. */
  readonly signal: AbortSignal
  readonly bufferedBytes: number
  untilBuffered(bytes: number): Promise<void>
  /** Sends items in their order; `lagLines` is how many lines of all sources come after them. */
  send(items: readonly LiveItem[], lagLines: number): void
  /** Tells a viewer that was too slow how many lines of all sources it has not seen yet. */
  lag(lines: number): void
}

/** A viewer that was let in. */
export interface Viewing {
  /** Where it begins: what it is sent is after this. */
  readonly cursor: string
  /** Sends until the viewer is gone or the store closes. Rejects if the store cannot go on. */
  run(port: ViewerPort): Promise<void>
}

/**
 * Checks what a viewer asks for and finds where it begins.
 *
 * @throws {TypeError | RangeError | SyntaxError} If the options are wrong.
 * @throws {LogsError} `InvalidCursor`, `MissedRotation`.
 */
export async function openViewing(feeds: LiveFeeds, options: FollowOptions): Promise<Viewing> {
  const { tail, since, from_cursor: _from, signal: _signal, ...filters } = options
  const { logs } = feeds
  const tip = logs.cursor()
  checkBegin(options)
  const cursor = await beginOf(logs, options, tip)
  // Stamps rise, so that only a time to come has a meaning for what is new.
  const isAhead = since !== undefined && since > Date.now() * 1_000
  const history = since === undefined ? filters : { ...filters, since }
  const live: LiveFilters & { since?: number } = isAhead ? history : filters
  const viewer = new Viewer(logs, feeds, cursor, history)
  return { cursor, run: (port) => feeds.use(live, (feed) => viewer.run(feed, port)) }
}

function checkBegin({ tail, since, from_cursor }: FollowOptions): void {
  if (since !== undefined && from_cursor !== undefined) {
    throw new TypeError('Expected at most one of since and from_cursor, got both')
  }
  if (tail === undefined || (Number.isSafeInteger(tail) && tail >= 0 && tail <= TAIL_MAX)) return
  throw new RangeError(`Expected tail to be an integer from 0 to ${TAIL_MAX}, got ${tail}`)
}

const TAIL_MAX = 10_000

async function beginOf(logs: Logs, options: FollowOptions, tip: string): Promise<string> {
  const { tail, since, from_cursor, signal: _signal, ...filters } = options
  const after = from_cursor ?? (tail === undefined && since === undefined ? tip : undefined)
  const lower = after === undefined ? {} : { after }
  // Whatever the beginning, one question is asked, so that the store checks the filters and the cursor.
  if (tail === undefined || tail === 0) {
    await logs.query({ ...filters, ...lower, limit: 1 })
    return tail === 0 ? tip : (after ?? encodeCursor(logs.storeId, 0))
  }
  const first = await tailBegin(logs, { ...filters, ...lower, ...(since && { since }) }, tail)
  return first === undefined ? tip : encodeCursor(logs.storeId, first - 1)
}

/** Seq of the oldest one of the newest `tail` entries. */
async function tailBegin(logs: Logs, query: Query, tail: number): Promise<number | undefined> {
  let first: number | undefined
  let [left, before] = [tail, undefined as string | undefined]
  do {
    const limit = Math.min(left, storePageEntriesMax)
    const at = before === undefined ? {} : { before }
    const page = await logs.query({ ...query, ...at, order: 'desc', limit })
    first = page.entries.at(-1)?.seq ?? first
    left -= page.entries.length
    before = page.next_cursor ?? undefined
  } while (left > 0 && before !== undefined)
  return first
}

class Viewer {
  readonly #logs: Logs
  readonly #feeds: LiveFeeds
  readonly #history: LiveFilters & { readonly since?: number }
  #afterSeq: number
  #pageEntries: number = storePageEntriesMax

  constructor(logs: Logs, feeds: LiveFeeds, cursor: string, history: LiveFilters) {
    this.#logs = logs
    this.#feeds = feeds
    this.#history = history
    this.#afterSeq = this.#seqOf(cursor)
  }

  async run(feed: LiveFeed, port: ViewerPort): Promise<void> {
    while (!port.signal.aborted) {
      if (port.bufferedBytes > viewerBytesMax) {
        await port.untilBuffered(viewerBytesResume)
        const lines = this.#lag()
        if (lines > 0 && !port.signal.aborted) port.lag(lines)
        continue
      }
      const items = feed.after(this.#afterSeq)
      if (items === undefined) {
        await this.#readStore(port)
      } else if (items.length > 0) {
        this.#send(items, port)
      } else if (feed.isOver) {
        if (feed.error !== undefined) throw feed.error
        return
      } else {
        await feed.next(port.signal)
      }
    }
  }

  async #readStore(port: ViewerPort): Promise<void> {
    const tip = this.#tip()
    const limit = this.#pageEntries
    // From the very beginning on nothing can have been missed.
    const { storeId } = this.#logs
    const after = this.#afterSeq === 0 ? {} : { after: encodeCursor(storeId, this.#afterSeq) }
    const page = await pageWithGap(this.#logs, { ...this.#history, ...after, limit })
    if (port.signal.aborted) return
    const items = page.entries.map((entry) => this.#feeds.items.item(entry))
    const bytes = items.reduce((sum, { json }) => sum + json.length, 0)
    const isWhole = this.#send(items, port)
    this.#fitPage(items.length, bytes)
    if (!isWhole) return
    const next = page.next_cursor
    this.#afterSeq = Math.max(this.#afterSeq, next === null ? tip : this.#seqOf(next))
  }

  /** Sends as much as the viewer may have waiting; true if that was all. */
  #send(items: readonly LiveItem[], port: ViewerPort): boolean {
    let [end, left] = [0, viewerBytesMax - port.bufferedBytes]
    while (end < items.length && (left > 0 || end === 0)) {
      left -= (items[end] as LiveItem).json.length
      end += 1
    }
    if (end === 0) return true
    this.#afterSeq = (items[end - 1] as LiveItem).seq
    port.send(end === items.length ? items : items.slice(0, end), this.#lag())
    return end === items.length
  }

  /** The next page should be about what a viewer may have waiting. */
  #fitPage(entries: number, bytes: number): void {
    if (entries === 0) return
    const fitting = Math.floor((viewerBytesMax * entries) / bytes)
    this.#pageEntries = Math.min(Math.max(fitting, storePageEntriesMin), storePageEntriesMax)
  }

  #lag(): number {
    return Math.max(0, this.#tip() - this.#afterSeq)
  }

  #tip(): number {
    return this.#seqOf(this.#logs.cursor())
  }

  #seqOf(cursor: string): number {
    return decodeCursor(this.#logs.storeId, cursor)
  }
}
