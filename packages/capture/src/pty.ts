// A pseudo-terminal for one output stream: bytes arrive as the child wrote them, and isatty is true there.
import { constants } from 'node:fs'
import { closeChannel, giveTo } from './channel.js'
import type { Channel } from './channel.js'
import { O_CLOEXEC } from './libc.js'
import type { Libc } from './libc.js'

export interface PtyOptions {
  readonly columns: number
  readonly rows: number
  /** The user that the child runs as. */
  readonly uid: number | undefined
}

const OUTPUT_FLAGS = 1
const LOCAL_FLAGS = 3
const OPOST = 0o1
const ONLCR = 0o4
const ECHO = 0o10

/**
 * Opens a pseudo-terminal with output processing off.
 *
 * @throws A system error, for example `EMFILE`, or `ENOSPC` when the kernel has no more of them.
 */
export function openPty(libc: Libc, options: PtyOptions): Channel {
  return open(libc, options, (fd) => setRaw(libc, fd))
}

/**
 * Opens a pseudo-terminal to talk to: it echoes, and ends lines as a screen needs it.
 *
 * @throws As {@link openPty}.
 */
export function openTerminal(libc: Libc, options: PtyOptions): Channel {
  return open(libc, options, () => undefined)
}

function open(
  libc: Libc,
  { columns, rows, uid }: PtyOptions,
  prepare: (writeFd: number) => void,
): Channel {
  const common = constants.O_RDWR | constants.O_NOCTTY | O_CLOEXEC
  // Non-blocking: draining it must never freeze the event loop.
  const readFd = libc.openpt(common | constants.O_NONBLOCK)
  let writeFd: number
  try {
    libc.unlockpt(readFd)
    writeFd = libc.openPeer(readFd, common)
  } catch (error) {
    libc.close(readFd)
    throw error
  }
  const channel: Channel = { kind: 'pty', readFd, writeFd }
  try {
    prepare(writeFd)
    libc.setWindowSize(readFd, rows, columns)
    giveTo(uid, writeFd)
    return channel
  } catch (error) {
    closeChannel(libc, channel)
    throw error
  }
}

/** No "\r" is added to the bytes, and the child spends a quarter of the CPU on writing them. */
function setRaw(libc: Libc, fd: number): void {
  const termios = new Uint32Array(16)
  libc.tcgetattr(fd, termios)
  termios[OUTPUT_FLAGS] = (termios[OUTPUT_FLAGS] ?? 0) & ~(OPOST | ONLCR)
  termios[LOCAL_FLAGS] = (termios[LOCAL_FLAGS] ?? 0) & ~ECHO
  libc.tcsetattr(fd, termios)
}
