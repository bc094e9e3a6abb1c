// One WebSocket as the packages above see it: text and bytes in both directions, and how much of what was
// sent still waits here. Messages of one turn leave in one write.
import type { Duplex } from 'node:stream'
import { WebSocket } from 'ws'

/** The most common reasons to close. */
export const CLOSE_CODES = {
  done: 1000,
  goingAway: 1001,
  unsupported: 1003,
  invalidData: 1007,
  policy: 1008,
  tooLarge: 1009,
  internal: 1011,
  tryAgain: 1013,
} as const

export interface SocketMessage {
  /** Undefined for a binary message. */
  readonly text: string | undefined
  readonly bytes: Buffer
}

/** A server's end that can still speak when the other end has asked to close. */
export class ServerSocket extends WebSocket {
  #told = false

  override close(code?: number, reason?: string | Buffer): void {
    if (!this.#told && this.readyState === WebSocket.OPEN) {
      this.#told = true
      this.emit('closing')
    }
    super.close(code, reason)
  }
}

export class SocketConnection {
  readonly #socket: ServerSocket
  readonly #stream: Duplex
  readonly #gone = new AbortController()
  readonly #waiting = new Set<() => void>()
  #isCorked = false

  constructor(socket: ServerSocket, stream: Duplex) {
    this.#socket = socket
    this.#stream = stream
    stream.on('drain', () => this.#wake())
    socket.once('close', () => {
      this.#gone.abort()
      this.#wake()
    })
  }

  /** Aborted when the connection is closed. */
  get signal(): AbortSignal {
    return this.#gone.signal
  }

  get isOpen(): boolean {
    return this.#socket.readyState === WebSocket.OPEN
  }

  /** Bytes that were sent and not yet taken by the kernel. */
  get bufferedBytes(): number {
    return this.#socket.bufferedAmount
  }

  /** Sends a text message; a buffer must hold UTF-8, and may be sent to many connections. */
  send(text: string | Buffer): void {
    if (!this.isOpen) return
    this.#cork()
    this.#socket.send(text, { binary: false, compress: false }, () => this.#wake())
  }

  /** Sends a message that the other end need not wait for; cuts it off if it reads none of them. */
  tell(text: string): void {
    if (this.bufferedBytes > UNREAD_BYTES_MAX) this.destroy()
    else this.send(text)
  }

  /** Sends a binary message. */
  sendBytes(bytes: Buffer): void {
    if (!this.isOpen) return
    this.#cork()
    this.#socket.send(bytes, { binary: true, compress: false }, () => this.#wake())
  }

  /** Sends one text message made of parts; a part may be sent to many connections and is not copied. */
  sendParts(parts: readonly Buffer[]): void {
    if (!this.isOpen) return
    this.#cork()
    for (const [index, part] of parts.entries()) {
      const fin = index === parts.length - 1
      this.#socket.send(part, { binary: false, compress: false, fin }, () => this.#wake())
    }
  }

  /** Resolves when at most `bytes` wait here, or the connection is closed. */
  async untilBuffered(bytes: number): Promise<void> {
    while (this.isOpen && this.bufferedBytes > bytes) {
      await new Promise<void>((resolve) => this.#waiting.add(resolve))
    }
  }

  onMessage(listener: (message: SocketMessage) => void): void {
    this.#socket.on('message', (data, isBinary) => {
      // A message comes as one buffer, and ws has checked that text is UTF-8.
      const bytes = data as Buffer
      listener({ bytes, text: isBinary ? undefined : bytes.toString() })
    })
  }

  /** Runs `listener` while something can still be said, however the connection ends in order. */
  onClosing(listener: () => void): void {
    this.#socket.once('closing', listener)
  }

  /** Stops reading; the other end's kernel buffers fill up and its sending waits. */
  pause(): void {
    this.#socket.pause()
  }

  resume(): void {
    this.#socket.resume()
  }

  /** Closes in order; `reason` is cut to what a close frame can hold. */
  close(code: number = CLOSE_CODES.done, reason = ''): void {
    const cut = Buffer.from(reason).subarray(0, CLOSE_REASON_BYTES_MAX)
    this.#socket.close(code, cut.toString().replaceAll('\uFFFD', ''))
  }

  /** Cuts the connection off. */
  destroy(): void {
    this.#socket.terminate()
  }

  #cork(): void {
    if (this.#isCorked) return
    this.#isCorked = true
    this.#stream.cork()
    process.nextTick(() => {
      this.#isCorked = false
      this.#stream.uncork()
    })
  }

  #wake(): void {
    for (const resolve of this.#waiting) resolve()
    this.#waiting.clear()
  }
}

/** Told and not read: far more than who reads at all leaves, and little for each of thousands. */
const UNREAD_BYTES_MAX = 1_048_576

/** A control frame holds 125 bytes, two of them for the code. */
const CLOSE_REASON_BYTES_MAX = 123
