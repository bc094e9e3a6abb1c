// The lines that are held: a window on the store, bounded, that moves by cursors.
//
//   older  <---- before: first.cursor ---- [ entries ] ---- after: last.cursor ---->  newer
//                                                      \--- stream from last.cursor --> live
//
// Whatever is asked, what is held has no hole and no line twice under its filter: pages join at cursors, and
// the stream begins strictly after the last line that is held. While the viewer is elsewhere the stream goes
// on, but only counts: memory does not grow, and what was counted is read from the store when it is wanted.
import { InvalidCursorError, MissedRotationError } from '@hero/sdk/browser'
import type { HeroProcClient, LogEntry } from '@hero/sdk/browser'
import { canFollow, lineConditions } from './filter.js'
import type { Filter } from './filter.js'

/** Lines that are held. */
export const HELD_LINES_MAX = 3_000
const PAGE_LINES = 200
/** Answers of one question that was not finished in one go; then the viewer is asked to go on. */
const ROUNDS_MAX = 10_000

/** What changed, so that only that is drawn. */
export type Change =
  | { readonly kind: 'reset' }
  | { readonly kind: 'older'; readonly count: number; readonly dropped: number }
  | { readonly kind: 'newer'; readonly count: number; readonly dropped: number }
  | { readonly kind: 'state' }

export interface WindowListener {
  /** Lines or figures have changed. */
  readonly changed: (change: Change) => void
  /** How a question goes on that takes long: lines looked at so far; undefined when it is done. */
  readonly searching: (scannedLines: number | undefined) => void
  readonly failed: (error: unknown) => void
}

export class LineWindow {
  /** In the order of the store. */
  entries: LogEntry[] = []
  hasOlder = false
  hasNewer = false
  /** Lines that came while the viewer was elsewhere. */
  newCount = 0
  /** Lines, of all sources, that are still to come. */
  lag = 0
  /** Milliseconds from the time a line was read from its program until it was here; of the newest. */
  latencyMs: number | undefined
  isConnected = true
  /** True while new lines are added as they come. */
  isLive = false
  readonly filter: Filter
  readonly #client: HeroProcClient
  readonly #listener: WindowListener
  #end = new AbortController()
  #stream: AbortController | undefined
  #arrived: LogEntry[] = []
  #isTold = false
  /** Where reading goes on: at the edges of what is held, or further where nothing matched. */
  #before: string | undefined
  #after: string | undefined
  #loads: Promise<void> | undefined
  /** How often lines at the beginning have gone, as new ones came. */
  #drops = 0

  constructor(client: HeroProcClient, filter: Filter, listener: WindowListener) {
    this.#client = client
    this.filter = filter
    this.#listener = listener
  }

  /** True when it is known that there is nothing to show. */
  get isEmpty(): boolean {
    return this.entries.length === 0 && this.#loads === undefined
  }

  /** The index of a number of the sequence, or of the one after it; the end if there is none. */
  indexOf(seq: number | undefined): number {
    if (seq === undefined) return this.entries.length
    let [low, high] = [0, this.entries.length]
    while (low < high) {
      const middle = (low + high) >> 1
      if ((this.entries[middle]?.seq ?? 0) < seq) low = middle + 1
      else high = middle
    }
    return low
  }

  /** Shows the newest lines, and what comes. */
  openNewest(): Promise<void> {
    return this.#open(async (signal) => {
      const newest = await this.#client.logs.query({ order: 'desc', limit: 1 }, { signal })
      const end = newest.entries[0]
      this.#reset([], false, false)
      if (!canFollow(this.filter)) {
        await this.#older({}, signal)
        return
      }
      // The stream first: what is written from now on is in it, however long the search back takes.
      this.isLive = true
      this.#follow(end === undefined ? { tail: PAGE_LINES } : { fromCursor: end.cursor })
      if (end !== undefined) await this.#older({ before: await this.#seek(end.seq + 2) }, signal)
    })
  }

  /** Shows the lines around a number of the sequence: those from it on first. */
  openAt(seq: number): Promise<void> {
    return this.#open(async (signal) => {
      const [after, before] = await Promise.all([this.#seek(seq), this.#seek(seq + 1)])
      const [newer, older] = await Promise.all([
        this.#page({ after, order: 'asc' }, signal),
        this.#page({ before, order: 'desc' }, signal),
      ])
      const entries = [...older.entries.toReversed(), ...newer.entries]
      this.#reset(entries, older.next !== null, newer.next !== null)
      this.#before = older.next ?? undefined
      this.#after = newer.next ?? undefined
      this.#listener.changed({ kind: 'reset' })
      if (this.hasNewer && canFollow(this.filter)) this.#follow({})
      this.#attach()
    })
  }

  /** Reads more lines before the first. */
  loadOlder(): Promise<void> {
    const before = this.#before ?? this.entries[0]?.cursor
    if (!this.hasOlder || before === undefined) return Promise.resolve()
    return this.#once((signal) => this.#older({ before }, signal))
  }

  /** Reads more lines after the last; at the end new ones are added as they come. */
  loadNewer(): Promise<void> {
    const after = this.#after ?? this.entries.at(-1)?.cursor
    if (!this.hasNewer || after === undefined) return Promise.resolve()
    return this.#once(async (signal) => {
      const { entries, next } = await this.#page({ after, order: 'asc' }, signal)
      this.hasNewer = next !== null
      this.#after = next ?? undefined
      this.#append(entries)
      this.#attach()
    })
  }

  /** Goes on without adding lines: the viewer is elsewhere, and reads them later from the store. */
  detach(): void {
    if (!this.isLive) return
    this.#takeArrived()
    this.isLive = false
    this.#listener.changed({ kind: 'state' })
  }

  /** The viewer is at the end again: new lines are added, after those that came meanwhile. */
  async reattach(): Promise<void> {
    this.#takeArrived()
    if (this.isLive) return
    if (this.hasNewer) return await this.loadNewer()
    this.isLive = this.#stream !== undefined
    this.#listener.changed({ kind: 'state' })
  }

  /** Adds the lines that have come since the last call; to be called once a frame. */
  takeArrived(): void {
    this.#isTold = false
    this.#takeArrived()
  }

  /** Gives up a question that takes long; what was found stays. */
  cancel(): void {
    this.#end.abort()
    this.#end = new AbortController()
    this.#listener.searching(undefined)
  }

  close(): void {
    this.#end.abort()
    this.#stream?.abort()
  }

  #open(work: (signal: AbortSignal) => Promise<void>): Promise<void> {
    this.cancel()
    this.#stream?.abort()
    this.#stream = undefined
    this.#loads = undefined
    this.#arrived = []
    this.newCount = 0
    return this.#once(work)
  }

  /** One question at a time; a second one of the same kind waits for nobody and is not asked. */
  #once(work: (signal: AbortSignal) => Promise<void>): Promise<void> {
    if (this.#loads !== undefined) return this.#loads
    const { signal } = this.#end
    const run = async (): Promise<void> => {
      try {
        await work(signal)
      } catch (error) {
        if (!signal.aborted) this.#listener.failed(error)
      } finally {
        if (this.#loads === loads) this.#loads = undefined
        if (!signal.aborted) this.#listener.searching(undefined)
      }
    }
    const loads = run()
    this.#loads = loads
    return loads
  }

  #reset(entries: LogEntry[], hasOlder: boolean, hasNewer: boolean): void {
    this.entries = entries
    this.hasOlder = hasOlder
    this.hasNewer = hasNewer
    this.isLive = false
    this.newCount = 0
    this.#before = undefined
    this.#after = undefined
  }

  /** Nothing newer in the store: from here on lines are added as they come. */
  #attach(): void {
    if (this.isLive || this.hasNewer || !canFollow(this.filter)) return
    const last = this.entries.at(-1)
    this.isLive = true
    this.newCount = 0
    this.#follow(last === undefined ? { tail: PAGE_LINES } : { fromCursor: last.cursor })
    this.#listener.changed({ kind: 'state' })
  }

  async #older(from: { readonly before?: string }, signal: AbortSignal): Promise<void> {
    this.hasOlder = true
    const drops = this.#drops
    const { entries, next } = await this.#page({ ...from, order: 'desc' }, signal)
    // Lines went meanwhile: these would not join.
    if (drops !== this.#drops) return
    this.hasOlder = next !== null
    this.#before = next ?? undefined
    this.entries = [...entries.toReversed(), ...this.entries]
    const dropped = Math.max(0, this.entries.length - HELD_LINES_MAX)
    if (dropped > 0) {
      this.entries.length = HELD_LINES_MAX
      this.hasNewer = true
      this.#after = undefined
      this.isLive = false
    }
    this.#listener.changed({ kind: 'older', count: entries.length, dropped })
  }

  /** A page of lines, asked for until there are enough or no more, as the work of one answer is bounded. */
  async #page(
    place: { readonly after?: string; readonly before?: string; readonly order: 'asc' | 'desc' },
    signal: AbortSignal,
  ): Promise<{ readonly entries: LogEntry[]; readonly next: string | null }> {
    const entries: LogEntry[] = []
    const { order } = place
    let from: { readonly after?: string; readonly before?: string } = place
    let scanned = 0
    for (let round = 0; round < ROUNDS_MAX; round += 1) {
      const limit = PAGE_LINES - entries.length
      const page = await this.#ask(
        { ...lineConditions(this.filter), ...from, order, limit },
        signal,
      )
      entries.push(...page.entries)
      const next = page.next_cursor
      if (next === null || entries.length >= PAGE_LINES) return { entries, next }
      scanned += page.scanned_lines
      this.#listener.searching(scanned)
      from = order === 'asc' ? { after: next } : { before: next }
      // Enough to show while the viewer may go on: the rest is asked for when it is scrolled to.
      if (entries.length > 0 && round > 3) return { entries, next }
    }
    return { entries, next: null }
  }

  /** Asks; where what comes after a cursor was removed, from the oldest line that is left. */
  async #ask(
    params: Parameters<HeroProcClient['logs']['query']>[0],
    signal: AbortSignal,
  ): ReturnType<HeroProcClient['logs']['query']> {
    try {
      return await this.#client.logs.query(params, { signal })
    } catch (error) {
      if (!(error instanceof MissedRotationError)) throw error
      return await this.#client.logs.query({ ...params, after: error.oldestCursor }, { signal })
    }
  }

  async #seek(seq: number): Promise<string> {
    return (await this.#client.logs.seek({ seq: Math.max(1, seq) })).cursor
  }

  #follow(from: { readonly fromCursor?: string; readonly tail?: number }): void {
    this.#stream?.abort()
    // What the stream before has brought comes again in this one.
    this.#arrived = []
    const stream = new AbortController()
    this.#stream = stream
    void this.#read(from, stream.signal)
  }

  async #read(
    from: { readonly fromCursor?: string; readonly tail?: number },
    signal: AbortSignal,
  ): Promise<void> {
    // A stream begins at one place only; lines older than `since` do not come any more.
    const { since: _since, until: _until, ...conditions } = lineConditions(this.filter)
    const stream = this.#client.logs.stream({
      ...conditions,
      ...from,
      signal,
      patienceMs: Number.POSITIVE_INFINITY,
      onLag: (lines) => {
        this.lag = lines
      },
      onConnection: (state) => {
        this.isConnected = state !== 'lost'
        this.#listener.changed({ kind: 'state' })
      },
    })
    try {
      for await (const entry of stream) {
        if (signal.aborted) return
        this.#arrive(entry)
      }
    } catch (error) {
      if (signal.aborted) return
      const isGone = error instanceof MissedRotationError || error instanceof InvalidCursorError
      if (isGone) this.#beginAnew()
      else this.#listener.failed(error)
    }
  }

  /** The stream's place went from the store while the connection was lost, and lines after it as well. */
  #beginAnew(): void {
    if (this.isLive) {
      this.#reset([], false, false)
      this.#listener.changed({ kind: 'reset' })
      void this.openNewest()
      return
    }
    this.hasNewer = true
    this.#follow({ tail: 0 })
    this.#listener.changed({ kind: 'state' })
  }

  #arrive(entry: LogEntry): void {
    this.#arrived.push(entry)
    // A page in the background draws no frames: what it cannot show it counts.
    if (this.#arrived.length > HELD_LINES_MAX) this.#takeArrived()
    if (this.#isTold) return
    this.#isTold = true
    this.#listener.changed({ kind: 'state' })
  }

  #takeArrived(): void {
    const arrived = this.#arrived
    const newest = arrived.at(-1)
    if (newest === undefined) return
    this.#arrived = []
    this.latencyMs = Math.max(0, Date.now() - Date.parse(newest.ts))
    if (this.isLive) {
      this.#append(arrived)
      return
    }
    this.newCount += arrived.length
    this.hasNewer = true
    this.#listener.changed({ kind: 'state' })
  }

  #append(entries: readonly LogEntry[]): void {
    this.entries.push(...entries)
    const dropped = Math.max(0, this.entries.length - HELD_LINES_MAX)
    if (dropped > 0) {
      this.entries.splice(0, dropped)
      this.#drops += 1
      this.hasOlder = true
      this.#before = undefined
    }
    this.#listener.changed({ kind: 'newer', count: entries.length, dropped })
  }
}
