// The partitions that a reader has open: opened when a query needs one, closed when they are many, and let
// go of when the writer wants to seal one, which it cannot while a reader has it in WAL mode.
import { existsSync } from 'node:fs'
import { LogsError } from '../model/errors.js'
import { LIMITS } from '../model/limits.js'
import { listPartitions } from '../store/store-files.js'
import type { PartitionFile } from '../store/store-files.js'
import { PartitionReader } from './partition-reader.js'

export class PartitionCache {
  readonly #dir: string
  /** By path, least recently used first. */
  readonly #open = new Map<string, PartitionReader>()
  /** Times that a partition was asked for which retention had just removed. */
  vanished: number = 0

  constructor(dir: string) {
    this.#dir = dir
  }

  /** The partitions of the store, oldest first. */
  list(): PartitionFile[] {
    return listPartitions(this.#dir)
  }

  /**
   * Opens a partition, and closes the one that was not used for longest when they are many; undefined if
   * retention removed it in this moment.
   *
   * @throws {LogsError}
   */
  open({ path }: PartitionFile): PartitionReader | undefined {
    const known = this.#open.get(path)
    this.#open.delete(path)
    const partition = known ?? tryOpen(path)
    if (partition) this.#open.set(path, partition)
    else this.vanished++
    const [oldest] = this.#open.keys()
    if (oldest !== undefined && this.#open.size > LIMITS.readerFilesMax) this.#close(oldest)
    return partition
  }

  /** Closes what is not needed: removed ones, and all but the newest that are not sealed. */
  release(): void {
    const newest = this.list().at(-1)?.path
    for (const path of this.#open.keys()) {
      const isUnsealed = path !== newest && existsSync(`${path}-wal`)
      if (isUnsealed || !existsSync(path)) this.#close(path)
    }
  }

  close(): void {
    for (const path of this.#open.keys()) this.#close(path)
  }

  #close(path: string): void {
    this.#open.get(path)?.close()
    this.#open.delete(path)
  }
}

/** Those that hold seqs between two others: a partition's go from its first one to the next one's. */
export function overlapping(
  files: readonly PartitionFile[],
  { afterSeq, beforeSeq }: { readonly afterSeq: number; readonly beforeSeq: number },
): PartitionFile[] {
  return files.filter(({ firstSeq }, i) => {
    const nextSeq = files[i + 1]?.firstSeq ?? Infinity
    return firstSeq < beforeSeq && nextSeq > afterSeq + 1
  })
}

function tryOpen(path: string): PartitionReader | undefined {
  try {
    const partition = new PartitionReader(path)
    // Removed while it was opened: without its WAL it lacks what was not moved into the file.
    if (existsSync(path)) return partition
    partition.close()
    return undefined
  } catch (error) {
    if (!existsSync(path)) return undefined
    throw error instanceof LogsError ? error : new Error(`Cannot open ${path}`, { cause: error })
  }
}
