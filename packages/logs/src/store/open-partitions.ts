// What a start finds: partitions to go on with, to finish closing, to finish removing, and files that
// are damaged. A damaged file is set aside under another name, whatever is wrong with it; everything
// else stays readable.
//
// Each file is looked at by a connection that cannot write: opening one for writing and closing it again
// would carry a damaged WAL into a file that is whole without it.
import { existsSync, renameSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { LogsError } from '../model/errors.js'
import { BlockFile } from './block-file.js'
import { openReadable, translateError } from './database.js'
import type { Database, Durability } from './database.js'
import { SELECT_KEYS, storedKey } from './key-rows.js'
import type { KeyRow, StoredKey } from './key-rows.js'
import { Partition } from './partition.js'
import { ownerOf, SCHEMA_VERSION } from './schema.js'
import {
  fileBytes,
  hasDamagedWal,
  isDirectory,
  isInWalMode,
  listLeftOver,
  listPartitions,
  quarantine,
  unlinkPartition,
} from './store-files.js'
import type { PartitionFile } from './store-files.js'

export interface FoundPartitions {
  /** The newest whole partition, open for writing. */
  readonly newest: Partition | undefined
  /** Older ones that were not sealed. */
  readonly unsealed: readonly Partition[]
  /** Names of files that were set aside. */
  readonly quarantined: readonly string[]
  /** Accounts that could still be read from a damaged newest partition. */
  readonly salvagedKeys: readonly StoredKey[]
  /** First seq of the newest partition that is damaged or missing, 0 if none is newer than `newest`. */
  readonly damagedSeq: number
}

interface OpenOptions {
  readonly storeId: string
  readonly durability: Durability
  /** First seqs of partitions that are on their way out. */
  readonly removed: ReadonlySet<number>
  /** First seq of the newest partition that was made, 0 if unknown. */
  readonly newestSeq: number
}

/** Opens what is in `dir`. */
export function openPartitions(dir: string, options: OpenOptions): FoundPartitions {
  const unsealed: Partition[] = []
  const quarantined: string[] = []
  let newest: Partition | undefined
  let salvagedKeys: readonly StoredKey[] = []
  let damagedSeq = 0
  removeLeftOver(dir, options.removed)
  const files = listPartitions(dir)
  if (options.newestSeq > (files.at(-1)?.firstSeq ?? 0)) damagedSeq = options.newestSeq
  for (const file of files.toReversed()) {
    const wal = setAsideWal(file, options)
    if (wal !== undefined) quarantined.push(wal)
    const opened = open(file, newest !== undefined, options)
    if (opened === 'damaged') {
      if (!newest) {
        if (salvagedKeys.length === 0) salvagedKeys = salvageKeys(file)
        damagedSeq = Math.max(damagedSeq, file.firstSeq)
      }
      quarantined.push(quarantine(file.path))
    } else if (opened && newest) unsealed.push(opened)
    else if (opened) newest = opened
  }
  return { newest, unsealed, quarantined, salvagedKeys, damagedSeq }
}

// Files that a crash left: of partitions that were removed, and of some that were never finished.
function removeLeftOver(dir: string, removed: ReadonlySet<number>): void {
  for (const { path, firstSeq } of listPartitions(dir)) {
    if (removed.has(firstSeq)) unlinkPartition(path)
  }
  for (const name of listLeftOver(dir, removed)) {
    rmSync(join(dir, name), { force: true, recursive: true })
  }
}

// Sets a WAL aside that is damaged, or that makes a partition damaged which is whole without it.
function setAsideWal(file: PartitionFile, options: OpenOptions): string | undefined {
  const wal = `${file.path}-wal`
  if (!existsSync(wal) || fileBytes(file.path) === 0) return undefined
  const isUnknown = hasDamagedWal(file.path)
  if (!isUnknown && isWhole(file, options)) return undefined
  const aside = quarantine(wal)
  rmSync(`${file.path}-shm`, { force: true })
  if (isUnknown || isWhole(file, options)) return aside
  renameSync(join(dirname(wal), aside), wal)
  return undefined
}

// Sealed ones are only looked at; others were being closed when their process ended, or are of an older
// version.
function open(
  file: PartitionFile,
  isOlder: boolean,
  options: OpenOptions,
): Partition | 'damaged' | undefined {
  if (isOlder && isSealed(file, options)) return undefined
  if (!isWhole(file, options)) return 'damaged'
  const { storeId, durability } = options
  const partition = new Partition(file.path, file.firstSeq, { storeId, durability })
  try {
    partition.keys()
    return partition
  } catch (error) {
    partition.close()
    if (error instanceof LogsError && error.code === 'DamagedStore') return 'damaged'
    throw error
  }
}

/** True if nothing is left to be done with a file of this store. */
function isSealed({ path, firstSeq }: PartitionFile, { storeId }: OpenOptions): boolean {
  if (isInWalMode(path)) return false
  try {
    const file = new BlockFile(path)
    try {
      const meta = file.meta()
      return meta.get('store_id') === storeId && meta.get('first_seq') === String(firstSeq)
    } finally {
      file.close()
    }
  } catch {
    return false
  }
}

/** True if a file has the structure of a partition of this store, of any version; reads all of it. */
function isWhole({ path, firstSeq }: PartitionFile, { storeId }: OpenOptions): boolean {
  // Not even opened: SQLite would remove the WAL of an empty file.
  if (fileBytes(path) === 0) return false
  try {
    return read(path, (db) => {
      if (db.pragma('quick_check(1)', { simple: true }) !== 'ok') return false
      const meta = new Map(db.prepare('SELECT name, value FROM meta').raw().all() as Meta)
      if (meta.get('store_id') !== storeId) return false
      const version = Number(meta.get('schema_version'))
      if (version !== SCHEMA_VERSION) return version < SCHEMA_VERSION
      const owner = db.prepare('SELECT owner FROM chain_end').pluck().get()
      return owner === ownerOf(storeId, firstSeq) && meta.get('first_seq') === String(firstSeq)
    })
  } catch (error) {
    const translated = translateError(path, error)
    if (isDirectory(path)) return false
    if (translated instanceof LogsError && translated.code === 'DamagedStore') return false
    throw translated
  }
}

type Meta = [string, string][]

function salvageKeys({ path }: PartitionFile): readonly StoredKey[] {
  if (fileBytes(path) === 0) return []
  try {
    const rows = read(path, (db) => db.prepare(SELECT_KEYS).all()) as KeyRow[]
    const keys = rows.map(storedKey)
    return keys.every(isPlausible) ? keys : []
  } catch {
    return []
  }
}

function isPlausible({ keyId, sourceId, received, lastN, lastRun, lastSeq }: StoredKey): boolean {
  const counts = [keyId, sourceId, received.lines, received.bytes, lastN, lastRun, lastSeq]
  return counts.every((count) => Number.isSafeInteger(count) && count >= 0)
}

function read<T>(path: string, visit: (db: Database) => T): T {
  const db = openReadable(path)
  try {
    return visit(db)
  } finally {
    db.close()
  }
}
