// What the batcher knows of one source: its line numbers, its share of the queue, whether its producers
// are held, and the losses that no entry tells of yet.
import { Coalescer } from './coalescer.js'
import { OpenGaps } from './gaps.js'
import { checkRateLimit, RateLimiter } from './rate-limit.js'
import type { RateLimit } from './rate-limit.js'
import { FIRST_READ_COST } from './shares.js'

/** What happens when a source exceeds its share of a full queue. */
export const OVERFLOW_POLICIES = ['hold', 'drop', 'block'] as const
export type OverflowPolicy = (typeof OVERFLOW_POLICIES)[number]

/** What can be set for a source, at any time. What is absent stays as it is. */
export interface SourceSettings {
  /** What happens when the source exceeds its share of a full queue. @default 'hold' */
  readonly overflow?: OverflowPolicy
  /** Lines a second; null: no limit. @default null */
  readonly rate_limit?: RateLimit | null
  /** Identical consecutive lines become one entry that says how often. @default false */
  readonly coalesce?: boolean
  /** What looks like a secret is hidden before it is kept anywhere, and counted. @default false */
  readonly redact?: boolean
}

export class SourceState {
  readonly name: string
  readonly gaps: OpenGaps = new OpenGaps()
  /** Callbacks of the sinks whose producers can pause. */
  readonly holders: Set<(held: boolean) => void> = new Set()
  overflow: OverflowPolicy = 'hold'
  limiter: RateLimiter | undefined
  coalesce = false
  redact = false
  /** By key and stream. */
  readonly coalescers: Map<string, Coalescer> = new Map()
  lastN = 0
  lastRun = 0
  /** Seq of its newest gap entry. */
  lastGapSeq = 0
  queuedCost = 0
  /** Cost of its last read: what its next one may bring. */
  readCost: number = FIRST_READ_COST
  heldMs = 0
  /** Set from the first refusal until there is room again: it gets no more than its share. */
  dropping = false
  #heldSince: number | undefined
  #timer: NodeJS.Timeout | undefined

  constructor(name: string) {
    this.name = name
  }

  get held(): boolean {
    return this.#heldSince !== undefined
  }

  /**
   * Changes settings: all that are given, or none if one is wrong.
   *
   * @throws {TypeError | RangeError} Saying what was expected and what came.
   */
  configure(settings: SourceSettings): void {
    const { overflow = this.overflow, rate_limit, ...rest } = settings
    const { coalesce = this.coalesce, redact = this.redact, ...unknown } = rest
    const [first] = Object.keys(unknown)
    if (first !== undefined) throw new TypeError(`Unknown source setting ${JSON.stringify(first)}`)
    if (!OVERFLOW_POLICIES.includes(overflow)) {
      throw new TypeError(
        `Expected overflow to be one of ${OVERFLOW_POLICIES.join(', ')}, got ${String(overflow)}`,
      )
    }
    for (const [name, value] of Object.entries({ coalesce, redact })) {
      if (typeof value === 'boolean') continue
      throw new TypeError(`Expected ${name} to be true or false, got ${String(value)}`)
    }
    if (rate_limit === null) this.limiter = undefined
    else if (rate_limit !== undefined) this.limiter = new RateLimiter(checkRateLimit(rate_limit))
    this.overflow = overflow
    this.coalesce = coalesce
    this.redact = redact
  }

  /** The coalescer of one key and stream. */
  coalescer(keyId: number, stream: number): Coalescer {
    const name = `${keyId}:${stream}`
    let coalescer = this.coalescers.get(name)
    if (!coalescer) this.coalescers.set(name, (coalescer = new Coalescer()))
    return coalescer
  }

  /** The settings in force. */
  settings(): Required<SourceSettings> {
    const { overflow, coalesce, redact } = this
    return { overflow, rate_limit: this.limiter?.limit ?? null, coalesce, redact }
  }

  /** True if its producers can be paused, and may be. */
  get canHold(): boolean {
    return this.overflow !== 'drop' && this.holders.size > 0
  }

  /** Asks the producers to pause; after `holdMs` (unless the policy is `block`) they go on regardless. */
  hold(holdMs: number): void {
    if (this.held || !this.canHold) return
    const since = performance.now()
    this.#heldSince = since
    if (this.overflow === 'hold') {
      // On a busy machine the timer may run before a commit that has long arrived: let that in first.
      this.#timer = setTimeout(() => setImmediate(() => this.#expire(since)), holdMs)
    }
    for (const onHold of this.holders) onHold(true)
  }

  #expire(since: number): void {
    if (this.#heldSince === since) this.release()
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
