// `catalog.db`: the identity of the store, its retention, and what was removed from it. The identity can
// be had from any partition; losing the rest loses limits and counts, never a line.
import { existsSync } from 'node:fs'
import { LogsError } from '../model/errors.js'
import { createDatabase, hasTable, openReadable, openWritable, translateError } from './database.js'
import type { Database } from './database.js'
import { migrateCatalog } from './migrations.js'
import { NO_LIMITS } from './keep-limits.js'
import type { KeepLimits } from './keep-limits.js'
import { CATALOG_SCHEMA, SCHEMA_VERSION } from './schema.js'
import { countAbove } from './seq-runs.js'
import {
  catalogPath,
  fileBytes,
  hasDamagedWal,
  isDirectory,
  listPartitions,
  quarantine,
} from './store-files.js'

/** What was removed of one source with one partition. */
export interface Tombstone {
  /** First seq of the partition; 0 and -1: the sum of the oldest ones, not hidden and hidden. */
  readonly partition: number
  readonly source: string
  readonly lines: number
  readonly bytes: number
  readonly first_seq: number
  readonly last_seq: number
  /** Microseconds since the epoch. */
  readonly ts_min: number
  readonly ts_max: number
  readonly removed_ts: number
  /** 1: the partition went because all of it was hidden by floors; 0: it was the oldest. */
  readonly hidden: 0 | 1
  /** See seq-runs.ts; null: which seqs these were is no longer known. */
  readonly runs: Buffer | null
}

const INSERT_TOMBSTONE = `
INSERT OR REPLACE INTO tombstones (partition, source, lines, bytes, first_seq, last_seq, ts_min, ts_max,
  removed_ts, hidden, runs)
VALUES (@partition, @source, @lines, @bytes, @first_seq, @last_seq, @ts_min, @ts_max, @removed_ts, @hidden,
  @runs)`
// The oldest partitions' tombstones become two rows a source: what went for its age says up to where all
// is gone, what was hidden does not.
const SUM_OLDEST = `
INSERT OR REPLACE INTO tombstones
SELECT -hidden, source, sum(lines), sum(bytes), min(first_seq), max(last_seq), min(ts_min), max(ts_max),
  max(removed_ts), hidden, NULL
FROM tombstones WHERE partition <= ? GROUP BY source, hidden`
const SELECT_REMOVED =
  'SELECT DISTINCT partition FROM tombstones WHERE partition > 0 ORDER BY partition'
const SELECT_RUNS_BYTES =
  'SELECT partition, sum(length(runs)) AS bytes FROM tombstones WHERE partition > 0 GROUP BY partition ORDER BY partition'
const SET_LIMITS = 'REPLACE INTO retention (source, lines, bytes, age_ms) VALUES (?, ?, ?, ?)'

export class Catalog {
  readonly storeId: string
  /** The name under which a damaged catalog was kept. */
  readonly quarantined: string | undefined
  readonly #db: Database

  /**
   * Opens or creates the catalog of `dir`. One that is damaged, or of an unknown version, is set aside
   * and made again with the id that the newest readable partition holds.
   *
   * @throws {LogsError} `PermissionDenied`, `Unavailable`.
   */
  constructor(dir: string, newId: string) {
    const path = catalogPath(dir)
    let opened
    try {
      opened = openOrCreate(path, () => partitionStoreId(dir) ?? newId)
    } catch (error) {
      if (!(error instanceof LogsError) || error.code !== 'DamagedStore') throw error
      this.quarantined = quarantine(path)
      opened = openOrCreate(path, () => partitionStoreId(dir) ?? newId)
    }
    this.#db = opened.db
    this.storeId = opened.storeId
  }

  /** By source; the store's own under the empty name. */
  limits(): Map<string, KeepLimits> {
    const rows = this.#db.prepare('SELECT * FROM retention').all() as {
      source: string
      lines: number | null
      bytes: number | null
      age_ms: number | null
    }[]
    return new Map(
      rows.map(({ source, lines, bytes, age_ms }) => [source, { lines, bytes, ageMs: age_ms }]),
    )
  }

  /** Sets what is kept of a source; without any limit it has none of its own. */
  setLimits(source: string, limits: KeepLimits): void {
    const { lines, bytes, ageMs } = { ...NO_LIMITS, ...limits }
    if (lines === null && bytes === null && ageMs === null) {
      this.#db.prepare('DELETE FROM retention WHERE source = ?').run(source)
    } else this.#db.prepare(SET_LIMITS).run(source, lines, bytes, ageMs)
  }

  /**
   * Notes what goes with a partition; to be called before its file is unlinked. When the seqs of removed
   * lines take more than `runsBytesMax`, only the sums of the oldest are kept.
   */
  bury(tombstones: readonly Tombstone[], runsBytesMax: number): void {
    this.#db
      .transaction(() => {
        const insert = this.#db.prepare(INSERT_TOMBSTONE)
        for (const tombstone of tombstones) insert.run(tombstone)
        this.#sumOldest(runsBytesMax)
      })
      .immediate()
  }

  /** First seqs of the partitions that were removed: a file of one of these is on its way out. */
  removed(): number[] {
    return this.#db.prepare(SELECT_REMOVED).pluck().all() as number[]
  }

  /** The highest seq that is known to have been used. */
  usedSeq(): number {
    const removed = this.#db.prepare('SELECT max(last_seq) FROM tombstones').pluck().get()
    const noted = this.#db.prepare("SELECT value FROM meta WHERE name = 'used_seq'").pluck().get()
    return Math.max(Number(removed ?? 0), Number(noted ?? 0))
  }

  /** Notes a number that no line has, but that may be in somebody's cursor: later ones are higher. */
  setUsedSeq(seq: number): void {
    this.#db.prepare("REPLACE INTO meta (name, value) VALUES ('used_seq', ?)").run(String(seq))
  }

  /** By source: lines up to this seq are hidden. */
  floors(): Map<string, number> {
    const rows = this.#db.prepare('SELECT source, seq FROM floors').raw().all()
    return new Map(rows as [string, number][])
  }

  /** Notes floors a second time: with its newest partition a store must not lose what was cleared. */
  saveFloors(floors: ReadonlyMap<string, number>): void {
    this.#db
      .transaction(() => {
        const save = this.#db.prepare('REPLACE INTO floors (source, seq) VALUES (?, ?)')
        for (const [source, seq] of floors) save.run(source, seq)
      })
      .immediate()
  }

  /** First seq of the newest partition that was made, 0 if none is known. */
  newest(): number {
    const value = this.#db.prepare("SELECT value FROM meta WHERE name = 'newest'").pluck().get()
    return Number(value ?? 0)
  }

  /** Notes a partition before it is made: should its file be gone one day, its seqs are not used again. */
  setNewest(firstSeq: number): void {
    const sql = "REPLACE INTO meta (name, value) VALUES ('newest', ?)"
    this.#db.prepare(sql).run(String(firstSeq))
  }

  checkpoint(): void {
    this.#db.pragma('wal_checkpoint(PASSIVE)')
  }

  close(): void {
    this.#db.close()
  }

  #sumOldest(runsBytesMax: number): void {
    const sizes = this.#db.prepare(SELECT_RUNS_BYTES).all() as {
      partition: number
      bytes: number
    }[]
    let total = sizes.reduce((sum, { bytes }) => sum + bytes, 0)
    let last = 0
    for (const { partition, bytes } of sizes) {
      if (total <= runsBytesMax) break
      total -= bytes
      last = partition
    }
    if (last === 0) return
    this.#db.prepare(SUM_OLDEST).run(last)
    this.#db.prepare('DELETE FROM tombstones WHERE partition BETWEEN 1 AND ?').run(last)
  }
}

type RemovedLines = Pick<Tombstone, 'source' | 'lines' | 'first_seq' | 'last_seq' | 'runs'>

/** The tombstones of a store, for readers: how many lines a cursor has missed. */
export class Tombstones {
  readonly #db: Database | undefined

  /** Those of this moment. Without a catalog there are none. */
  constructor(dir: string) {
    this.#db = fileBytes(catalogPath(dir)) === 0 ? undefined : tryOpen(catalogPath(dir))
    // One snapshot for all that is asked.
    this.#db?.exec('BEGIN')
  }

  /** First seqs of the partitions that were removed. */
  partitions(): Set<number> {
    return new Set(this.#db?.prepare(SELECT_REMOVED).pluck().all() as number[] | undefined)
  }

  /** All lines up to this seq are gone, 0 if none is. */
  horizon(): number {
    const sql = 'SELECT max(last_seq) FROM tombstones WHERE hidden = 0'
    return (this.#db?.prepare(sql).pluck().get() as number | null | undefined) ?? 0
  }

  /** Counts removed lines with `afterSeq < seq <= upToSeq` of the sources that `test` lets through. */
  lines(afterSeq: number, upToSeq: number, test: (source: string) => boolean): number {
    const rows = this.#db
      ?.prepare(
        'SELECT source, lines, first_seq, last_seq, runs FROM tombstones WHERE last_seq > ?',
      )
      .all(afterSeq) as readonly RemovedLines[] | undefined
    return (rows ?? [])
      .filter(({ source }) => test(source))
      .reduce((sum, { lines, first_seq, last_seq, runs }) => {
        const isWhole = first_seq > afterSeq && last_seq <= upToSeq
        if (isWhole || runs === null) return sum + lines
        return sum + countAbove(runs, afterSeq) - countAbove(runs, upToSeq)
      }, 0)
  }

  close(): void {
    this.#db?.close()
  }
}

/**
 * Returns the id of an existing store.
 *
 * @throws {LogsError} `NotFound` if there is no store in `dir`.
 */
export function readStoreId(dir: string): string {
  const id = metaStoreId(catalogPath(dir)) ?? partitionStoreId(dir)
  if (id !== undefined) return id
  throw new LogsError('NotFound', `There is no log database in ${dir}`, {
    hint: 'Start hero_proc, or name another data directory with --data-dir',
  })
}

function openOrCreate(path: string, idOfNew: () => string): { db: Database; storeId: string } {
  if (!existsSync(path)) createDatabase(path, (db) => createTables(db, idOfNew()))
  if (isDirectory(path)) throw new LogsError('DamagedStore', `${path} is a directory`)
  if (hasDamagedWal(path)) throw new LogsError('DamagedStore', `${path}-wal is damaged`)
  const db = openWritable(path, 'batch')
  try {
    if (!hasTable(db, 'meta')) throw new LogsError('DamagedStore', `${path} has no tables`)
    migrateCatalog(db, path)
    if (db.pragma('quick_check(1)', { simple: true }) !== 'ok') {
      throw new LogsError('DamagedStore', `${path} is damaged`)
    }
    const storeId = db.prepare("SELECT value FROM meta WHERE name = 'store_id'").pluck().get()
    return { db, storeId: storeId as string }
  } catch (error) {
    db.close()
    throw translateError(path, error)
  }
}

function createTables(db: Database, storeId: string): void {
  db.exec(CATALOG_SCHEMA)
  const insert = db.prepare('INSERT INTO meta (name, value) VALUES (?, ?)')
  insert.run('store_id', storeId)
  insert.run('schema_version', String(SCHEMA_VERSION))
}

function partitionStoreId(dir: string): string | undefined {
  for (const { path } of tryList(dir).toReversed()) {
    const id = metaStoreId(path)
    if (id !== undefined) return id
  }
  return undefined
}

// Whatever its version: the table of names and values is the same in all of them.
function metaStoreId(path: string): string | undefined {
  const db = tryOpen(path)
  try {
    return db?.prepare("SELECT value FROM meta WHERE name = 'store_id'").pluck().get() as string
  } catch {
    return undefined
  } finally {
    db?.close()
  }
}

function tryOpen(path: string): Database | undefined {
  try {
    return openReadable(path)
  } catch {
    return undefined
  }
}

function tryList(dir: string): ReturnType<typeof listPartitions> {
  try {
    return listPartitions(dir)
  } catch {
    return []
  }
}
