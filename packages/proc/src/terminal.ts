// The terminal of a service that can be attached to: its newest bytes, in a ring that outlives the runs.
// Who looks reads from the ring at his own pace; nobody who looks can hold the service up.

/** Bytes of scrollback a service: some thousand lines. */
export const SCROLLBACK_BYTES_MAX = 262_144

/** What a look at the ring gives. */
export interface TerminalBytes {
  readonly bytes: Buffer
  /** Where to look next. */
  readonly next: number
  /** Bytes that are gone: whoever looks was too slow for them. */
  readonly lost: number
}

export class Terminal {
  readonly #ring = Buffer.alloc(SCROLLBACK_BYTES_MAX)
  readonly #waiting = new Set<() => void>()
  /** All bytes ever; its remainder is where the next one goes. */
  #end = 0

  /** Takes the service's bytes; they are only valid during the call. */
  push(bytes: Buffer): void {
    const kept = bytes.subarray(Math.max(0, bytes.length - SCROLLBACK_BYTES_MAX))
    const at = (this.#end + bytes.length - kept.length) % SCROLLBACK_BYTES_MAX
    const first = kept.subarray(0, SCROLLBACK_BYTES_MAX - at)
    this.#ring.set(first, at)
    this.#ring.set(kept.subarray(first.length), 0)
    this.#end += bytes.length
    const waiting = [...this.#waiting]
    this.#waiting.clear()
    for (const wake of waiting) wake()
  }

  /** A copy of the bytes from the `from`th ever on, as far as they are kept; 0 for all. */
  since(from: number): TerminalBytes {
    const begin = Math.max(from, this.#end - SCROLLBACK_BYTES_MAX)
    const length = this.#end - begin
    const at = begin % SCROLLBACK_BYTES_MAX
    const first = this.#ring.subarray(at, Math.min(at + length, SCROLLBACK_BYTES_MAX))
    const bytes = Buffer.concat([first, this.#ring.subarray(0, length - first.length)])
    return { bytes, next: this.#end, lost: begin - from }
  }

  /** Resolves when there are bytes behind `from`, or the signal aborts. */
  async more(from: number, signal: AbortSignal): Promise<void> {
    while (this.#end <= from && !signal.aborted) await this.#changed(signal)
  }

  #changed(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const wake = (): void => {
        signal.removeEventListener('abort', wake)
        this.#waiting.delete(wake)
        resolve()
      }
      this.#waiting.add(wake)
      signal.addEventListener('abort', wake)
    })
  }
}
