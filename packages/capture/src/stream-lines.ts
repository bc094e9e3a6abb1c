// The lines of one stream: stamps its reads, cuts them, and hands over a line that is not finished in time.
import { LineCutter } from './line-cutter.js'
import type { ReadClock } from './read-clock.js'
import type { LineRegion } from '@hero/logs'

export interface StreamLinesOptions {
  readonly stream: 'stdout' | 'stderr'
  readonly lineBytesMax: number
  /** Age of an unfinished line at which it is handed over; 0 for never. */
  readonly partialFlushMs: number
  /** Shared by the streams of a capture. */
  readonly clock: ReadClock
  /** True while bytes may wait unread because reading is paused. */
  readonly isPaused: () => boolean
  readonly onLines: (region: LineRegion) => void
}

export class StreamLines {
  readonly #cutter: LineCutter
  readonly #partialFlushMs: number
  readonly #clock: ReadClock
  readonly #isPaused: () => boolean
  #reads = 0
  /** When the present rest began, by the clock that cannot be set; undefined when there is none. */
  #restSinceMs: number | undefined
  #timer: NodeJS.Timeout | undefined
  /** True from the timer's start to the end of its check. */
  #isTimed = false
  #isEnded = false

  constructor({ onLines, partialFlushMs, clock, isPaused, ...options }: StreamLinesOptions) {
    this.#partialFlushMs = partialFlushMs
    this.#clock = clock
    this.#isPaused = isPaused
    const onRegion = (region: LineRegion): void => {
      this.#restSinceMs = undefined
      onLines(region)
    }
    this.#cutter = new LineCutter({ ...options, onRegion })
  }

  /** Takes the bytes of one read. */
  take(chunk: Buffer): void {
    this.#reads += 1
    this.#cutter.push(chunk, this.#clock.stamp())
    if (this.#cutter.restBytes === 0 || this.#partialFlushMs === 0) return
    this.#restSinceMs ??= performance.now()
    if (!this.#isTimed) this.#startTimer(this.#partialFlushMs)
  }

  /** Hands over the unfinished line. Its time is that of the latest read, so that time never runs back. */
  flushPartial(): void {
    this.#cutter.flushPartial(this.#clock.last)
  }

  /** Hands over what is left: there are no more bytes. */
  end(): void {
    this.#isEnded = true
    clearTimeout(this.#timer)
    this.#cutter.end(this.#clock.last)
  }

  #startTimer(delayMs: number): void {
    this.#isTimed = true
    this.#timer = setTimeout(() => this.#onTimer(), delayMs).unref()
  }

  #onTimer(): void {
    this.#isTimed = false
    if (this.#restSinceMs === undefined) return
    const leftMs = this.#restSinceMs + this.#partialFlushMs - performance.now()
    if (leftMs > 0) {
      this.#startTimer(Math.ceil(leftMs))
      return
    }
    // The line's end may only be unread because this thread was busy: let it read once.
    this.#isTimed = true
    const reads = this.#reads
    setImmediate(() => this.#afterPoll(reads))
  }

  #afterPoll(reads: number): void {
    this.#isTimed = false
    if (this.#isEnded || this.#restSinceMs === undefined) return
    if (this.#reads === reads && !this.#isPaused()) this.flushPartial()
    else this.#startTimer(this.#partialFlushMs)
  }
}
