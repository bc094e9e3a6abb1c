// A limit on the lines a second of one source: token buckets, one for warnings and worse and one for
// everything else, so that a storm of debug lines cannot use up what errors need.
//
// Tokens come in steps of a tenth of a second: what is over the limit is then lost in a few long gaps
// instead of many short ones, and each gap costs an entry.
import { LIMITS } from '../model/limits.js'

const STEPS_PER_SECOND = 10
const WARNING = 4

/** At most `lines_per_second` on average, `burst` at once. */
export interface RateLimit {
  /** Integer, 1 to 10,000,000. */
  readonly lines_per_second: number
  /** Integer, 1 to 10,000,000. @default `lines_per_second` */
  readonly burst?: number
}

/**
 * Checks a rate limit.
 *
 * @throws {TypeError | RangeError} Saying what was expected and what came.
 */
export function checkRateLimit(limit: RateLimit): Required<RateLimit> {
  if (typeof limit !== 'object' || limit === null) {
    throw new TypeError(`Expected a rate limit to be an object, got ${String(limit)}`)
  }
  const { lines_per_second, burst = lines_per_second, ...unknown } = limit
  const [first] = Object.keys(unknown)
  if (first !== undefined)
    throw new TypeError(`Unknown key ${JSON.stringify(first)} of a rate limit`)
  for (const [name, value] of Object.entries({ lines_per_second, burst })) {
    if (!Number.isSafeInteger(value) || value < 1 || value > LIMITS.ratePerSecondMax) {
      throw new RangeError(
        `Expected ${name} to be an integer from 1 to ${LIMITS.ratePerSecondMax}, got ${String(value)}`,
      )
    }
  }
  return { lines_per_second, burst }
}

export class RateLimiter {
  readonly limit: Required<RateLimit>
  readonly #tokens: [severe: number, other: number]
  #step = 0

  constructor(limit: Required<RateLimit>) {
    this.limit = limit
    this.#tokens = [limit.burst, limit.burst]
  }

  /** Takes one token of the pool of `level` (number); false if there is none. `now` in microseconds. */
  admits(level: number, now: number): boolean {
    this.#refill(Math.floor((now * STEPS_PER_SECOND) / 1_000_000))
    const pool = level <= WARNING ? 0 : 1
    if (this.#tokens[pool] < 1) return false
    this.#tokens[pool]--
    return true
  }

  #refill(step: number): void {
    if (step <= this.#step) return
    const { lines_per_second, burst } = this.limit
    const added = ((step - this.#step) * lines_per_second) / STEPS_PER_SECOND
    this.#step = step
    this.#tokens[0] = Math.min(burst, this.#tokens[0] + added)
    this.#tokens[1] = Math.min(burst, this.#tokens[1] + added)
  }
}
