// What is left of something that was refused is read and thrown away for a moment: on a connection that is
// closed at once, who is still sending fails to send and never sees the answer (RFC 9112, 9.6). It is read
// without haste, since others are to be served and nothing is done with it.
import type { Readable } from 'node:stream'

/** How long the rest is read before the connection is cut, in milliseconds. */
const DRAIN_MS_MAX = 1_000
/** Read of one stream before others have their turn: libuv alone would take 2 MiB. */
export const TURN_BYTES = 262_144

export interface DrainOptions {
  /** Between two turns, in milliseconds; 0 for no longer than others need. */
  readonly pauseMs: number
  /** Called if the end does not come soon. */
  readonly cut: () => void
}

/** Reads a stream to its end, turn by turn. */
export function drain(stream: Readable, { pauseMs, cut }: DrainOptions): void {
  let bytes = 0
  stream.on('data', (chunk: Buffer) => {
    bytes += chunk.length
    if (bytes < TURN_BYTES) return
    bytes = 0
    stream.pause()
    if (pauseMs === 0) setImmediate(() => stream.resume())
    else setTimeout(() => stream.resume(), pauseMs)
  })
  const timer = setTimeout(cut, DRAIN_MS_MAX)
  stream.once('close', () => clearTimeout(timer))
}
