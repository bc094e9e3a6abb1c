// The two ends through which one output stream of a child reaches us, and the owner of the child's end.
import { fchownSync, fstatSync } from 'node:fs'
import type { Libc } from './libc.js'

/** An open pseudo-terminal or pipe. Whoever opened it closes both descriptors. */
export interface Channel {
  readonly kind: 'pty' | 'pipe'
  /** Our end: close-on-exec, non-blocking. */
  readonly readFd: number
  /** The child's end: close-on-exec (spawning clears that in the child), blocking. */
  readonly writeFd: number
}

/** Lets a child that runs as `uid` open /dev/stdout and /dev/stderr, which checks the owner again. */
export function giveTo(uid: number | undefined, fd: number): void {
  if (uid === undefined || uid === process.geteuid?.()) return
  fchownSync(fd, uid, fstatSync(fd).gid)
}

/** Closes both ends. */
export function closeChannel(libc: Libc, { readFd, writeFd }: Channel): void {
  libc.close(writeFd)
  libc.close(readFd)
}
