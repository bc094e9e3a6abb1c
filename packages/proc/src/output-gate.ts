// Several plugins may hold back one run's output: it flows when none of them does. They may begin before
// there is anything to hold back.
import type { RunControls } from './plugin.js'

/** Collects pauses for something that can be paused. */
export class OutputGate {
  readonly #holders = new Set<symbol>()
  #target: RunControls | undefined

  /** Controls for one holder: pausing twice is pausing once. */
  controls(): RunControls {
    const holder = Symbol('holder')
    return {
      pause: () => {
        const wasOpen = this.#holders.size === 0
        this.#holders.add(holder)
        if (wasOpen) this.#target?.pause()
      },
      resume: () => {
        if (this.#holders.delete(holder) && this.#holders.size === 0) this.#target?.resume()
      },
    }
  }

  /** From now on pauses reach the target; one that is under way does so at once. */
  attach(target: RunControls): void {
    this.#target = target
    if (this.#holders.size > 0) target.pause()
  }
}
