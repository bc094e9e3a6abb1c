// `catalog.db`: the identity of the store. It can be rebuilt from any partition, so that losing it loses
// nothing else.
import { LogsError } from '../model/errors.js'
import { openReadable, openWritable } from './database.js'
import type { Database } from './database.js'
import { CATALOG_SCHEMA, SCHEMA_VERSION } from './schema.js'
import { catalogPath, listPartitions, quarantine } from './store-files.js'

/**
 * Opens or creates the catalog and returns the store's id: the one it holds, the one that the newest
 * readable partition holds, or `newId`. A catalog that is damaged, or of an unknown schema version, is
 * set aside and made again.
 */
export function openCatalog(dir: string, newId: string): string {
  try {
    return readOrCreate(dir, newId)
  } catch (error) {
    if (!(error instanceof LogsError) || error.code !== 'DamagedStore') throw error
    quarantine(catalogPath(dir))
    return readOrCreate(dir, newId)
  }
}

/**
 * Returns the id of an existing store.
 *
 * @throws {LogsError} `NotFound` if there is no store in `dir`.
 */
export function readStoreId(dir: string): string {
  try {
    const db = openReadable(catalogPath(dir))
    try {
      const id = metaOf(db).get('store_id')
      if (id !== undefined) return id
    } finally {
      db.close()
    }
  } catch {
    // A partition knows the id as well.
  }
  const id = partitionStoreId(dir)
  if (id !== undefined) return id
  throw new LogsError('NotFound', `There is no log database in ${dir}`, {
    hint: 'Start hero_proc, or name another data directory with --data-dir',
  })
}

function readOrCreate(dir: string, newId: string): string {
  const db = openWritable(catalogPath(dir), 'batch')
  try {
    db.exec(CATALOG_SCHEMA)
    const meta = metaOf(db)
    const version = meta.get('schema_version')
    if (version !== undefined && version !== String(SCHEMA_VERSION)) {
      throw new LogsError(
        'DamagedStore',
        `Expected catalog version ${SCHEMA_VERSION}, got ${version}`,
      )
    }
    const id = meta.get('store_id') ?? partitionStoreId(dir) ?? newId
    const insert = db.prepare('INSERT OR IGNORE INTO meta (name, value) VALUES (?, ?)')
    insert.run('store_id', id)
    insert.run('schema_version', String(SCHEMA_VERSION))
    db.pragma('wal_checkpoint(TRUNCATE)')
    return id
  } catch (error) {
    const code = String((error as { code?: unknown }).code)
    if (code === 'SQLITE_NOTADB' || code.startsWith('SQLITE_CORRUPT')) {
      throw new LogsError('DamagedStore', 'The catalog is damaged', { cause: error })
    }
    throw error
  } finally {
    db.close()
  }
}

function partitionStoreId(dir: string): string | undefined {
  let files
  try {
    files = listPartitions(dir)
  } catch {
    return undefined
  }
  for (const { path } of files.toReversed()) {
    try {
      const db = openReadable(path)
      try {
        const id = metaOf(db).get('store_id')
        if (id !== undefined) return id
      } finally {
        db.close()
      }
    } catch {
      // Damaged: the next older one.
    }
  }
  return undefined
}

function metaOf(db: Database): Map<string, string> {
  const rows = db.prepare('SELECT name, value FROM meta').all() as { name: string; value: string }[]
  return new Map(rows.map(({ name, value }) => [name, value]))
}
