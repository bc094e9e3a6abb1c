// The files of a store: their names, which of them exist, and setting a damaged one aside. The directory
// itself is the list of partitions: a file is there or it is not, whatever a crash interrupted.
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { LogsError } from '../model/errors.js'

const PARTITION = /^p-(\d{16})\.db$/
/** What a database is called until all of it is there. */
export const DRAFT_SUFFIX = '.new'
/** What SQLite keeps beside a database file. */
const COMPANIONS = ['-wal', '-shm', '-journal']

export interface PartitionFile {
  readonly path: string
  readonly firstSeq: number
}

export function catalogPath(dir: string): string {
  return join(dir, 'catalog.db')
}

/** Returns the path of the partition whose first seq is `firstSeq`. */
export function partitionPath(dir: string, firstSeq: number): string {
  return join(dir, `p-${String(firstSeq).padStart(16, '0')}.db`)
}

/** Lists the partitions of a store, oldest first. */
export function listPartitions(dir: string): PartitionFile[] {
  return readdirSync(dir)
    .filter((name) => PARTITION.test(name))
    .toSorted()
    .map((name) => ({ path: join(dir, name), firstSeq: Number(PARTITION.exec(name)![1]) }))
}

/** Names of files that a crash left behind: drafts, and companions of partitions that were removed. */
export function listLeftOver(dir: string, removed: ReadonlySet<number>): string[] {
  return readdirSync(dir).filter((name) => {
    const [, firstSeq, suffix] = /^p-(\d{16})\.db(.+)$/.exec(name) ?? []
    if (suffix === undefined) return false
    if (suffix.startsWith(DRAFT_SUFFIX)) return true
    return COMPANIONS.includes(suffix) && removed.has(Number(firstSeq))
  })
}

/** Size of a file in bytes, 0 if it does not exist. */
export function fileBytes(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0
}

/** True if there is a directory at `path`. */
export function isDirectory(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false
}

/**
 * True if the WAL of a database has a header that is not SQLite's. SQLite takes such a one for empty: what
 * was committed in it would be gone without a word. https://www.sqlite.org/fileformat2.html#walformat
 */
export function hasDamagedWal(path: string): boolean {
  const magic = head(`${path}-wal`, 4)
  return magic !== undefined && (magic.readUInt32BE() & ~1) >>> 0 !== 0x377f0682
}

/** True if a database file is, or is to be, used with a WAL. */
export function isInWalMode(path: string): boolean {
  return existsSync(`${path}-wal`) || head(path, 20)?.[18] === 2
}

/** Removes a database file with what SQLite keeps beside it. */
export function unlinkPartition(path: string): void {
  for (const suffix of ['', ...COMPANIONS]) rmSync(path + suffix, { force: true })
}

/** Renames a damaged database out of the way and returns its new name; nothing of it is deleted. */
export function quarantine(path: string): string {
  const target = freePath(`${path}.damaged`)
  renameSync(path, target)
  for (const suffix of COMPANIONS) {
    if (existsSync(path + suffix)) renameSync(path + suffix, target + suffix)
  }
  return basename(target)
}

/**
 * Creates a directory and what is missing above it, readable by their owner only.
 *
 * @throws {LogsError} `PermissionDenied` if that cannot be.
 */
export function makeDirectory(dir: string): void {
  const missing: string[] = []
  for (let at = dir; !existsSync(at); at = dirname(at)) missing.push(at)
  try {
    // One by one: Node's recursive form never returns where the kernel answers ENOENT, as in /proc.
    for (const path of missing.toReversed()) mkdirSync(path, { mode: 0o700 })
  } catch (error) {
    const { code, path } = error as NodeJS.ErrnoException
    // Made by someone else in between; a dangling link exists for mkdir but not for us.
    if (code === 'EEXIST' && path !== undefined && existsSync(path)) return makeDirectory(dir)
    throw new LogsError(
      'PermissionDenied',
      `Cannot create the directory ${dir}: ${(error as Error).message}`,
      { cause: error, hint: 'Check the owner and mode of what is above it' },
    )
  }
}

/** The first bytes of a file; undefined if it has not as many. */
function head(path: string, length: number): Buffer | undefined {
  let fd
  try {
    fd = openSync(path, 'r')
    const bytes = Buffer.alloc(length)
    return readSync(fd, bytes) === length ? bytes : undefined
  } catch {
    return undefined
  } finally {
    if (fd !== undefined) closeSync(fd)
  }
}

function freePath(path: string): string {
  for (let i = 1; ; i++) {
    const candidate = i === 1 ? path : `${path}-${i}`
    if (!existsSync(candidate)) return candidate
  }
}
