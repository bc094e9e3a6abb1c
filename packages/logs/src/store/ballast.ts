// A file of real bytes that is given up when the disk is full: removing something needs a little room
// itself (the catalog notes what goes before it goes).
import { closeSync, fsyncSync, openSync, rmSync, statfsSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { LIMITS } from '../model/limits.js'
import { fileBytes } from './store-files.js'

export class Ballast {
  readonly #path: string
  readonly #bytes: number

  constructor(dir: string) {
    this.#path = join(dir, 'ballast')
    const { blocks, bsize } = statfsSync(dir)
    this.#bytes = Math.min(LIMITS.ballastBytes, Math.floor((blocks * bsize) / 64))
    this.lay()
  }

  /** Gives its room back; false when there is none left to give. */
  release(): boolean {
    if (fileBytes(this.#path) === 0) return false
    rmSync(this.#path, { force: true })
    return true
  }

  /** Takes its room again if there is plenty; false when there is not. */
  lay(): boolean {
    if (fileBytes(this.#path) >= this.#bytes) return true
    const { bavail, bsize } = statfsSync(join(this.#path, '..'))
    if (bavail * bsize < this.#bytes * 4) return false
    try {
      const fd = openSync(this.#path, 'w', 0o600)
      try {
        // Written, not only reserved: a hole takes no room.
        for (let left = this.#bytes; left > 0;) left -= writeSync(fd, Buffer.alloc(left, 1))
        fsyncSync(fd)
      } finally {
        closeSync(fd)
      }
      return true
    } catch {
      rmSync(this.#path, { force: true })
      return false
    }
  }
}
