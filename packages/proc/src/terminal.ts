// The terminal of a service that can be attached to: its newest bytes, and who looks at it. Bytes are
// handed on as they come; nobody who looks can hold them up.

/** Bytes of scrollback a service: some thousand lines. */
export const SCROLLBACK_BYTES_MAX = 262_144

/** Whoever looks. Must not throw, and has to copy what it keeps longer than the call. */
export type TerminalViewer = (bytes: Buffer) => void

/** The shared screen of all runs of a service. */
export class Terminal {
  /** A ring: `#end` counts all bytes ever, so that its remainder is where the next one goes. */
  readonly #ring = Buffer.alloc(SCROLLBACK_BYTES_MAX)
  readonly #viewers = new Set<TerminalViewer>()
  #end = 0

  /** Takes the service's bytes; they are only valid during the call. */
  push(bytes: Buffer): void {
    const kept = bytes.subarray(Math.max(0, bytes.length - SCROLLBACK_BYTES_MAX))
    const at = (this.#end + bytes.length - kept.length) % SCROLLBACK_BYTES_MAX
    const first = kept.subarray(0, SCROLLBACK_BYTES_MAX - at)
    this.#ring.set(first, at)
    this.#ring.set(kept.subarray(first.length), 0)
    this.#end += bytes.length
    for (const viewer of this.#viewers) viewer(bytes)
  }

  /** A copy of the newest bytes, from the beginning of a line if older ones are gone. */
  scrollback(): Buffer {
    if (this.#end <= SCROLLBACK_BYTES_MAX) return Buffer.from(this.#ring.subarray(0, this.#end))
    const at = this.#end % SCROLLBACK_BYTES_MAX
    const all = Buffer.concat([this.#ring.subarray(at), this.#ring.subarray(0, at)])
    return all.subarray(all.indexOf(10) + 1)
  }

  /** Shows everything from now on; returns how to end that. */
  view(viewer: TerminalViewer): () => void {
    this.#viewers.add(viewer)
    return () => void this.#viewers.delete(viewer)
  }
}
