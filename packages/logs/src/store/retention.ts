// What is kept and what goes: whole partitions, oldest first, when the store is too large or they are too
// old; single sources by raising their floor. Works in steps, one block or one source each.
import type { Catalog } from './catalog.js'
import { openIfWhole } from './block-file.js'
import type { BlockRows } from './block-rows.js'
import { isDamage } from './database.js'
import { raisedFloors } from './floors.js'
import type { LimitedSource } from './floors.js'
import { defaultStoreBytes, NO_LIMITS, resolveKeepLimits } from './keep-limits.js'
import type { KeepLimits } from './keep-limits.js'
import { LIMITS } from '../model/limits.js'
import { NOTHING, removePartition } from './remove-partition.js'
import type { Removal } from './remove-partition.js'
import { columnsOf, countLines, finish } from './source-tally.js'
import type { LineCount } from './source-tally.js'
import { catalogPath, fileBytes, listPartitions } from './store-files.js'
import type { PartitionFile } from './store-files.js'

/** What retention needs from the writer. */
export interface RetainedStore {
  readonly dir: string
  readonly nowTs: () => number
  /** The partition that takes batches: it stays. */
  readonly openPath: () => string
  /** Closes what the writer may still have open of a partition that is about to go. */
  readonly letGo: (path: string) => void
  readonly sourceIds: ReadonlyMap<string, number>
  /** By source id. */
  readonly floors: () => ReadonlyMap<number, number>
  readonly raiseFloors: (floors: ReadonlyMap<number, number>) => void
  readonly onRemoved: () => void
}

/** Limits of the store as a whole. */
export interface StoreLimits {
  readonly bytes: number | null
  readonly ageMs: number | null
}

export class Retention {
  /** What has gone since the store was opened. */
  removed: Removal = NOTHING
  readonly #store: RetainedStore
  readonly #catalog: Catalog
  readonly #configured: StoreLimits
  readonly #createdTs = new Map<string, number>()
  #limits: Map<string, KeepLimits>
  #job: Generator<void, void> | undefined
  #isDue = true
  #sweptTs = 0
  /** Milliseconds of work since the sweep began, and of all of the one before. */
  #workMs = 0
  #sweepWorkMs = 0
  #floorsChanged = true
  #roomMadeTs = 0

  /** @param configured - Limits of the store; `bytes` undefined: a tenth of the disk, at most 4 GiB. */
  constructor(
    store: RetainedStore,
    catalog: Catalog,
    configured: { readonly bytes: number | null | undefined; readonly ageMs: number | null },
  ) {
    const { bytes = defaultStoreBytes(store.dir), ageMs } = configured
    this.#store = store
    this.#catalog = catalog
    this.#configured = { bytes, ageMs }
    this.#limits = catalog.limits()
  }

  /** The store's limits in force: those set at run time before those it was opened with. */
  get storeLimits(): StoreLimits {
    const own = this.#limits.get('')
    return own ? { bytes: own.bytes ?? null, ageMs: own.ageMs ?? null } : this.#configured
  }

  /** Limits by source, for those that have any. */
  sourceLimits(): ReadonlyMap<string, KeepLimits> {
    return new Map([...this.#limits].filter(([source]) => source !== ''))
  }

  /**
   * Sets what is kept of a source, or of the store (source `''`), for good.
   *
   * @throws {TypeError | RangeError} If a limit is wrong; nothing is changed.
   */
  setLimits(source: string, limits: KeepLimits): void {
    const resolved = resolveKeepLimits(limits)
    if (source === '' && resolved.lines !== null) {
      throw new RangeError('Expected bytes or ageMs as limits of the store, got lines')
    }
    this.#catalog.setLimits(source, resolved)
    this.#limits = this.#catalog.limits()
    this.#sweptTs = 0
    this.#isDue = true
  }

  /** Time has passed or something was written: look again. */
  due(): void {
    this.#isDue = true
  }

  /** Does one step; false when there is nothing to do. */
  step(): boolean {
    if (!this.#job) {
      if (!this.#isDue) return false
      this.#isDue = false
      this.#job = this.#look()
    }
    const start = performance.now()
    try {
      if (this.#job.next().done) this.#job = undefined
    } catch (error) {
      this.#job = undefined
      // Which of the hidden partitions it had come to is not known.
      this.#floorsChanged = true
      throw error
    } finally {
      this.#workMs += performance.now() - start
    }
    return true
  }

  /** Lets go of what is being looked at. */
  close(): void {
    this.#job?.return()
    this.#job = undefined
  }

  /** Hides the lines of `source` up to `seq` at once, then counts how many were still shown. */
  *clear(source: string, seq: number): Generator<void, LineCount> {
    const count = { lines: 0, bytes: 0 }
    const sourceId = this.#store.sourceIds.get(source)
    if (sourceId === undefined) return count
    const floor = this.#store.floors().get(sourceId) ?? 0
    if (seq <= floor) return count
    this.#raise(new Map([[sourceId, seq]]))
    for (const { path } of listPartitions(this.#store.dir)) {
      const file = openIfWhole(path)
      if (!file) continue
      try {
        const { lines, bytes } = yield* countLines(file, sourceId, floor, seq)
        count.lines += lines
        count.bytes += bytes
      } finally {
        file.close()
      }
      yield
    }
    return count
  }

  /** Removes the oldest partition for a full disk, at most one a second; false when none went. */
  makeRoom(): boolean {
    const now = this.#store.nowTs()
    const [oldest] = this.#removable()
    if (!oldest || now - this.#roomMadeTs < LIMITS.makeRoomMs * 1000) return false
    this.#roomMadeTs = now
    finish(this.#remove(oldest))
    return true
  }

  /** Removes the oldest partitions until the limits hold; the open one stays. */
  *vacuum(limits: StoreLimits): Generator<void, Removal> {
    const before = this.removed
    for (;;) {
      const next = yield* this.#overdue(limits)
      if (!next) break
      yield* this.#remove(next)
    }
    const { partitions, lines, bytes } = this.removed
    return {
      partitions: partitions - before.partitions,
      lines: lines - before.lines,
      bytes: bytes - before.bytes,
    }
  }

  *#look(): Generator<void, void> {
    const next = yield* this.#overdue(this.storeLimits)
    if (next) {
      yield* this.#remove(next)
      this.#isDue = true
      return
    }
    yield* this.#sweep()
    if (!this.#floorsChanged) return
    this.#floorsChanged = false
    for (const file of this.#removable()) {
      if (yield* this.#isHidden(file)) yield* this.#remove(file, 1)
      yield
    }
  }

  // The oldest partition if it has to go, and can.
  *#overdue({ bytes, ageMs }: StoreLimits): Generator<void, PartitionFile | undefined> {
    const files = listPartitions(this.#store.dir)
    const [oldest, ...younger] = files
    if (!oldest || younger.length === 0) return undefined
    if (bytes !== null && this.#totalBytes(files) > bytes) return oldest
    if (ageMs === null) return undefined
    // All of a partition is at least as old as those behind it: arrival counts, not what lines say of it.
    // Of all of them, as one may have been made while the clock was far ahead.
    let untilTs = Infinity
    for (const file of younger) {
      if (!this.#createdTs.has(file.path)) yield
      untilTs = Math.min(untilTs, this.#createdTsOf(file))
    }
    return untilTs <= this.#store.nowTs() - ageMs * 1000 ? oldest : undefined
  }

  #totalBytes(files: readonly PartitionFile[]): number {
    const paths = [...files.map(({ path }) => path), catalogPath(this.#store.dir)]
    return paths.reduce((sum, path) => sum + fileBytes(path) + fileBytes(`${path}-wal`), 0)
  }

  // Of a damaged one nothing is known.
  #createdTsOf({ path }: PartitionFile): number {
    let createdTs = this.#createdTs.get(path)
    if (createdTs === undefined) {
      const file = openIfWhole(path)
      createdTs = file ? Number(file.meta().get('created_ts')) : Infinity
      file?.close()
      this.#createdTs.set(path, createdTs)
    }
    return createdTs
  }

  #removable(): PartitionFile[] {
    const open = this.#store.openPath()
    return listPartitions(this.#store.dir).filter(({ path }) => path !== open)
  }

  *#remove(file: PartitionFile, hidden: 0 | 1 = 0): Generator<void, void> {
    const gone = yield* removePartition(file, this.#catalog, {
      removed_ts: this.#store.nowTs(),
      hidden,
      letGo: this.#store.letGo,
    })
    this.#createdTs.delete(file.path)
    const { partitions, lines, bytes } = this.removed
    this.removed = {
      partitions: partitions + gone.partitions,
      lines: lines + gone.lines,
      bytes: bytes + gone.bytes,
    }
    this.#store.onRemoved()
  }

  // Raises the floors of sources that have limits of their own; takes a small part of the time, however
  // long one walk over the store is.
  *#sweep(): Generator<void, void> {
    const now = this.#store.nowTs()
    const pauseMs = Math.max(LIMITS.sweepMs, this.#sweepWorkMs * LIMITS.sweepPauseRatio)
    const limited = this.#limitedSources()
    if (limited.length === 0 || now - this.#sweptTs < pauseMs * 1000) return
    this.#sweptTs = now
    this.#workMs = 0
    const raised = yield* raisedFloors(listPartitions(this.#store.dir), limited, now)
    this.#sweepWorkMs = this.#workMs
    if (raised.size > 0) this.#raise(raised)
  }

  #limitedSources(): LimitedSource[] {
    const floors = this.#store.floors()
    return [...this.sourceLimits()].flatMap(([source, limits]) => {
      const sourceId = this.#store.sourceIds.get(source)
      if (sourceId === undefined) return []
      return { sourceId, floor: floors.get(sourceId) ?? 0, limits: { ...NO_LIMITS, ...limits } }
    })
  }

  #raise(floors: ReadonlyMap<number, number>): void {
    this.#store.raiseFloors(floors)
    this.#floorsChanged = true
    this.#isDue = true
  }

  // True if every line of a partition is below its source's floor.
  *#isHidden({ path }: PartitionFile): Generator<void, boolean> {
    const floors = this.#store.floors()
    const file = floors.size === 0 ? undefined : openIfWhole(path)
    if (!file) return false
    try {
      for (const record of file.records()) {
        const { source_id, last_seq } = record
        if (source_id !== null) {
          if (last_seq > (floors.get(source_id) ?? 0)) return false
        } else {
          if (!areHidden(columnsOf(file, record), floors)) return false
          yield
        }
      }
      return true
    } catch (error) {
      if (isDamage(error)) return false
      throw error
    } finally {
      file.close()
    }
  }
}

// False for a damaged block: what cannot be read is not known to be hidden.
function areHidden(rows: BlockRows | undefined, floors: ReadonlyMap<number, number>): boolean {
  for (let i = 0; rows && i < rows.count; i++) {
    if (rows.seq[i]! > (floors.get(rows.source[i]!) ?? 0)) return false
  }
  return rows !== undefined
}
