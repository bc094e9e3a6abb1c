// What a start finds: partitions to go on with, to finish closing, to finish removing, and files that
// are damaged. A damaged file is set aside under another name, whatever is wrong with it; everything
// else stays readable.
import { closeSync, existsSync, openSync, readSync, statSync } from 'node:fs'
import { LogsError } from '../model/errors.js'
import { BlockFile } from './block-file.js'
import type { Durability } from './database.js'
import type { StoredKey } from './key-rows.js'
import { Partition } from './partition.js'
import { listPartitions, quarantine, unlinkPartition } from './store-files.js'
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
  /** First seq of the newest damaged partition, 0 if none is newer than `newest`. */
  readonly damagedSeq: number
}

interface OpenOptions {
  readonly storeId: string
  readonly durability: Durability
  /** First seqs of partitions that are on their way out. */
  readonly removed: ReadonlySet<number>
}

/** Opens what is in `dir`. */
export function openPartitions(dir: string, options: OpenOptions): FoundPartitions {
  const unsealed: Partition[] = []
  const quarantined: string[] = []
  let newest: Partition | undefined
  let salvagedKeys: readonly StoredKey[] = []
  let damagedSeq = 0
  const files = listPartitions(dir)
  for (const [i, file] of [...files.entries()].toReversed()) {
    if (options.removed.has(file.firstSeq)) {
      unlinkPartition(file.path)
      continue
    }
    if (hasDamagedWal(file.path)) quarantined.push(quarantine(`${file.path}-wal`))
    const opened = newest ? openOlder(file, options) : openNewest(file, files[i - 1], options)
    if (opened === 'damaged') {
      if (!newest) {
        salvagedKeys = salvagedKeys.length > 0 ? salvagedKeys : salvageKeys(file.path)
        damagedSeq = Math.max(damagedSeq, file.firstSeq)
      }
      quarantined.push(quarantine(file.path))
    } else if (opened && newest) unsealed.push(opened)
    else if (opened) newest = opened
  }
  return { newest, unsealed, quarantined, salvagedKeys, damagedSeq }
}

function openNewest(
  file: PartitionFile,
  before: PartitionFile | undefined,
  options: OpenOptions,
): Partition | 'damaged' | undefined {
  try {
    const partition = openWhole(file, options)
    if (partition.isWhole()) return partition
    partition.close()
    return 'damaged'
  } catch (error) {
    if (!(error instanceof LogsError)) throw error
    // Without tables, and the one before it not closed yet: its process ended while it was made.
    if (error.code === 'NotFound' && before && wasOpen(before.path)) {
      unlinkPartition(file.path)
      return undefined
    }
    if (isDamage(error, file.path)) return 'damaged'
    throw error
  }
}

// Sealed ones are only looked at; one with a WAL was being closed when its process ended.
function openOlder(file: PartitionFile, options: OpenOptions): Partition | 'damaged' | undefined {
  try {
    if (existsSync(`${file.path}-wal`)) return openWhole(file, options)
    if (isPresent(file, options)) return undefined
    // An older version's: opening it for writing brings it up to date.
    openWhole(file, options).close()
    return undefined
  } catch (error) {
    if (isDamage(error, file.path)) return 'damaged'
    throw error
  }
}

function openWhole({ path, firstSeq }: PartitionFile, options: OpenOptions): Partition {
  const { storeId, durability } = options
  const partition = new Partition(path, firstSeq, { storeId, durability })
  try {
    partition.keys()
    return partition
  } catch (error) {
    partition.close()
    throw error
  }
}

/** True if the file is whole, of this store, and of the present schema. */
function isPresent({ path, firstSeq }: PartitionFile, { storeId }: OpenOptions): boolean {
  const meta = read(path, (file) => file.meta())
  return meta?.get('store_id') === storeId && meta.get('first_seq') === String(firstSeq)
}

function isDamage(error: unknown, path: string): boolean {
  if (!(error instanceof LogsError)) return false
  if (error.code === 'DamagedStore' || error.code === 'NotFound') return true
  // A directory in the place of a file cannot be opened either.
  return error.code === 'Unavailable' && statSync(path).isDirectory()
}

function wasOpen(path: string): boolean {
  return read(path, (file) => file.meta().get('open') === '1') ?? false
}

function salvageKeys(path: string): readonly StoredKey[] {
  return read(path, (file) => file.keys()) ?? []
}

function read<T>(path: string, visit: (file: BlockFile) => T): T | undefined {
  try {
    const file = new BlockFile(path)
    try {
      return visit(file)
    } finally {
      file.close()
    }
  } catch {
    return undefined
  }
}

// SQLite takes a WAL whose header it does not know for an empty one: what was committed in it would be
// gone without a word. https://www.sqlite.org/fileformat2.html#walformat
function hasDamagedWal(path: string): boolean {
  const header = Buffer.alloc(4)
  let fd
  try {
    fd = openSync(`${path}-wal`, 'r')
  } catch {
    return false
  }
  try {
    return readSync(fd, header) === 4 && (header.readUInt32BE() & ~1) >>> 0 !== 0x377f0682
  } finally {
    closeSync(fd)
  }
}
