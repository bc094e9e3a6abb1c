// Reads our end of a pseudo-terminal or pipe. No queue of Node's streams is in between: what was read is
// handed over in the same call, what was not read is in the kernel, and there is nothing else to lose.
//
//   kernel ──► shared buffer ──► onChunk          (the event loop, or `drain` at the exit)
//
// As long as we hold the child's end open ourselves the event loop sees no hang-up, which it would take for
// the end while bytes are pending (libuv #4992). After `release` the hang-up is what ends the tap, and what
// is left then is drained. On a pseudo-terminal EIO is what the end of file is on a pipe.
import assert from 'node:assert'
import { once } from 'node:events'
import { Socket } from 'node:net'
import type { OnReadOpts, SocketConstructorOpts } from 'node:net'
import { constants } from 'node:os'
import { ReadStream } from 'node:tty'
import type { Channel } from './channel.js'
import type { Libc } from './libc.js'
import type { Tap, TapHandlers } from './tap.js'

const { EAGAIN, EINTR } = constants.errno

/** Several pipes' worth, so that a fast writer costs few calls. */
const BUFFER_BYTES = 262_144

/** The first read after a pause takes no more: what a pipe holds. While a store stands still, several writers
 * without limits fill the queue by one such read each, every time that a pause has run out. */
const RESUME_BYTES = 65_536

/** One drain takes at least what the kernel can hold, so all that a child wrote before its exit: 20 KiB in
 * a pseudo-terminal, 64 KiB in a pipe, or 1 MiB if the child enlarged it. Without a bound a descendant that
 * floods the stream could keep us busy for ever. */
const DRAIN_BYTES_MAX = 1_048_576

/** One buffer serves all taps of a thread: each chunk is finished with before the next read. */
const shared = Buffer.allocUnsafeSlow(BUFFER_BYTES)
let isSharedInUse = false

export class FdTap implements Tap {
  readonly #libc: Libc
  readonly #handlers: TapHandlers
  readonly #readFd: number
  readonly #stream: Socket
  #resolveEnded!: () => void
  #writeFd: number | undefined
  #isPaused = false
  #isEnded = false
  #readBytesMax = BUFFER_BYTES

  readonly ended: Promise<void> = new Promise((resolve) => {
    this.#resolveEnded = resolve
  })

  /** Takes over `channel`: closes both ends. */
  constructor(libc: Libc, channel: Channel, handlers: TapHandlers) {
    this.#libc = libc
    this.#handlers = handlers
    this.#readFd = channel.readFd
    this.#writeFd = channel.writeFd
    this.#stream = openStream(channel, (bytes) => this.#onRead(bytes))
    // The descriptor is still open here: the event loop may have seen the end too early.
    this.#stream.on('end', () => this.#onHangUp())
    // Here it is closed, and its number may be another file's.
    this.#stream.on('error', () => this.#finish())
    this.#stream.resume()
  }

  get isEnded(): boolean {
    return this.#isEnded
  }

  pause(): void {
    this.#isPaused = true
    this.#stream.pause()
    // A `resume` just before starts reading in the next tick, paused again or not: stop that as well.
    process.nextTick(() => {
      if (this.#isPaused) this.#stream.pause()
    })
  }

  resume(): void {
    if (this.#isPaused) this.#readBytesMax = RESUME_BYTES
    this.#isPaused = false
    if (!this.#isEnded) this.#stream.resume()
  }

  release(): boolean {
    this.drain()
    this.#letGo()
    return this.drain()
  }

  drain(): boolean {
    // Destroyed by an error that was not announced yet: the descriptor is closed.
    if (this.#stream.destroyed) this.#finish()
    let left = DRAIN_BYTES_MAX
    while (!this.#isEnded && left > 0) {
      const { bytes, last } = this.#fill(0, BUFFER_BYTES)
      if (bytes > 0) this.#deliver(bytes)
      left -= bytes
      if (last > 0) continue
      if (last === -EAGAIN || last === -EINTR) return true
      this.#finish()
    }
    return !this.#isEnded
  }

  async close(): Promise<void> {
    // Never inside a delivery, whose bytes a drain would overwrite.
    await Promise.resolve()
    const isOpen = !this.#stream.closed
    if (!this.#isEnded) {
      this.drain()
      this.#finish()
    }
    if (isOpen) await once(this.#stream, 'close')
  }

  /** A read of the event loop: takes what more there is before handing it over. */
  #onRead(bytes: number): boolean {
    const max = this.#readBytesMax
    this.#readBytesMax = BUFFER_BYTES
    this.#deliver(this.#fill(bytes, max).bytes)
    return !this.#isPaused
  }

  #onHangUp(): void {
    this.drain()
    this.#finish()
  }

  /** Fills the shared buffer from `from` on, until there are `enough` bytes. `last` is the last read's result. */
  #fill(from: number, enough: number): { readonly bytes: number; readonly last: number } {
    assert(!isSharedInUse, 'A tap was drained from inside a delivery')
    let bytes = from
    let last = 1
    while (bytes < enough && last > 0) {
      last = this.#libc.read(this.#readFd, shared, bytes)
      if (last > 0) bytes += last
    }
    return { bytes, last }
  }

  #deliver(bytes: number): void {
    isSharedInUse = true
    try {
      this.#handlers.onChunk(shared.subarray(0, bytes))
    } finally {
      isSharedInUse = false
    }
  }

  #letGo(): void {
    if (this.#writeFd !== undefined) this.#libc.close(this.#writeFd)
    this.#writeFd = undefined
  }

  #finish(): void {
    if (this.#isEnded) return
    this.#isEnded = true
    this.#letGo()
    this.#stream.destroy()
    this.#handlers.onEnd()
    this.#resolveEnded()
  }
}

/** `onread` is documented for these constructors too, but not typed. */
interface ReadingOptions extends SocketConstructorOpts {
  readonly onread: OnReadOpts
}

function openStream({ kind, readFd }: Channel, callback: (bytes: number) => boolean): Socket {
  const reading: ReadingOptions = { onread: { buffer: shared, callback } }
  if (kind === 'pty') return new ReadStream(readFd, reading)
  return new Socket({ ...reading, fd: readFd, readable: true, writable: false })
}
