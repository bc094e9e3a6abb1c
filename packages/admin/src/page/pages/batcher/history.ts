// The samples of the last minutes, and series of them for charts. Where hero_proc did not answer there is
// a hole.
import type { Sample } from './sample.js'

/** How far back the charts go, in milliseconds; one look a second. */
export const WINDOW_MS = 300_000
const SAMPLES_MAX = WINDOW_MS / 1_000 + 1
/** Names that have a color of their own; what comes besides is summed. */
export const SLOTS = 7

interface Moment {
  readonly atMs: number
  readonly sample: Sample | undefined
}

export class History {
  #moments: readonly Moment[] = []
  readonly #slots: (string | undefined)[] = Array.from({ length: SLOTS })

  /** Ascending. */
  get timesMs(): readonly number[] {
    return this.#moments.map(({ atMs }) => atMs)
  }

  /** Takes what was seen; without a sample, a hole. */
  push(atMs: number, sample?: Sample): void {
    this.#moments = [...this.#moments, { atMs, sample }].slice(-SAMPLES_MAX)
    this.#assignSlots()
  }

  /** One value of each sample; null in a hole. */
  series(read: (sample: Sample) => number): (number | null)[] {
    return this.#moments.map(({ sample }) => (sample === undefined ? null : read(sample)))
  }

  /** The busiest sources, each in a place that it keeps while it is among them. */
  get sources(): readonly (string | undefined)[] {
    return this.#slots
  }

  /** Reasons for which lines were dropped in this time, in the order in which they first came. */
  get reasons(): readonly string[] {
    const all = this.#moments.flatMap(({ sample }) => [...(sample?.drops.keys() ?? [])])
    return [...new Set(all)].slice(0, SLOTS)
  }

  #assignSlots(): void {
    const sums = new Map<string, number>()
    for (const { sample } of this.#moments) {
      for (const [source, rate] of sample?.rates ?? [])
        sums.set(source, (sums.get(source) ?? 0) + rate)
    }
    const busiest = [...sums].toSorted((a, b) => b[1] - a[1]).slice(0, SLOTS)
    const wanted = new Set(busiest.map(([source]) => source))
    for (const [index, source] of this.#slots.entries()) {
      if (source === undefined || wanted.delete(source)) continue
      this.#slots[index] = undefined
    }
    for (const source of wanted) this.#slots[this.#slots.indexOf(undefined)] = source
  }
}
