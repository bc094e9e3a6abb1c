// The one writer of a store: batches in, blocks and accounts on disk, one transaction a batch. Runs in
// the writer worker; everything here but the packing of blocks is synchronous, and what can wait is done in
// small steps between batches.
import { join } from 'node:path'
import { randomUUID } from 'node:crypto'
import type { BatchMessage, RestoredState, StoreFigures } from '../batch/batch-message.js'
import { ROW } from '../batch/packed-buffer.js'
import { steadyClock } from '../model/clock.js'
import { LIMITS } from '../model/limits.js'
import { Ballast } from './ballast.js'
import { tallyBatch } from './batch-tally.js'
import type { StoredTally } from './batch-tally.js'
import { Catalog } from './catalog.js'
import { ClosingPartitions } from './closing.js'
import { Compactor } from './compactor.js'
import { FileFigures } from './file-figures.js'
import { failureReason, isBusy, isDamage, lockFile } from './database.js'
import type { Durability, FileLock } from './database.js'
import { partitionBytesFor } from './keep-limits.js'
import type { KeepLimits } from './keep-limits.js'
import { openPartitions } from './open-partitions.js'
import { Partition } from './partition.js'
import { prepareBatch } from './prepared-batch.js'
import type { PreparedBatch } from './prepared-batch.js'
import { Retention } from './retention.js'
import type { StoreLimits } from './retention.js'
import type { Removal } from './remove-partition.js'
import type { LineCount } from './source-tally.js'
import { StoreAccounts } from './store-accounts.js'
import { makeDirectory, partitionPath } from './store-files.js'

export interface StoreOptions {
  readonly dir: string
  readonly durability: Durability
  readonly partitionBytes: number
  readonly partitionAgeMs: number
  /** Null: the store's size has no limit. Undefined: a tenth of the disk, at most 4 GiB. */
  readonly keepBytes: number | null | undefined
  readonly keepAgeMs: number | null
}

/** What retention keeps. */
export interface RetentionLimits {
  readonly store: StoreLimits
  readonly sources: Readonly<Record<string, KeepLimits>>
}

type Stepping = Pick<ClosingPartitions, 'step'>

export class StoreWriter {
  readonly storeId: string
  readonly retention: Retention
  /** Names of files that were damaged at the start and set aside. */
  readonly quarantined: string[] = []
  readonly #options: StoreOptions
  readonly #lock: FileLock
  readonly #catalog: Catalog
  readonly #ballast: Ballast
  readonly #closing = new ClosingPartitions()
  readonly #nowTs = steadyClock()
  readonly #accounts: StoreAccounts
  #partition: Partition
  #compactor: Compactor
  readonly #files: FileFigures
  /** Parts whose last step failed: not again before {@link upkeep}. */
  readonly #held = new Set<Stepping>()
  /** True when what is in the WAL should be moved into the file, however little it is. */
  #isUpkeepDue = false
  /** True while a partition may be on disk that could not be entered: readers expect later lines there. */
  #isRotationDue = false
  /** True when the disk has failed: the connection is not to be trusted. */
  #isBroken = false
  /** The batch that failed but turned out to be stored. */
  #storedId: number | undefined

  /**
   * Opens the store in `options.dir`, creating it if need be.
   *
   * @throws {LogsError} `Conflict` if another process writes to it, `PermissionDenied`.
   */
  constructor(options: StoreOptions) {
    this.#options = options
    const { dir } = options
    this.#files = new FileFigures(dir)
    makeDirectory(dir)
    this.#lock = lockFile(join(dir, 'writer.lock'))
    try {
      this.#catalog = new Catalog(dir, randomUUID())
      this.storeId = this.#catalog.storeId
      if (this.#catalog.quarantined !== undefined) this.quarantined.push(this.#catalog.quarantined)
      this.#ballast = new Ballast(dir)
      const { accounts, newest } = this.#openAll()
      this.#accounts = accounts
      if (accounts.wasCutOff) this.#catalog.setUsedSeq(accounts.lastSeq)
      this.#partition = newest ?? this.#createPartition(accounts.lastSeq + 1)
      this.#partition.markOpen(true)
      this.#catalog.setNewest(this.#partition.firstSeq)
      this.#compactor = new Compactor(this.#partition)
      this.retention = this.#retain()
      this.#files.count(this.#partition.path)
    } catch (error) {
      this.#lock.release()
      throw error
    }
  }

  state(): RestoredState {
    const { keys, lastSeq, wasCutOff } = this.#accounts
    return {
      storeId: this.storeId,
      nextSeq: lastSeq + 1,
      keys,
      figures: this.figures(0),
      quarantined: this.quarantined,
      wasCutOff,
    }
  }

  /** Makes the blocks of a batch, to be written in its turn; see {@link prepareBatch}. */
  prepare(batch: BatchMessage): Promise<PreparedBatch> {
    return prepareBatch(batch, this.#accounts)
  }

  /** Stores a batch; when it returns, the batch is committed. */
  write(prepared: PreparedBatch): StoredTally {
    try {
      return this.#write(prepared)
    } catch (error) {
      try {
        this.#recover(error, prepared.batch)
      } catch {
        // The batch comes again, and finds what is still wrong.
      }
      throw error
    }
  }

  /**
   * Does one small step of what can wait; false when there is nothing to do. What fails is tried again
   * after the next {@link upkeep}, and keeps nothing else from going on.
   */
  step(): boolean {
    for (const part of [this.#compactor, this.#closing, this.retention]) {
      if (this.#held.has(part)) continue
      try {
        if (part.step()) return true
      } catch {
        this.#held.add(part)
      }
    }
    return false
  }

  /** To be called every {@link LIMITS.upkeepMs}: what depends on time, or on readers having gone. */
  upkeep(): void {
    this.#held.clear()
    this.#ballast.lay()
    this.#closing.retry()
    this.retention.due()
    // A little is moved sooner than a thread is asked.
    if (this.#partition.unsavedBytes() > LIMITS.sealWalBytesMax) this.#isUpkeepDue = true
    else this.checkpoint({ truncate: false })
  }

  /** The partition that takes batches. */
  get openPath(): string {
    return this.#partition.path
  }

  figures(busyRatio: number): StoreFigures {
    const wal = this.#partition.walBytes() + this.#closing.walBytes()
    return {
      bytes: this.#files.closedBytes + this.#partition.bytes() + wal,
      wal_bytes: wal,
      partitions: this.#files.partitions,
      oldest_ts: this.#files.oldestTs(),
      busy_ratio: busyRatio,
      removed: this.retention.removed,
    }
  }

  /** Moves the WAL into the file, as far as readers let it; false when something had to stay. */
  checkpoint({ truncate }: { readonly truncate: boolean }): boolean {
    return this.#partition.checkpoint({ truncate })
  }

  /** A file whose WAL is to be moved into it by somebody else now, undefined if there is none. */
  pathToCheckpoint(): string | undefined {
    const closing = this.#closing.pathToSave()
    if (closing !== undefined) return closing
    const dueBytes = Math.min(LIMITS.walCheckpointBytes, this.#partitionBytes() / 4)
    if (this.#partition.unsavedBytes() < (this.#isUpkeepDue ? 1 : dueBytes)) return undefined
    this.#isUpkeepDue = false
    this.#partition.checkpointed()
    return this.#partition.path
  }

  /** What {@link pathToCheckpoint} asked for is done. Batches of meanwhile keep a WAL from beginning anew. */
  checkpointed(path: string): void {
    this.#closing.saved(path)
    if (this.#partition.walBytes() > LIMITS.walFileBytes) this.checkpoint({ truncate: false })
  }

  /** Regroups all that is staged and empties the WAL. */
  *compact(): Generator<void, void> {
    while (this.#compactor.finishStep()) yield
    while (this.#closing.step() || this.retention.step()) yield
    this.checkpoint({ truncate: true })
    this.#catalog.checkpoint()
  }

  /** Hides all lines of a source up to `seq`; how many these were. */
  clear(source: string, seq: number): Generator<void, LineCount> {
    return this.retention.clear(source, seq)
  }

  /** Removes the oldest partitions until the limits hold; another is begun first, unless it may miss a batch. */
  *vacuum(limits: StoreLimits): Generator<void, Removal> {
    if (!this.#isBroken && !this.#partition.isEmpty()) this.#rotate(this.#accounts.lastSeq + 1)
    while (this.#closing.step()) yield
    return yield* this.retention.vacuum(limits)
  }

  /** What is kept: of the store, and of sources that have limits of their own. */
  limits(): RetentionLimits {
    return {
      store: this.retention.storeLimits,
      sources: Object.fromEntries(this.retention.sourceLimits()),
    }
  }

  /** Releases everything, also where the disk refuses the last notes. With `hasLost` it looks like a crash. */
  close({ hasLost = false }: { readonly hasLost?: boolean } = {}): void {
    const attempts = [
      () => this.retention.close(),
      () => this.#closing.close(),
      () => {
        while (this.#partition.trim(LIMITS.trimPagesMax));
      },
      () => this.#partition.markOpen(hasLost),
      () => this.checkpoint({ truncate: true }),
      () => this.#catalog.close(),
    ]
    for (const attempt of attempts) {
      try {
        attempt()
      } catch {
        // The next start finds the mark of an open store: that is true of what was lost here.
      }
    }
    this.#partition.close()
    this.#lock.release()
  }

  #write(prepared: PreparedBatch): StoredTally {
    const { batch, table, keys } = prepared
    if (this.#isBroken) this.#reopen(batch)
    if (batch.id !== this.#storedId) this.#insert(prepared)
    this.#accounts.save(keys, batch.lastSeq)
    return tallyBatch(table, batch.rows)
  }

  #insert({ batch, table, keys, blocks }: PreparedBatch): void {
    this.#rotateIfDue(batch, table)
    this.#partition.transaction(() => {
      for (const key of keys) this.#partition.saveKey(key)
      for (const block of blocks) this.#partition.insert(block)
    })
    for (const block of blocks) if (block.meta.source_id === null) this.#compactor.added(block)
  }

  // What a failed batch needs before it comes again.
  #recover(error: unknown, batch: BatchMessage): void {
    if (isBusy(error)) return
    if (failureReason(error) === 'disk_full') {
      this.#ballast.release()
      this.retention.makeRoom()
    } else if (isDamage(error)) {
      this.#replaceDamaged(new Float64Array(batch.table)[ROW.firstSeq]!)
    } else this.#isBroken = true
  }

  // After a failed sync nobody knows what the kernel kept of the WAL (see "Can Applications Recover from
  // fsync Failures?", USENIX 2020): its content is written anew, into the file, before the WAL is used
  // again. The failed batch may be in there: then it is committed now, and must not come twice.
  #reopen(batch: BatchMessage): void {
    const { path, firstSeq } = this.#partition
    this.#partition.close()
    this.#partition = new Partition(path, firstSeq, this.#access())
    this.#partition.checkpoint({ truncate: true })
    this.#compactor = new Compactor(this.#partition)
    const stored = new Map(this.#partition.keys().map((key) => [key.keyId, key]))
    const isStored = batch.keys.every(({ keyId, received }) => {
      const key = stored.get(keyId)
      return key?.lastSeq === batch.lastSeq && key.received.lines === received.lines
    })
    this.#storedId = isStored && batch.keys.length > 0 ? batch.id : undefined
    this.#isBroken = false
  }

  // What can still be read of the damaged one is read; new lines go elsewhere.
  #replaceDamaged(firstSeq: number): void {
    if (firstSeq <= this.#partition.firstSeq) return
    const next = this.#createPartition(firstSeq)
    this.#partition.close()
    this.#use(next)
  }

  #retain(): Retention {
    const { dir, keepBytes, keepAgeMs } = this.#options
    const store = {
      dir,
      nowTs: this.#nowTs,
      openPath: () => this.#partition.path,
      letGo: (path: string) => this.#closing.drop(path),
      sourceIds: this.#accounts.sourceIds,
      floors: () => this.#accounts.floors,
      raiseFloors: (floors: ReadonlyMap<number, number>) => this.#raiseFloors(floors),
      onRemoved: () => this.#files.count(this.#partition.path),
    }
    return new Retention(store, this.#catalog, { bytes: keepBytes, ageMs: keepAgeMs })
  }

  #openAll(): { readonly accounts: StoreAccounts; readonly newest: Partition | undefined } {
    const { dir } = this.#options
    const removed = new Set(this.#catalog.removed())
    const newestSeq = this.#catalog.newest()
    const found = openPartitions(dir, { ...this.#access(), removed, newestSeq })
    this.quarantined.push(...found.quarantined)
    const accounts = new StoreAccounts(found, {
      usedSeq: this.#catalog.usedSeq(),
      floors: this.#catalog.floors(),
    })
    for (const partition of found.unsealed) this.#closing.add(partition, new Compactor(partition))
    if (!found.newest || found.damagedSeq === 0) return { accounts, newest: found.newest }
    // Numbers go on far above those of the damaged one: in a partition of their own.
    this.#closing.add(found.newest, new Compactor(found.newest))
    return { accounts, newest: undefined }
  }

  #access(): { readonly storeId: string; readonly durability: Durability } {
    return { storeId: this.storeId, durability: this.#options.durability }
  }

  #createPartition(firstSeq: number): Partition {
    const { keys, floors } = this.#accounts
    const create = { createdTs: this.#nowTs(), keys, floors }
    const path = partitionPath(this.#options.dir, firstSeq)
    this.#catalog.setNewest(firstSeq)
    try {
      return new Partition(path, firstSeq, { ...this.#access(), create })
    } catch (error) {
      this.#isRotationDue = true
      throw error
    }
  }

  #rotateIfDue(batch: BatchMessage, table: Float64Array): void {
    if (batch.rows === 0) return
    // Also of one that was made while the clock was far ahead.
    const ageMs = Math.abs(this.#nowTs() - this.#partition.createdTs) / 1000
    const wal = this.#partition.walBytes()
    const size = this.#partition.bytes() + this.#partition.unsavedBytes()
    const isFull = size >= this.#partitionBytes() || wal >= LIMITS.walBytesMax
    if (!isFull && ageMs < this.#options.partitionAgeMs && !this.#isRotationDue) return
    this.#rotate(table[ROW.firstSeq]!)
  }

  #partitionBytes(): number {
    return partitionBytesFor(this.#options.partitionBytes, this.retention.storeLimits.bytes)
  }

  #rotate(firstSeq: number): void {
    if (firstSeq <= this.#partition.firstSeq) return
    const next = this.#createPartition(firstSeq)
    this.#closing.add(this.#partition, this.#compactor)
    this.#use(next)
  }

  #use(partition: Partition): void {
    this.#isRotationDue = false
    this.#partition = partition
    this.#compactor = new Compactor(partition)
    this.#files.count(this.#partition.path)
    this.retention.due()
  }

  // Never lowers one: what asks for it may have looked before another raised it.
  #raiseFloors(wanted: ReadonlyMap<number, number>): void {
    const { sourceIds, floors } = this.#accounts
    const raised = new Map([...wanted].filter(([id, seq]) => seq > (floors.get(id) ?? 0)))
    const named = [...sourceIds].filter(([, id]) => raised.has(id))
    this.#catalog.saveFloors(new Map(named.map(([source, id]) => [source, raised.get(id)!])))
    this.#partition.transaction(() => {
      for (const [sourceId, seq] of raised) this.#partition.saveFloor(sourceId, seq)
    })
    this.#accounts.raiseFloors(raised)
  }
}
