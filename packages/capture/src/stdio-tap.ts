// Reads a stream of Node's own child process: what is left where the C library cannot be called. It cannot
// tell at the exit whether somebody else holds the stream; there is only the end, sooner or later.
import { once } from 'node:events'
import type { Readable } from 'node:stream'
import type { Tap, TapHandlers } from './tap.js'

export class StdioTap implements Tap {
  readonly #stream: Readable
  readonly #handlers: TapHandlers
  #isEnded = false
  #resolveEnded!: () => void
  readonly ended: Promise<void> = new Promise((resolve) => {
    this.#resolveEnded = resolve
  })

  constructor(stream: Readable, handlers: TapHandlers) {
    this.#stream = stream
    this.#handlers = handlers
    stream.on('data', (chunk: Buffer) => handlers.onChunk(chunk))
    stream.on('end', () => this.#finish())
    stream.on('error', () => this.#finish())
  }

  get isEnded(): boolean {
    return this.#isEnded
  }

  pause(): void {
    this.#stream.pause()
  }

  resume(): void {
    this.#stream.resume()
  }

  /** The end can only be seen by reading on, even if that means not to pause. */
  release(): boolean {
    return this.drain()
  }

  drain(): boolean {
    if (!this.#isEnded) this.#stream.resume()
    return !this.#isEnded
  }

  async close(): Promise<void> {
    await Promise.resolve()
    const isOpen = !this.#stream.closed
    // What a pause left in Node's queue is handed over by 'data'.
    while (!this.#isEnded && this.#stream.read() !== null) continue
    this.#finish()
    if (isOpen) await once(this.#stream, 'close')
  }

  #finish(): void {
    if (this.#isEnded) return
    this.#isEnded = true
    this.#stream.destroy()
    this.#handlers.onEnd()
    this.#resolveEnded()
  }
}
