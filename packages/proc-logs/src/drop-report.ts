// Says in hero_proc's own log that lines were dropped: soon after it begins, then at most once a minute.
import type { Logs, Sink } from '@hero/logs'

const LOOK_MS = 1_000
const PERIOD_MS = 60_000

export class DropReport {
  readonly #logs: Logs
  readonly #sink: Sink
  readonly #timer: NodeJS.Timeout
  #told: number
  #toldAtMs = -Infinity

  /** Writes to `sink`; begins at what was dropped so far. */
  constructor(logs: Logs, sink: Sink) {
    this.#logs = logs
    this.#sink = sink
    this.#told = logs.stats().totals.dropped_total
    this.#timer = setInterval(() => this.#look(), LOOK_MS).unref()
  }

  /** Tells what is still untold. */
  close(): void {
    clearInterval(this.#timer)
    this.#toldAtMs = -Infinity
    this.#look()
  }

  #look(): void {
    const { dropped_total, dropped_by } = this.#logs.stats().totals
    const lines = dropped_total - this.#told
    if (lines === 0 || performance.now() - this.#toldAtMs < PERIOD_MS) return
    this.#told = dropped_total
    this.#toldAtMs = performance.now()
    this.#sink.write({
      text: `${lines} lines were dropped; hero_proc stats says whose and why`,
      level: 'warning',
      fields: { event: 'dropped', lines, dropped_total, dropped_by },
    })
  }
}
