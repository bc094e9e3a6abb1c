// What the files of a store amount to, without asking the file system after every batch.
import { openIfWhole } from './block-file.js'
import { fileBytes, listPartitions } from './store-files.js'

export class FileFigures {
  /** Bytes of all partitions but the one that takes batches. */
  closedBytes = 0
  partitions = 0
  readonly #dir: string
  #oldestTs: number | null | undefined

  constructor(dir: string) {
    this.#dir = dir
  }

  /** Counts anew: a partition has come or gone. */
  count(openPath: string): void {
    const files = listPartitions(this.#dir)
    this.partitions = files.length
    this.closedBytes = 0
    for (const { path } of files) if (path !== openPath) this.closedBytes += fileBytes(path)
    this.#oldestTs = undefined
  }

  /** Time of the oldest line, microseconds since the epoch; null without lines. */
  oldestTs(): number | null {
    return (this.#oldestTs ??= this.#findOldestTs())
  }

  #findOldestTs(): number | null {
    for (const { path } of listPartitions(this.#dir)) {
      const ts = oldestTsOf(path)
      if (ts !== null) return ts
    }
    return null
  }
}

// Null also for a file that cannot be read, whatever is wrong with it: nothing may fail for a figure.
function oldestTsOf(path: string): number | null {
  let file
  try {
    file = openIfWhole(path)
    return file?.oldestTs() ?? null
  } catch {
    return null
  } finally {
    file?.close()
  }
}
