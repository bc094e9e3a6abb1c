// The cursor of the newest entry written, and the file that may keep it from one call to the next.
import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import type { WireEntry } from '@hero/logs'

/** A cursor is short; whatever is longer is another file. */
const FILE_CHARACTERS_MAX = 1_000

export class CursorKeeper {
  /** The cursor of the newest entry seen. */
  cursor: string | undefined
  readonly #file: string | undefined
  #seq = -1

  constructor(file: string | undefined) {
    this.#file = file
  }

  /** True if there is a file to save to. */
  get isKeeping(): boolean {
    return this.#file !== undefined
  }

  /** Returns what the file holds; undefined if there is no file or nothing in it. */
  read(): string | undefined {
    if (this.#file === undefined) return undefined
    try {
      const text = readFileSync(this.#file, 'utf8').slice(0, FILE_CHARACTERS_MAX).trim()
      return text === '' ? undefined : text
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
      throw error
    }
  }

  /** Takes note of an entry; with `--reverse` the first one is the newest. */
  see({ seq, cursor }: WireEntry): void {
    if (seq <= this.#seq) return
    this.#seq = seq
    this.cursor = cursor
  }

  /** Writes the file, whole or not at all, if an entry was seen. */
  save(): void {
    if (this.#file === undefined || this.cursor === undefined) return
    const temporary = `${this.#file}.${process.pid}.tmp`
    writeFileSync(temporary, `${this.cursor}\n`, { mode: 0o600 })
    renameSync(temporary, this.#file)
  }
}
