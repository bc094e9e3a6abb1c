// The law under random steps: producers of every policy, rate limits, coalescing, a writer that is slow,
// fails or never answers, closes and crashes. fast-check prints the seed of a failure; the same seed
// gives the same run.
import fc from 'fast-check'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { Sink } from '../../src/batch/sink.js'
import { createBench, MIB } from '../batcher-bench.js'
import type { BatcherBench } from '../batcher-bench.js'
import { region } from '../support.js'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

const source = fc.nat(3)
const step = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constant('write'), source, bytes: fc.nat(150_000) }) },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant('record'), source, bytes: fc.nat(600_000) }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('commit') }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('fail') }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('flush') }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('wait'), ms: fc.nat(1500) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('reopen'), source }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('crash') }) },
)
const steps = fc.array(step as fc.Arbitrary<Step>, { maxLength: 80 })

interface Step {
  readonly do: string
  readonly source: number
  readonly bytes: number
  readonly ms: number
}

const SETTINGS = [
  { overflow: 'hold' },
  { overflow: 'drop', coalesce: true },
  { overflow: 'block' },
  { overflow: 'hold', rate_limit: { lines_per_second: 2, burst: 3 } },
]

/** One run: checks the law after every step and returns what the counters were. */
class Simulation {
  readonly trace: string[] = []
  #now = 0
  #bench: BatcherBench = createBench(MIB, () => this.#now)
  #sinks: Sink[] = SETTINGS.map((_, i) => this.#open(i))

  run(given: readonly Step[]): string[] {
    for (const next of given) {
      this.#do(next)
      this.#check()
    }
    this.#bench.batcher.close()
    this.#check()
    this.#bench.fail()
    this.#bench.batcher.abandon('store_error')
    this.#check()
    expect(this.#bench.batcher.queuedLines).toBe(0)
    for (const { queuedCost } of this.#bench.batcher.accounts.sources.values()) {
      expect(queuedCost).toBe(0)
    }
    this.#bench.stop()
    return this.trace
  }

  #do({ do: what, source: i, bytes, ms }: Step): void {
    if (what === 'write') this.#sinks[i]!.writeLines(region(`${'x'.repeat(bytes)}\ny\ny\ny\n`))
    if (what === 'record') this.#sinks[i]!.write({ text: 'z'.repeat(bytes) })
    if (what === 'commit') this.#bench.commit()
    if (what === 'fail') this.#bench.fail()
    if (what === 'flush') this.#bench.batcher.flush()
    if (what === 'wait') {
      this.#now += ms * 1000
      vi.advanceTimersByTime(ms)
    }
    if (what === 'reopen') {
      this.#sinks[i]!.close()
      this.#sinks[i] = this.#open(i)
    }
    if (what === 'crash') this.#crash()
  }

  // Only what was committed is left; its accounts add up by themselves, and numbers go on above it.
  #crash(): void {
    const memory = this.#bench.remembered()
    this.#bench.stop()
    vi.clearAllTimers()
    this.#bench = createBench(MIB, () => this.#now, memory)
    this.#check()
    expect(this.#bench.batcher.queuedLines).toBe(0)
    this.#sinks = SETTINGS.map((_, i) => this.#open(i))
    const { seq } = this.#sinks[0]!.write({ text: 'again' })
    expect(seq).toBeGreaterThanOrEqual(memory.nextSeq)
  }

  #open(i: number): Sink {
    return this.#bench.sink(`s${i}`, { settings: SETTINGS[i], onHold: () => {} })
  }

  #check(): void {
    this.#bench.check()
    expect(this.#bench.batcher.queuedBytes).toBeLessThanOrEqual(MIB + 8192)
    this.trace.push(this.#bench.trace())
  }
}

test('the law holds after every step', () => {
  fc.assert(
    fc.property(steps, (given) => {
      new Simulation().run(given)
    }),
    { numRuns: 150, endOnFailure: true },
  )
})

test('the same seed gives the same run', () => {
  const run = (): string[][] =>
    fc.sample(steps, { seed: 80, numRuns: 10 }).map((given) => new Simulation().run(given))
  expect(run()).toEqual(run())
})
