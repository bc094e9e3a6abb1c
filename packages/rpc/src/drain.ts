// What is left of something that was refused is read and thrown away for a moment: on a connection that is
// closed at once, who is still sending fails to send and never sees the answer (RFC 9112, 9.6). It is read
// without haste, since others are to be served and nothing is done with it.
import type { Readable } from 'node:stream'

/** How long the rest is read before the connection is cut, in milliseconds. */
const DRAIN_MS_MAX = 1_000
/** Read of one stream before others have their turn: libuv alone would take 2 MiB. */
export const TURN_BYTES = 262_144
/** How long others have theirs, in milliseconds: so 32 MiB are read in time. */
const PAUSE_MS = 1

/** Reads a stream to its end and calls `cut` if that takes too long. */
export function drain(stream: Readable, cut: () => void): void {
  let bytes = 0
  stream.on('data', (chunk: Buffer) => {
    bytes += chunk.length
    if (bytes < TURN_BYTES) return
    bytes = 0
    stream.pause()
    setTimeout(() => stream.resume(), PAUSE_MS)
  })
  const timer = setTimeout(cut, DRAIN_MS_MAX)
  stream.once('close', () => clearTimeout(timer))
}
