// One partition file, opened by the writer: blocks go in, the accounts of their keys with them, in one
// transaction a batch.
import { ORIGINS } from '../model/entry.js'
import { LogsError } from '../model/errors.js'
import type { KeySnapshot } from '../batch/batch-message.js'
import type { BlockRows } from './block-rows.js'
import { openReadable, openWritable, translateError } from './database.js'
import type { Database, Durability, Statement } from './database.js'
import type { EncodedBlock } from './block-codec.js'
import { fileBytes } from './store-files.js'
import { PARTITION_SCHEMA, SCHEMA_VERSION } from './schema.js'

/** A key's accounts with what only the store knows of them. */
export interface StoredKey extends KeySnapshot {
  readonly sourceId: number
  readonly lastSeq: number
}

/** What readers choose a block by. */
export interface BlockMeta {
  readonly first_seq: number
  readonly last_seq: number
  readonly source_id: number | null
  readonly lines: number
  readonly raw_bytes: number
  readonly ts_min: number
  readonly ts_max: number
  readonly level_mask: number
  readonly stream_mask: number
  readonly crc: number
}

export interface PartitionOptions {
  readonly storeId: string
  readonly durability: Durability
  /** Given: the file is created, with these accounts in it from the start. */
  readonly create?: { readonly createdTs: number; readonly keys: readonly StoredKey[] }
}

const INSERT_BLOCK = `
INSERT INTO blocks (first_seq, last_seq, source_id, lines, raw_bytes, ts_min, ts_max, level_mask, stream_mask, crc)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`
const INSERT_DATA = 'INSERT INTO block_data (first_seq, signature, data) VALUES (?, NULL, ?)'
const REPLACE_KEY = `
REPLACE INTO keys (key_id, source_id, source, origin, received_lines, received_bytes, dropped_lines,
  dropped_bytes, dropped_by, last_n, last_run, last_seq)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`
const SELECT_KEYS = 'SELECT * FROM keys ORDER BY key_id'
const SELECT_STAGED =
  'SELECT first_seq, lines, raw_bytes FROM blocks WHERE source_id IS NULL ORDER BY first_seq'
const SELECT_DATA = 'SELECT data FROM block_data WHERE first_seq = ?'
const DELETE_BLOCK = 'DELETE FROM blocks WHERE first_seq = ?'
const DELETE_DATA = 'DELETE FROM block_data WHERE first_seq = ?'

export class Partition {
  readonly path: string
  readonly firstSeq: number
  readonly createdTs: number
  readonly #db: Database
  readonly #insertBlock: Statement
  readonly #insertData: Statement
  readonly #replaceKey: Statement
  readonly #selectData: Statement
  readonly #deleteBlock: Statement
  readonly #deleteData: Statement

  constructor(path: string, firstSeq: number, options: PartitionOptions) {
    this.path = path
    this.firstSeq = firstSeq
    this.#db = openWritable(path, options.durability)
    try {
      this.createdTs = this.#createOrCheck(options)
      this.#insertBlock = this.#db.prepare(INSERT_BLOCK)
      this.#insertData = this.#db.prepare(INSERT_DATA)
      this.#replaceKey = this.#db.prepare(REPLACE_KEY)
      this.#selectData = this.#db.prepare(SELECT_DATA).pluck()
      this.#deleteBlock = this.#db.prepare(DELETE_BLOCK)
      this.#deleteData = this.#db.prepare(DELETE_DATA)
    } catch (error) {
      this.#db.close()
      throw translateError(path, error)
    }
  }

  /** Runs `work` in one transaction: all of it is committed, or nothing. */
  transaction(work: () => void): void {
    this.#db.exec('BEGIN IMMEDIATE')
    try {
      work()
      this.#db.exec('COMMIT')
    } catch (error) {
      if (this.#db.inTransaction) this.#db.exec('ROLLBACK')
      throw error
    }
  }

  /** Inserts a block; `sourceId` null makes it a staged one. */
  insert(rows: BlockRows, sourceId: number | null, block: EncodedBlock): void {
    const { first_seq, ...meta } = describe(rows)
    this.#insertBlock.run(
      first_seq,
      meta.last_seq,
      sourceId,
      rows.count,
      rows.textLength + rows.fieldsLength,
      meta.ts_min,
      meta.ts_max,
      meta.level_mask,
      meta.stream_mask,
      block.crc,
    )
    this.#insertData.run(first_seq, block.data)
  }

  remove(firstSeq: number): void {
    this.#deleteBlock.run(firstSeq)
    this.#deleteData.run(firstSeq)
  }

  data(firstSeq: number): Buffer {
    return this.#selectData.get(firstSeq) as Buffer
  }

  saveKey(key: StoredKey): void {
    this.#replaceKey.run(...keyColumns(key))
  }

  /** @throws {LogsError} `DamagedStore` */
  keys(): StoredKey[] {
    try {
      return (this.#db.prepare(SELECT_KEYS).all() as KeyRow[]).map(storedKey)
    } catch (error) {
      throw translateError(this.path, error)
    }
  }

  /** False if the last process that wrote to this file never closed it. */
  wasClosed(): boolean {
    const value = this.#db.prepare("SELECT value FROM meta WHERE name = 'open'").pluck().get()
    return value !== '1'
  }

  /** Notes on disk whether a process has the file open for writing. */
  markOpen(isOpen: boolean): void {
    this.#db.prepare("REPLACE INTO meta (name, value) VALUES ('open', ?)").run(isOpen ? '1' : '0')
  }

  /** The staged blocks, oldest first. */
  staged(): { first_seq: number; lines: number; raw_bytes: number }[] {
    return this.#db.prepare(SELECT_STAGED).all() as ReturnType<Partition['staged']>
  }

  /** Bytes of the database file, without its WAL. */
  bytes(): number {
    return fileBytes(this.path)
  }

  walBytes(): number {
    return fileBytes(`${this.path}-wal`)
  }

  /** Moves the WAL into the file and empties it, as far as readers let it. */
  checkpoint(): void {
    this.#db.pragma('wal_checkpoint(TRUNCATE)')
  }

  close(): void {
    if (this.#db.open) this.#db.close()
  }

  #createOrCheck({ storeId, create }: PartitionOptions): number {
    const isNew =
      this.#db.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'meta'").get() === undefined
    if (isNew && create) this.#create(storeId, create)
    if (isNew && !create) throw new LogsError('NotFound', `${this.path} was never finished`)
    return this.#check(storeId)
  }

  // Tables and accounts in one transaction: a crash leaves a whole partition or an empty file.
  #create(storeId: string, { createdTs, keys }: NonNullable<PartitionOptions['create']>): void {
    this.transaction(() => {
      this.#db.exec(PARTITION_SCHEMA)
      const insert = this.#db.prepare('INSERT INTO meta (name, value) VALUES (?, ?)')
      insert.run('store_id', storeId)
      insert.run('schema_version', String(SCHEMA_VERSION))
      insert.run('created_ts', String(createdTs))
      insert.run('open', '1')
      const save = this.#db.prepare(REPLACE_KEY)
      for (const key of keys) save.run(...keyColumns(key))
    })
  }

  #check(storeId: string): number {
    const rows = this.#db.prepare('SELECT name, value FROM meta').all() as {
      name: string
      value: string
    }[]
    const meta = new Map(rows.map(({ name, value }) => [name, value]))
    if (meta.get('schema_version') !== String(SCHEMA_VERSION)) {
      throw new LogsError(
        'DamagedStore',
        `Expected ${this.path} to have schema version ${SCHEMA_VERSION}, got ${meta.get('schema_version')}`,
      )
    }
    if (meta.get('store_id') !== storeId) {
      throw new LogsError('DamagedStore', `${this.path} belongs to another store`)
    }
    return Number(meta.get('created_ts'))
  }
}

/** Summarises rows as readers choose blocks by. */
export function describe(rows: BlockRows): Omit<BlockMeta, 'source_id' | 'crc'> {
  let ts_min = Infinity
  let ts_max = -Infinity
  let level_mask = 0
  let stream_mask = 0
  for (let i = 0; i < rows.count; i++) {
    const ts = rows.ts[i]!
    if (ts < ts_min) ts_min = ts
    if (ts > ts_max) ts_max = ts
    level_mask |= 1 << rows.level[i]!
    stream_mask |= 1 << (rows.kind[i]! & 3)
  }
  return {
    first_seq: rows.seq[0]!,
    last_seq: rows.seq[rows.count - 1]!,
    lines: rows.count,
    raw_bytes: rows.textLength + rows.fieldsLength,
    ts_min,
    ts_max,
    level_mask,
    stream_mask,
  }
}

function keyColumns(key: StoredKey): (string | number)[] {
  return [
    key.keyId,
    key.sourceId,
    key.source,
    ORIGINS.indexOf(key.origin),
    key.received.lines,
    key.received.bytes,
    key.dropped.lines,
    key.dropped.bytes,
    JSON.stringify(key.droppedBy),
    key.lastN,
    key.lastRun,
    key.lastSeq,
  ]
}

export interface KeyRow {
  readonly key_id: number
  readonly source_id: number
  readonly source: string
  readonly origin: number
  readonly received_lines: number
  readonly received_bytes: number
  readonly dropped_lines: number
  readonly dropped_bytes: number
  readonly dropped_by: string
  readonly last_n: number
  readonly last_run: number
  readonly last_seq: number
}

export function storedKey(row: KeyRow): StoredKey {
  return {
    keyId: row.key_id,
    sourceId: row.source_id,
    source: row.source,
    origin: ORIGINS[row.origin]!,
    received: { lines: row.received_lines, bytes: row.received_bytes },
    dropped: { lines: row.dropped_lines, bytes: row.dropped_bytes },
    droppedBy: JSON.parse(row.dropped_by) as KeySnapshot['droppedBy'],
    lastN: row.last_n,
    lastRun: row.last_run,
    lastSeq: row.last_seq,
  }
}

/** Returns the oldest timestamp in a partition file, null if it holds no line or cannot be read. */
export function oldestTs(path: string): number | null {
  let db: Database
  try {
    db = openReadable(path)
  } catch {
    return null
  }
  try {
    return db.prepare('SELECT min(ts_min) FROM blocks').pluck().get() as number | null
  } catch {
    return null
  } finally {
    db.close()
  }
}
