// A pipe for one output stream. Node's own 'pipe' is a socket pair, which a child cannot open as
// /dev/stdout, and which does not tell at a child's exit whether somebody else still holds it.
import { constants } from 'node:fs'
import { closeChannel, giveTo } from './channel.js'
import type { Channel } from './channel.js'
import { O_CLOEXEC } from './libc.js'
import type { Libc } from './libc.js'

export interface PipeOptions {
  /** The user that the child runs as. */
  readonly uid: number | undefined
}

/**
 * Opens a pipe.
 *
 * @throws A system error, for example `EMFILE`.
 */
export function openPipe(libc: Libc, { uid }: PipeOptions): Channel {
  const { readFd, writeFd } = libc.pipe2(O_CLOEXEC | constants.O_NONBLOCK)
  const channel: Channel = { kind: 'pipe', readFd, writeFd }
  try {
    libc.setBlocking(writeFd)
    giveTo(uid, writeFd)
    return channel
  } catch (error) {
    closeChannel(libc, channel)
    throw error
  }
}
