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

  constructor(dir: string) {
    this.#dir = dir
  }

  /** The partitions of the store, oldest first. */
  list(): PartitionFile[] {
    return listPartitions(this.#dir)
  }

  /** Opens a partition; undefined if retention removed it in this moment. @throws {LogsError} */
  open({ path }: PartitionFile): PartitionReader | undefined {
    const known = this.#open.get(path)
    this.#open.delete(path)
    const partition = known ?? tryOpen(path)
    if (partition) this.#open.set(path, partition)
    return partition
  }

  /** Closes what is not needed: removed ones, all but the newest that are not sealed, all beyond a few. */
  release(): void {
    const newest = this.list().at(-1)?.path
    for (const [path, partition] of this.#open) {
      const isUnsealed = path !== newest && existsSync(`${path}-wal`)
      if (!isUnsealed && existsSync(path) && this.#open.size <= LIMITS.readerFilesMax) continue
      partition.close()
      this.#open.delete(path)
    }
  }

  close(): void {
    for (const partition of this.#open.values()) partition.close()
    this.#open.clear()
  }
}

function tryOpen(path: string): PartitionReader | undefined {
  try {
    return new PartitionReader(path)
  } catch (error) {
    if (!existsSync(path)) return undefined
    throw error instanceof LogsError ? error : new Error(`Cannot open ${path}`, { cause: error })
  }
}
