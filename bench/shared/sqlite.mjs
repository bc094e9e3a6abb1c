// SQLite for the bench: the row table that the store is measured against, and a look into the store's own
// tables. The library is the one that the log package has installed.
import { mkdtempSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openWritable } from '../../packages/logs/dist/store/database.js'

const require = createRequire(new URL('../../packages/logs/package.json', import.meta.url))
const Database = require('better-sqlite3')

/** Rows in one transaction. */
const TRANSACTION_ROWS = 1_000

/** Opens a database, creating the file if need be. */
export function openDatabase(path) {
  return new Database(path)
}

/** Opens a database for reading only. */
export function openReadOnly(path) {
  return new Database(path, { readonly: true, fileMustExist: true })
}

/**
 * The lean row table: one row a line, integers where there are integers, one index.
 *
 * Returns `{ add(ts, source, level, line), commit(), close() }`.
 */
export function createRowTable(path) {
  const db = new Database(path)
  db.pragma('journal_mode = WAL')
  db.pragma('synchronous = NORMAL')
  db.exec(`
    CREATE TABLE logs (
      id INTEGER PRIMARY KEY, ts INTEGER, source INTEGER, level INTEGER, line TEXT
    );
    CREATE INDEX logs_by_source ON logs (source, id)`)
  const insert = db.prepare('INSERT INTO logs (ts, source, level, line) VALUES (?, ?, ?, ?)')
  let rows = 0
  const commit = () => {
    if (rows > 0) db.exec('COMMIT')
    rows = 0
  }
  return {
    add: (ts, source, level, line) => {
      if (rows === TRANSACTION_ROWS) commit()
      if (rows === 0) db.exec('BEGIN')
      insert.run(ts, source, level, line)
      rows += 1
    },
    commit,
    close: () => {
      commit()
      db.pragma('wal_checkpoint(TRUNCATE)')
      db.close()
    },
  }
}

/** Bytes of the signature tables of all partitions in a folder; undefined when they have none. */
export function signatureBytes(paths) {
  let bytes
  for (const path of paths) {
    const db = openReadOnly(path)
    const has = db.prepare(`SELECT 1 FROM sqlite_master WHERE name = 'signatures'`).get()
    if (has) {
      const sum = db.prepare('SELECT sum(length(bits)) FROM signatures').pluck().get()
      bytes = (bytes ?? 0) + (sum ?? 0)
    }
    db.close()
  }
  return bytes
}

/** The version of SQLite that the log package runs on. */
export function sqliteVersion() {
  const db = new Database(':memory:')
  const version = db.prepare('SELECT sqlite_version()').pluck().get()
  db.close()
  return version
}

/** The settings of a file of the store under the default durability, as SQLite itself says them. */
export function storePragmas() {
  const folder = mkdtempSync(join(tmpdir(), 'hero-pragmas-'))
  const db = openWritable(join(folder, 'store.db'), 'batch')
  const names = ['journal_mode', 'synchronous', 'page_size', 'cache_size', 'wal_autocheckpoint']
  const pragmas = Object.fromEntries(names.map((name) => [name, db.pragma(name, { simple: true })]))
  db.close()
  rmSync(folder, { recursive: true, force: true })
  return pragmas
}
