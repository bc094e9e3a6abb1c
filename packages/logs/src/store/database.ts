// The only door to SQLite: opens a file with every pragma that matters set here, not left to defaults,
// and turns SQLite's errors into the library's.
import {
  accessSync,
  constants,
  existsSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
} from 'node:fs'
import { dirname } from 'node:path'
import Database from 'better-sqlite3'
import { LogsError } from '../model/errors.js'
import { LIMITS } from '../model/limits.js'
import { DRAFT_SUFFIX } from './store-files.js'

export type { Database, Statement } from 'better-sqlite3'

/** How much a power loss may take: `batch` nothing acknowledged, `interval` at most about a second. */
export const DURABILITIES = ['batch', 'interval'] as const
export type Durability = (typeof DURABILITIES)[number]

const REFUSALS: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EPERM: 'operation not permitted',
  EROFS: 'read-only file system',
}

/**
 * Opens a database for its one writer, creating the file if need be.
 *
 * @throws {LogsError} `PermissionDenied`, `DamagedStore` or `Unavailable`.
 */
export function openWritable(path: string, durability: Durability): Database.Database {
  return attempt(path, () => {
    const db = new Database(path, { timeout: 100 })
    try {
      // Half of a last page is wasted for each blob: smaller pages waste less, and cost more calls. Said here,
      // so that a library built with another default makes the same files.
      db.pragma('page_size = 4096')
      db.pragma('auto_vacuum = INCREMENTAL')
      db.pragma('journal_mode = WAL')
      db.pragma(`synchronous = ${durability === 'batch' ? 'FULL' : 'NORMAL'}`)
      db.pragma(`journal_size_limit = ${LIMITS.walFileBytes}`)
      // The writer does it itself, between batches: see writer-worker.ts.
      db.pragma('wal_autocheckpoint = 0')
      db.pragma('cache_size = -4096')
      db.pragma('temp_store = MEMORY')
      db.pragma('trusted_schema = OFF')
      return db
    } catch (error) {
      db.close()
      throw error
    }
  })
}

/** Moves a file's WAL into it as far as readers let it, and syncs both, without waiting for anybody. */
export function checkpointFile(path: string): void {
  const db = new Database(path, { fileMustExist: true, timeout: 0 })
  try {
    db.pragma('synchronous = FULL')
    db.pragma('wal_checkpoint(PASSIVE)')
  } finally {
    db.close()
  }
}

/**
 * Creates a database that has everything `fill` puts into it from the moment it has its name: nobody,
 * whether a reader or the next start, sees it half made.
 *
 * @throws {LogsError} As {@link openWritable} does.
 */
export function createDatabase(path: string, fill: (db: Database.Database) => void): void {
  const draft = path + DRAFT_SUFFIX
  // Left over from an attempt that failed.
  for (const suffix of ['', '-wal', '-shm']) rmSync(draft + suffix, { force: true })
  const db = openWritable(draft, 'batch')
  try {
    db.transaction(() => fill(db)).immediate()
    // Closing does so as well, but says nothing where it cannot.
    db.pragma('wal_checkpoint(TRUNCATE)')
  } finally {
    db.close()
  }
  renameSync(draft, path)
}

/**
 * Opens a database for reading only.
 *
 * @param busyMs - How long to wait for a file that somebody holds. The writer holds a partition while it is
 * sealed, for some milliseconds or as long as the disk takes.
 * @throws {LogsError} `NotFound`, `Conflict`, `PermissionDenied`, `DamagedStore` or `Unavailable`.
 */
export function openReadable(
  path: string,
  busyMs: number = LIMITS.readerBusyMs,
): Database.Database {
  return attempt(path, () => {
    // SQLite would say the same of it as of a file that it cannot open at the moment.
    if (!statSync(path, { throwIfNoEntry: false })) {
      throw new LogsError('NotFound', `There is no file ${path}`)
    }
    try {
      return openReadOnly(path, busyMs)
    } catch (error) {
      // Its writer was cut off inside a transaction, such as the last one of a partition that is sealed.
      if (codeOf(error) !== 'SQLITE_READONLY_ROLLBACK') throw error
      rollBackJournal(path)
      return openReadOnly(path, busyMs)
    }
  })
}

function openReadOnly(path: string, timeout: number): Database.Database {
  const db = new Database(path, { readonly: true, fileMustExist: true, timeout })
  try {
    db.pragma('cache_size = -2048')
    db.pragma('query_only = ON')
    return db
  } catch (error) {
    db.close()
    throw error
  }
}

// The first read of a connection that may write does it: https://www.sqlite.org/atomiccommit.html
function rollBackJournal(path: string): void {
  const db = new Database(path, { fileMustExist: true, timeout: 100 })
  try {
    db.prepare('SELECT 1 FROM sqlite_schema').get()
  } finally {
    db.close()
  }
}

/** What {@link lockFile} returns. */
export interface FileLock {
  release(): void
}

/**
 * Takes an exclusive lock on a file that lasts until `release` or the end of the process, however it
 * ends: the kernel lets go of it.
 *
 * @throws {LogsError} `Conflict` if another process (or another caller in this one) holds it,
 * `PermissionDenied` if the file cannot be written.
 */
export function lockFile(path: string): FileLock {
  return attempt(path, () => {
    try {
      return lock(path)
    } catch (error) {
      if (!isDamage(error)) throw error
      // It has no content: what is in it was written by somebody else. The file itself must stay the
      // same one, or two could hold it.
      truncateSync(path)
      return lock(path)
    }
  })
}

/** Why a write failed, as drops are counted. */
export function failureReason(error: unknown): 'disk_full' | 'store_error' {
  return codeOf(error) === 'SQLITE_FULL' ? 'disk_full' : 'store_error'
}

/** True if a database has a table of that name. */
export function hasTable(db: Database.Database, name: string): boolean {
  const sql = "SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = ?"
  return db.prepare(sql).get(name) !== undefined
}

/** True if a file is not what SQLite wrote. */
export function isDamage(error: unknown): boolean {
  const code = codeOf(error)
  return code === 'SQLITE_NOTADB' || code.startsWith('SQLITE_CORRUPT')
}

/** True if a table or column that a statement names is not there. */
function isMissingTable(error: unknown): boolean {
  return codeOf(error) === 'SQLITE_ERROR' && /no such (table|column)/.test(String(error))
}

/** True if another connection had the file. */
export function isBusy(error: unknown): boolean {
  return codeOf(error).startsWith('SQLITE_BUSY')
}

function lock(path: string): FileLock {
  const db = new Database(path, { timeout: 0 })
  try {
    db.pragma('locking_mode = EXCLUSIVE')
    db.pragma('journal_mode = MEMORY')
    db.exec('BEGIN EXCLUSIVE')
  } catch (error) {
    db.close()
    throw error
  }
  return {
    release: () => {
      db.close()
    },
  }
}

function attempt<T>(path: string, open: () => T): T {
  try {
    return open()
  } catch (error) {
    throw translateError(path, error)
  }
}

/** Turns an error of SQLite into the library's; others stay as they are. */
export function translateError(path: string, error: unknown): unknown {
  if (error instanceof LogsError) return error
  const code = codeOf(error)
  const cause = { cause: error }
  if (isBusy(error)) {
    return new LogsError('Conflict', `${path} is in use by another process`, cause)
  }
  if (isDamage(error) || isMissingTable(error)) {
    return new LogsError('DamagedStore', `${path} is damaged`, cause)
  }
  if (code.startsWith('SQLITE_READONLY') || code === 'SQLITE_PERM' || code === 'EACCES') {
    return new LogsError('PermissionDenied', `${path} cannot be written`, cause)
  }
  if (code.startsWith('SQLITE_CANTOPEN')) {
    const refusal = refusalOf(path)
    return refusal === undefined
      ? new LogsError('Unavailable', `${path} cannot be opened`, cause)
      : new LogsError('PermissionDenied', `${path} cannot be opened: ${refusal}`, cause)
  }
  return error
}

/** Why this process may not write a file, or its folder if there is none; undefined if it may. SQLite does not say. */
function refusalOf(path: string): string | undefined {
  try {
    accessSync(existsSync(path) ? path : dirname(path), constants.R_OK | constants.W_OK)
    return undefined
  } catch (error) {
    return REFUSALS[codeOf(error)]
  }
}

function codeOf(error: unknown): string {
  const { code } = error as { code?: unknown }
  return typeof code === 'string' ? code : ''
}
