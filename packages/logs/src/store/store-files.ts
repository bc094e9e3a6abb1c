// The files of a store: their names, which of them exist, and setting a damaged one aside. The directory
// itself is the list of partitions: a file is there or it is not, whatever a crash interrupted.
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { LogsError } from '../model/errors.js'

const PARTITION = /^p-(\d{16})\.db$/
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

/** Size of a file in bytes, 0 if it does not exist. */
export function fileBytes(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0
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

function freePath(path: string): string {
  for (let i = 1; ; i++) {
    const candidate = i === 1 ? path : `${path}-${i}`
    if (!existsSync(candidate)) return candidate
  }
}
