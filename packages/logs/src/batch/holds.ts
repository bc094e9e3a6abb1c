// Who is paused or shut out because the queue is full, and when they may go on. Why it is done in this way,
// with figures: docs/decisions/0004.
import type { BatchQueue } from './batch-queue.js'
import { hasRecovered, hasRoom, mayExceedShare } from './shares.js'
import type { QueueFill } from './shares.js'
import type { SourceState } from './source-state.js'

export interface HoldsOptions {
  readonly sources: ReadonlyMap<string, SourceState>
  readonly queue: BatchQueue
  readonly fill: () => QueueFill
  readonly holdMs: number
  /** Delay after which what was read is on its way. */
  readonly flushDelayMs: number
}

/** The sources that are paused or shut out until the queue has recovered. */
export class Holds {
  readonly #options: HoldsOptions
  readonly #held = new Set<SourceState>()
  #timer: NodeJS.Timeout | undefined

  constructor(options: HoldsOptions) {
    this.#options = options
  }

  /** Lets a source that was refused have no more than its share, until the queue has recovered. */
  shutOut(source: SourceState): void {
    source.dropping = true
    this.#held.add(source)
  }

  /** Pauses a source that was refused: its hold ran out, one more read is lost, the next is held back again. */
  holdAgain(source: SourceState): void {
    if (source.dropping && this.#mayHold(source)) source.hold(this.#options.holdMs)
  }

  /** Pauses every source whose next read could be refused. One whose hold ran out has had one read when it
   * is `taking`, and is held again: while the store stands still the queue fills by a read a hold. */
  holdLarge(taking: SourceState): void {
    for (const source of this.#options.sources.values()) {
      if (source.held || !this.#mayHold(source)) continue
      if (this.#held.has(source) && source !== taking) continue
      if (!mayExceedShare(this.#options.fill(), source)) continue
      source.hold(this.#options.holdMs)
      this.#held.add(source)
    }
  }

  /** Lets as many sources go as their next reads have room; the others wait for the next commit. */
  letGo(): void {
    const fill = { ...this.#options.fill() }
    for (const source of this.#held) {
      // A source that cannot be paused waits longer, so that its losses are few long gaps.
      const mayGoOn = source.canHold ? hasRoom : hasRecovered
      if (!mayGoOn(fill)) continue
      fill.queuedCost += source.readCost
      this.#release(source)
    }
    // Those that went may have nothing to read: with an empty queue no commit comes for the others.
    if (this.#held.size > 0 && this.#isEmpty) this.#letGoSoon()
  }

  /** Lets all go, whatever the queue holds. */
  end(): void {
    clearTimeout(this.#timer)
    for (const source of this.#held) this.#release(source)
  }

  get #isEmpty(): boolean {
    return this.#options.fill().queuedCost === 0
  }

  #letGoSoon(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined
      if (this.#isEmpty) this.letGo()
    }, this.#options.flushDelayMs)
  }

  // A store that fails is not waited for, unless somebody asked for just that.
  #mayHold({ canHold, overflow }: SourceState): boolean {
    return canHold && (overflow === 'block' || this.#options.queue.delayedBy === undefined)
  }

  #release(source: SourceState): void {
    this.#held.delete(source)
    source.dropping = false
    source.release()
  }
}
