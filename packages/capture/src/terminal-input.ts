// What people type into a child's terminal: bytes wait here for as long as the child does not read.
import { readlinkSync } from 'node:fs'
import { constants } from 'node:os'
import type { Libc } from './libc.js'

/** Bytes that may wait: more than anybody pastes, and little enough for each service. */
const INPUT_BYTES_MAX = 65_536
/** Nothing tells when the terminal takes bytes again; it is only asked while some wait. */
const RETRY_MS = 10

const { EAGAIN, EINTR } = constants.errno

/** Writes to our end of a terminal, which does not block. */
export class TerminalInput {
  readonly #libc: Libc
  readonly #fd: number
  #waiting: Buffer = Buffer.alloc(0)
  #timer: NodeJS.Timeout | undefined
  #isClosed = false

  constructor(libc: Libc, fd: number) {
    this.#libc = libc
    this.#fd = fd
  }

  /** Takes the bytes, all or none; false if they are refused. */
  write(bytes: Uint8Array): boolean {
    if (this.#isClosed || this.#waiting.length + bytes.length > INPUT_BYTES_MAX) return false
    this.#waiting = Buffer.concat([this.#waiting, bytes])
    this.#pump()
    return true
  }

  /** To be called before the descriptor is closed. */
  close(): void {
    this.#isClosed = true
    clearTimeout(this.#timer)
  }

  #pump(): void {
    clearTimeout(this.#timer)
    while (this.#waiting.length > 0) {
      const written = this.#libc.write(this.#fd, this.#waiting)
      if (written === -EINTR) continue
      if (written === -EAGAIN) {
        this.#timer = setTimeout(() => this.#pump(), RETRY_MS).unref()
        return
      }
      if (written < 0) return this.close()
      this.#waiting = this.#waiting.subarray(written)
    }
  }
}

/**
 * Words that make a terminal the controlling one of the session that its child leads: a session without
 * one gets the first terminal that its leader opens.
 */
export function terminalLauncher(fd: number): string[] {
  const path = readlinkSync(`/proc/self/fd/${fd}`)
  return ['/bin/sh', '-c', ': <>"$0" && exec "$@"', path]
}
