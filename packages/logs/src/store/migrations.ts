// Forward migrations of files that an older version wrote. Each step is one transaction that ends with
// the new version number: a crash leaves the old schema or the new one, never something between.
import { crc32 } from 'node:zlib'
import { LogsError } from '../model/errors.js'
import { blockCrc } from './block-meta.js'
import type { BlockRecord } from './block-meta.js'
import type { Database } from './database.js'
import { CATALOG_SCHEMA, ownerOf, SCHEMA_VERSION } from './schema.js'

type Step = (db: Database, firstSeq: number) => void

// By the version that a step starts from.
const PARTITION_STEPS: Readonly<Record<number, Step>> = { 1: chainBlocks }
const CATALOG_STEPS: Readonly<Record<number, Step>> = {
  1: (db) => db.exec(`DROP TABLE meta; ${CATALOG_SCHEMA}`),
}

/**
 * Brings a partition to the present schema.
 *
 * @throws {LogsError} `DamagedStore` if its version is unknown.
 */
export function migratePartition(db: Database, path: string, firstSeq: number): void {
  migrate(db, path, PARTITION_STEPS, firstSeq)
}

/**
 * Brings a catalog to the present schema.
 *
 * @throws {LogsError} `DamagedStore` if its version is unknown.
 */
export function migrateCatalog(db: Database, path: string): void {
  migrate(db, path, CATALOG_STEPS, 0)
}

function migrate(
  db: Database,
  path: string,
  steps: Readonly<Record<number, Step>>,
  firstSeq: number,
): void {
  let version = versionOf(db)
  while (version !== SCHEMA_VERSION) {
    const step = steps[version]
    if (!step) {
      throw new LogsError(
        'DamagedStore',
        `Expected ${path} to have a schema version of at most ${SCHEMA_VERSION}, got ${version}`,
      )
    }
    const storeId = metaValue(db, 'store_id')
    version++
    const next = String(version)
    db.transaction(() => {
      step(db, firstSeq)
      const set = db.prepare('REPLACE INTO meta (name, value) VALUES (?, ?)')
      set.run('store_id', storeId)
      set.run('schema_version', next)
    }).immediate()
  }
}

function versionOf(db: Database): number {
  return Number(metaValue(db, 'schema_version'))
}

function metaValue(db: Database, name: string): string | undefined {
  return db.prepare('SELECT value FROM meta WHERE name = ?').pluck().get(name) as string | undefined
}

// 1 to 2: checksums cover the columns and form a chain; signatures have a table of their own; floors.
function chainBlocks(db: Database, firstSeq: number): void {
  db.exec(`
    CREATE TABLE floors (source_id INTEGER PRIMARY KEY, seq INTEGER NOT NULL);
    CREATE TABLE signatures (first_seq INTEGER PRIMARY KEY, bits BLOB NOT NULL);
    ALTER TABLE block_data DROP COLUMN signature;
    ALTER TABLE blocks ADD COLUMN prev_crc INTEGER NOT NULL DEFAULT 0;
    CREATE TABLE chain_end (crc INTEGER NOT NULL, blocks INTEGER NOT NULL, owner TEXT NOT NULL);
  `)
  const firstSeqs = db.prepare('SELECT first_seq FROM blocks ORDER BY first_seq').pluck().all()
  const select = db.prepare(
    'SELECT * FROM blocks JOIN block_data USING (first_seq) WHERE first_seq = ?',
  )
  const update = db.prepare('UPDATE blocks SET crc = ?, prev_crc = ? WHERE first_seq = ?')
  let prevCrc = 0
  for (const seq of firstSeqs) {
    const block = select.get(seq) as BlockRecord & { data: Buffer }
    // What was damaged before must not look whole now.
    const damage = crc32(block.data) === block.crc ? 0 : 1
    const crc = (blockCrc(block, null, block.data) ^ damage) >>> 0
    update.run(crc, prevCrc, seq)
    prevCrc = crc
  }
  const owner = ownerOf(String(metaValue(db, 'store_id')), firstSeq)
  db.prepare('INSERT INTO chain_end VALUES (?, ?, ?)').run(prevCrc, firstSeqs.length, owner)
  db.prepare("REPLACE INTO meta (name, value) VALUES ('first_seq', ?)").run(String(firstSeq))
}
