// The one writer of a store: batches in, blocks and accounts on disk, one transaction a batch. Runs in
// the writer worker; everything here is synchronous.
//
// A batch's regions are grouped by source. Those with much text become sealed blocks at once; the rest
// goes into one staged block, which the compactor regroups later.
import { join } from 'node:path'
import { randomUUID } from 'node:crypto'
import type { BatchMessage, RestoredState, StoreFigures } from '../batch/batch-message.js'
import { regionBytes, ROW, ROW_WIDTH } from '../batch/packed-buffer.js'
import { LogsError } from '../model/errors.js'
import { LIMITS } from '../model/limits.js'
import { BlockRows } from './block-rows.js'
import { encodeBlock } from './block-codec.js'
import { openCatalog } from './catalog.js'
import { Compactor } from './compactor.js'
import { lockFile } from './database.js'
import type { Durability, FileLock } from './database.js'
import { fillRows } from './fill-rows.js'
import { oldestTs, Partition } from './partition.js'
import type { StoredKey } from './partition.js'
import {
  fileBytes,
  listPartitions,
  makeDirectory,
  partitionPath,
  quarantine,
  unlinkPartition,
} from './store-files.js'

export interface StoreOptions {
  readonly dir: string
  readonly durability: Durability
  readonly partitionBytes: number
  readonly partitionAgeMs: number
}

/** What one batch stored, by key. */
export type StoredTally = (readonly [keyId: number, lines: number, bytes: number])[]

export class StoreWriter {
  readonly storeId: string
  readonly quarantined: string[] = []
  /** True if the last process that wrote here was cut off. */
  wasCutOff = false
  readonly #options: StoreOptions
  readonly #lock: FileLock
  /** By key id; a key that never received a line has no row. */
  readonly #keys = new Map<number, StoredKey>()
  readonly #sourceIds = new Map<string, number>()
  readonly #rows = new BlockRows()
  #partition: Partition
  #compactor: Compactor
  #closedBytes = 0
  #partitions = 0
  #oldestPath = ''
  #oldestTs: number | null = null

  /**
   * Opens the store in `options.dir`, creating it if need be.
   *
   * @throws {LogsError} `Conflict` if another process writes to it, `PermissionDenied`.
   */
  constructor(options: StoreOptions) {
    this.#options = options
    makeDirectory(options.dir)
    this.#lock = lockFile(join(options.dir, 'writer.lock'))
    try {
      this.storeId = openCatalog(options.dir, randomUUID())
      this.#partition = this.#openNewest()
      this.#partition.markOpen(true)
      this.#compactor = new Compactor(this.#partition)
      this.#countFiles()
    } catch (error) {
      this.#lock.release()
      throw error
    }
  }

  state(): RestoredState {
    const keys = [...this.#keys.values()]
    const lastSeq = keys.reduce((last, key) => Math.max(last, key.lastSeq), 0)
    return {
      storeId: this.storeId,
      nextSeq: Math.max(lastSeq + 1 + this.#seqJump, this.#partition.firstSeq),
      keys,
      figures: this.figures(0),
      quarantined: this.quarantined,
      wasCutOff: this.wasCutOff,
    }
  }

  // What was given out but not committed before a crash was perhaps shown to its producer: these numbers
  // are not used again. The queue cannot have held more.
  get #seqJump(): number {
    return this.wasCutOff ? 2 ** 24 : 0
  }

  /** Stores a batch; when it returns, the batch is committed. */
  write(batch: BatchMessage): StoredTally {
    const bytes = Buffer.from(batch.bytes)
    const table = new Float64Array(batch.table)
    this.#rotateIfDue(batch, table)
    const stored = tally(table, batch.rows)
    const keysBefore = new Map(batch.keys.map(({ keyId }) => [keyId, this.#keys.get(keyId)]))
    const staged = this.#compactor.mark()
    try {
      this.#partition.transaction(() => {
        for (const key of batch.keys) this.#saveKey(key, batch.lastSeq)
        this.#insertBlocks(bytes, table, batch.rows)
      })
    } catch (error) {
      for (const [keyId, key] of keysBefore) this.#restoreKey(keyId, key)
      this.#compactor.restore(staged)
      throw error
    }
    return stored
  }

  /** Does one small step of regrouping; false when there is nothing to do. */
  compactStep(): boolean {
    return this.#compactor.step()
  }

  figures(busyRatio: number): StoreFigures {
    const wal = this.#partition.walBytes()
    this.#oldestTs ??= oldestTs(this.#oldestPath)
    return {
      bytes: this.#closedBytes + this.#partition.bytes() + wal,
      wal_bytes: wal,
      partitions: this.#partitions,
      oldest_ts: this.#oldestTs,
      busy_ratio: busyRatio,
    }
  }

  /** Empties the WAL into the file. */
  checkpoint(): void {
    this.#partition.checkpoint()
  }

  /** Releases everything, also where the disk refuses the last notes. */
  close(): void {
    try {
      this.#partition.markOpen(false)
      this.#partition.checkpoint()
    } catch {
      // The next start finds the mark of an open store: that is true of what was lost here.
    } finally {
      this.#partition.close()
      this.#lock.release()
    }
  }

  // Regrouping is a saving, not a duty: a block that cannot be read must not keep lines from the disk.
  #compactAll(): void {
    try {
      while (this.#compactor.step());
    } catch {
      return
    }
  }

  #saveKey(snapshot: BatchMessage['keys'][number], lastSeq: number): void {
    let sourceId = this.#sourceIds.get(snapshot.source)
    if (sourceId === undefined) {
      sourceId = this.#sourceIds.size + 1
      this.#sourceIds.set(snapshot.source, sourceId)
    }
    const key = { ...snapshot, sourceId, lastSeq }
    this.#keys.set(snapshot.keyId, key)
    this.#partition.saveKey(key)
  }

  #restoreKey(keyId: number, before: StoredKey | undefined): void {
    if (before) this.#keys.set(keyId, before)
    else this.#keys.delete(keyId)
  }

  #insertBlocks(bytes: Buffer, table: Float64Array, rowCount: number): void {
    const bySource = this.#groupBySource(table, rowCount)
    const staged: number[] = []
    for (const [sourceId, group] of bySource) {
      if (group.bytes < LIMITS.sealBytesMin && group.lines < LIMITS.blockLinesMax) {
        staged.push(...group.rows)
      } else this.#insertRows(bytes, table, group.rows, sourceId)
    }
    if (staged.length === 0) return
    this.#insertRows(
      bytes,
      table,
      staged.toSorted((a, b) => a - b),
      null,
    )
  }

  #groupBySource(table: Float64Array, rowCount: number): Map<number, Group> {
    const groups = new Map<number, Group>()
    for (let row = 0; row < rowCount * ROW_WIDTH; row += ROW_WIDTH) {
      const sourceId = this.#keys.get(table[row + ROW.key]!)!.sourceId
      let group = groups.get(sourceId)
      if (!group) groups.set(sourceId, (group = { bytes: 0, lines: 0, rows: [] }))
      group.rows.push(row)
      group.bytes += table[row + ROW.length]! + table[row + ROW.fieldsLength]!
      group.lines += table[row + ROW.lines]!
    }
    return groups
  }

  #insertRows(
    bytes: Buffer,
    table: Float64Array,
    regions: number[],
    sourceId: number | null,
  ): void {
    const rows = this.#rows
    rows.clear()
    const flush = (): void => {
      if (rows.count === 0) return
      const pack = sourceId !== null || rows.textLength > LIMITS.stagedPackBytesMin
      this.#partition.insert(rows, sourceId, encodeBlock(rows, { pack }))
      if (sourceId === null) this.#compactor.added(rows)
      rows.clear()
    }
    for (const row of regions) {
      const { sourceId: id, origin } = this.#keys.get(table[row + ROW.key]!)!
      fillRows(rows, bytes, table, row, { sourceId: id, origin }, flush)
    }
    flush()
  }

  #openNewest(): Partition {
    const { dir, durability } = this.#options
    let jump = 0
    for (const { path, firstSeq } of listPartitions(dir).toReversed()) {
      try {
        const partition = new Partition(path, firstSeq, { storeId: this.storeId, durability })
        this.#takeKeys(partition)
        this.wasCutOff ||= !partition.wasClosed()
        return jump === 0 ? partition : this.#startAfter(partition, jump)
      } catch (error) {
        const code = error instanceof LogsError ? error.code : undefined
        if (code !== 'DamagedStore' && code !== 'NotFound') throw error
        if (code === 'NotFound') unlinkPartition(path)
        else this.quarantined.push(quarantine(path))
        // Nobody knows what a damaged file held: numbers go on far above it.
        if (code === 'DamagedStore') jump = Math.max(jump, firstSeq + 2 ** 32)
        this.wasCutOff ||= code === 'DamagedStore'
      }
    }
    return this.#createPartition(Math.max(1, jump))
  }

  #startAfter(previous: Partition, firstSeq: number): Partition {
    previous.close()
    return this.#createPartition(firstSeq)
  }

  #takeKeys(partition: Partition): void {
    try {
      for (const key of partition.keys()) {
        this.#keys.set(key.keyId, key)
        this.#sourceIds.set(key.source, key.sourceId)
      }
    } catch (error) {
      partition.close()
      throw error
    }
  }

  #createPartition(firstSeq: number): Partition {
    const { dir, durability } = this.#options
    return new Partition(partitionPath(dir, firstSeq), firstSeq, {
      storeId: this.storeId,
      durability,
      create: { createdTs: Date.now() * 1000, keys: [...this.#keys.values()] },
    })
  }

  #rotateIfDue(batch: BatchMessage, table: Float64Array): void {
    if (batch.rows === 0) return
    const { partitionBytes, partitionAgeMs } = this.#options
    const ageMs = Date.now() - this.#partition.createdTs / 1000
    const size = this.#partition.bytes() + this.#partition.walBytes()
    if (size < partitionBytes && ageMs < partitionAgeMs) return
    const firstSeq = table[ROW.firstSeq]!
    if (firstSeq <= this.#partition.firstSeq) return
    this.#compactAll()
    const next = this.#createPartition(firstSeq)
    this.#partition.checkpoint()
    this.#partition.close()
    this.#partition = next
    this.#compactor = new Compactor(next)
    this.#countFiles()
  }

  #countFiles(): void {
    const files = listPartitions(this.#options.dir)
    this.#partitions = files.length
    this.#closedBytes = 0
    for (const { path } of files) {
      if (path !== this.#partition.path) this.#closedBytes += fileBytes(path)
    }
    this.#oldestPath = files[0]!.path
    this.#oldestTs = null
  }
}

interface Group {
  bytes: number
  lines: number
  readonly rows: number[]
}

function tally(table: Float64Array, rowCount: number): StoredTally {
  const byKey = new Map<number, { lines: number; bytes: number }>()
  for (let row = 0; row < rowCount * ROW_WIDTH; row += ROW_WIDTH) {
    const key = table[row + ROW.key]!
    const sum = byKey.get(key) ?? { lines: 0, bytes: 0 }
    sum.lines += table[row + ROW.lines]!
    sum.bytes += regionBytes(table, row)
    byKey.set(key, sum)
  }
  return [...byKey].map(([key, { lines, bytes }]) => [key, lines, bytes] as const)
}
