// What the batcher knows of one source: its line numbers, its share of the queue, whether its producers
// are held, and the losses that no entry tells of yet.
import { OpenGaps } from './gaps.js'

/** What happens when a source exceeds its share of a full queue. */
export const OVERFLOW_POLICIES = ['hold', 'drop', 'block'] as const
export type OverflowPolicy = (typeof OVERFLOW_POLICIES)[number]

export class SourceState {
  readonly name: string
  readonly gaps: OpenGaps = new OpenGaps()
  /** Callbacks of the sinks whose producers can pause. */
  readonly holders: Set<(held: boolean) => void> = new Set()
  overflow: OverflowPolicy = 'hold'
  lastN = 0
  lastRun = 0
  queuedBytes = 0
  heldMs = 0
  /** Set while a hold has run out and the queue has not recovered: no new hold, lines are dropped. */
  dropping = false
  #heldSince: number | undefined
  #timer: NodeJS.Timeout | undefined

  constructor(name: string) {
    this.name = name
  }

  get held(): boolean {
    return this.#heldSince !== undefined
  }

  /** Asks the producers to pause; after `holdMs` (unless the policy is `block`) they go on regardless. */
  hold(holdMs: number): void {
    if (this.held || this.dropping || this.holders.size === 0 || this.overflow === 'drop') return
    this.#heldSince = performance.now()
    if (this.overflow === 'hold') {
      this.#timer = setTimeout(() => {
        this.dropping = true
        this.release()
      }, holdMs)
    }
    for (const onHold of this.holders) onHold(true)
  }

  /** Lets the producers go on. */
  release(): void {
    if (this.#heldSince === undefined) return
    this.heldMs += performance.now() - this.#heldSince
    this.#heldSince = undefined
    clearTimeout(this.#timer)
    for (const onHold of this.holders) onHold(false)
  }
}
