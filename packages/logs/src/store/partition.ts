// One partition file, opened by the writer: blocks go in, the accounts of their keys with them, in one
// transaction a batch. Every insertion and removal keeps the chain of checksums whole.
import { LogsError } from '../model/errors.js'
import { existsSync } from 'node:fs'
import { checkBlock } from './block-meta.js'
import type { BlockRecord } from './block-meta.js'
import { createDatabase, hasTable, openWritable, translateError } from './database.js'
import type { Database, Durability, Statement } from './database.js'
import { keyColumns, REPLACE_KEY, SELECT_KEYS, storedKey } from './key-rows.js'
import type { KeyRow, StoredKey } from './key-rows.js'
import { migratePartition } from './migrations.js'
import type { PreparedBlock } from './prepared-block.js'
import { fileBytes } from './store-files.js'
import { ownerOf, PARTITION_SCHEMA, SCHEMA_VERSION } from './schema.js'

/** What a partition has in it from the start. */
export interface PartitionStart {
  readonly createdTs: number
  readonly keys: readonly StoredKey[]
  /** By source id. */
  readonly floors: ReadonlyMap<number, number>
}

export interface PartitionOptions {
  readonly storeId: string
  readonly durability: Durability
  /** Given: the file is created if need be. */
  readonly create?: PartitionStart
}

const INSERT_BLOCK = `
INSERT INTO blocks (first_seq, last_seq, source_id, lines, raw_bytes, ts_min, ts_max, level_mask,
  stream_mask, crc, prev_crc)
VALUES (@first_seq, @last_seq, @source_id, @lines, @raw_bytes, @ts_min, @ts_max, @level_mask,
  @stream_mask, @crc, @prev_crc)`
const INSERT_SIGNATURE = 'INSERT INTO signatures (first_seq, bits) VALUES (?, ?)'
const INSERT_DATA = 'INSERT INTO block_data (first_seq, data) VALUES (?, ?)'
// Both walk the primary key.
const SELECT_CRC_BEFORE =
  'SELECT crc FROM blocks WHERE first_seq < ? ORDER BY first_seq DESC LIMIT 1'
const LINK_BLOCK_AFTER = `
UPDATE blocks SET prev_crc = @crc
WHERE first_seq = (SELECT first_seq FROM blocks WHERE first_seq > @first_seq ORDER BY first_seq LIMIT 1)`
const MOVE_CHAIN_END = 'UPDATE chain_end SET crc = ?'
const COUNT_CHAIN = 'UPDATE chain_end SET blocks = blocks + ?'
const SELECT_STAGED =
  'SELECT first_seq, lines, raw_bytes FROM blocks WHERE source_id IS NULL ORDER BY first_seq'
export const SELECT_BLOCK = `
SELECT blocks.*, signatures.bits, block_data.data FROM blocks
JOIN block_data USING (first_seq) LEFT JOIN signatures USING (first_seq) WHERE first_seq = ?`
const PAGE_BYTES = 4096
/** Tables and indexes that every batch changes: blocks twice, data, signatures, keys, the chain's end. */
const PAGES_PER_COMMIT = 6
const REPLACE_FLOOR = 'REPLACE INTO floors (source_id, seq) VALUES (?, ?)'
const DELETE_BLOCK = 'DELETE FROM blocks WHERE first_seq = ?'
const DELETE_SIGNATURE = 'DELETE FROM signatures WHERE first_seq = ?'
const DELETE_DATA = 'DELETE FROM block_data WHERE first_seq = ?'

export class Partition {
  readonly path: string
  readonly firstSeq: number
  readonly createdTs: number
  readonly #db: Database
  readonly #prepared = new Map<string, Statement>()
  /** About what was written since the last checkpoint: the WAL's file does not shrink by one. */
  #unsavedBytes = 0

  /** @throws {LogsError} `DamagedStore`, `PermissionDenied`, `Unavailable`. */
  constructor(path: string, firstSeq: number, options: PartitionOptions) {
    this.path = path
    this.firstSeq = firstSeq
    const { storeId, durability, create } = options
    if (create && !existsSync(path)) {
      createDatabase(path, (db) => createTables(db, storeId, firstSeq, create))
    }
    this.#db = openWritable(path, durability)
    try {
      this.createdTs = this.#check(storeId)
      // Left over from an attempt that failed: its accounts are older.
      if (create) this.transaction(() => saveAccounts(this.#db, create))
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
      this.#unsavedBytes += PAGES_PER_COMMIT * PAGE_BYTES
    } catch (error) {
      if (this.#db.inTransaction) this.#db.exec('ROLLBACK')
      throw error
    }
  }

  /** Inserts a block and links it into the chain; only inside {@link transaction}. */
  insert({ meta, crc, signature, data }: PreparedBlock): void {
    const { first_seq } = meta
    this.#run(INSERT_BLOCK, { ...meta, crc, prev_crc: this.#crcBefore(first_seq) })
    if (signature) this.#run(INSERT_SIGNATURE, first_seq, signature)
    this.#run(INSERT_DATA, first_seq, data)
    this.#unsavedBytes += data.length + (signature?.length ?? 0) + PAGE_BYTES
    this.#link(first_seq, crc)
    this.#run(COUNT_CHAIN, 1)
  }

  /** Removes a block and closes the chain over it; only inside {@link transaction}. */
  remove(firstSeq: number): void {
    for (const sql of [DELETE_BLOCK, DELETE_SIGNATURE, DELETE_DATA]) this.#run(sql, firstSeq)
    this.#link(firstSeq, this.#crcBefore(firstSeq))
    this.#run(COUNT_CHAIN, -1)
  }

  /**
   * The packed bytes of a block.
   *
   * @throws {LogsError} `DamagedStore` if they are not what was written.
   */
  data(firstSeq: number): Buffer {
    const row = this.#statement(SELECT_BLOCK).get(firstSeq) as BlockRow | undefined
    if (row && checkBlock(row, row.bits, row.data)) return row.data
    throw new LogsError('DamagedStore', `The block of seq ${firstSeq} in ${this.path} is damaged`)
  }

  saveKey(key: StoredKey): void {
    this.#run(REPLACE_KEY, ...keyColumns(key))
  }

  /** @throws {LogsError} `DamagedStore` */
  keys(): StoredKey[] {
    try {
      return (this.#statement(SELECT_KEYS).all() as KeyRow[]).map(storedKey)
    } catch (error) {
      throw translateError(this.path, error)
    }
  }

  /** Hides the lines of a source up to `seq`. */
  saveFloor(sourceId: number, seq: number): void {
    this.#run(REPLACE_FLOOR, sourceId, seq)
  }

  /** By source id: the seq up to which its lines are hidden. */
  floors(): Map<number, number> {
    const rows = this.#statement('SELECT source_id, seq FROM floors').raw().all()
    return new Map(rows as [number, number][])
  }

  /** False if the last process that wrote to this file never closed it. */
  wasClosed(): boolean {
    return this.#statement("SELECT value FROM meta WHERE name = 'open'").pluck().get() !== '1'
  }

  /** Notes on disk whether a process has the file open for writing. */
  markOpen(isOpen: boolean): void {
    this.#run("REPLACE INTO meta (name, value) VALUES ('open', ?)", isOpen ? '1' : '0')
  }

  /** The staged blocks, oldest first. */
  staged(): { first_seq: number; lines: number; raw_bytes: number }[] {
    return this.#statement(SELECT_STAGED).all() as ReturnType<Partition['staged']>
  }

  isEmpty(): boolean {
    return this.#statement('SELECT blocks FROM chain_end').pluck().get() === 0
  }

  /** True if SQLite finds its own structure whole; reads all of the file. */
  isWhole(): boolean {
    return this.#db.pragma('quick_check(1)', { simple: true }) === 'ok'
  }

  /** Gives up to `pagesMax` pages that hold nothing back to the disk; false when there are none. */
  trim(pagesMax: number): boolean {
    if (this.#db.pragma('freelist_count', { simple: true }) === 0) return false
    this.#db.pragma(`incremental_vacuum(${pagesMax})`)
    return true
  }

  /** Bytes of the database file, without its WAL. */
  bytes(): number {
    return fileBytes(this.path)
  }

  walBytes(): number {
    return fileBytes(`${this.path}-wal`)
  }

  /** About how many bytes of the WAL are not in the database file yet. */
  unsavedBytes(): number {
    return Math.min(this.#unsavedBytes, this.walBytes())
  }

  /** Somebody moves the WAL into the file, or is about to. */
  checkpointed(): void {
    this.#unsavedBytes = 0
  }

  /**
   * Moves the WAL into the file as far as readers let it, without waiting for one. `truncate` also
   * empties it. False when something had to stay.
   */
  checkpoint({ truncate }: { readonly truncate: boolean }): boolean {
    this.checkpointed()
    this.#db.pragma('busy_timeout = 0')
    try {
      const mode = truncate ? 'TRUNCATE' : 'PASSIVE'
      const [{ busy, log, checkpointed }] = this.#db.pragma(`wal_checkpoint(${mode})`) as [
        { busy: number; log: number; checkpointed: number },
      ]
      return busy === 0 && log === checkpointed
    } finally {
      this.#db.pragma('busy_timeout = 100')
    }
  }

  /**
   * Ends writing to this file: without a WAL it is one file, whole in itself. False while a reader has
   * it open: to be tried again.
   */
  seal(): boolean {
    this.#db.pragma('busy_timeout = 0')
    try {
      return this.#db.pragma('journal_mode = DELETE', { simple: true }) === 'delete'
    } catch (error) {
      if (String((error as { code?: unknown }).code).startsWith('SQLITE_BUSY')) return false
      throw error
    }
  }

  close(): void {
    if (this.#db.open) this.#db.close()
  }

  #crcBefore(firstSeq: number): number {
    return (this.#statement(SELECT_CRC_BEFORE).pluck().get(firstSeq) as number | undefined) ?? 0
  }

  // What comes behind `firstSeq` now follows the block with this checksum.
  #link(firstSeq: number, crc: number): void {
    const { changes } = this.#run(LINK_BLOCK_AFTER, { first_seq: firstSeq, crc })
    if (changes === 0) this.#run(MOVE_CHAIN_END, crc)
  }

  #run(sql: string, ...values: unknown[]): { changes: number } {
    return this.#statement(sql).run(...values)
  }

  #statement(sql: string): Statement {
    let statement = this.#prepared.get(sql)
    if (!statement) this.#prepared.set(sql, (statement = this.#db.prepare(sql)))
    return statement
  }

  #check(storeId: string): number {
    if (!hasTable(this.#db, 'meta'))
      throw new LogsError('DamagedStore', `${this.path} has no tables`)
    migratePartition(this.#db, this.path, this.firstSeq)
    const rows = this.#db.prepare('SELECT name, value FROM meta').raw().all()
    const meta = new Map(rows as [string, string][])
    if (meta.get('store_id') !== storeId) {
      throw new LogsError('DamagedStore', `${this.path} belongs to another store`)
    }
    if (meta.get('first_seq') !== String(this.firstSeq)) {
      throw new LogsError('DamagedStore', `${this.path} was made as another partition`)
    }
    return Number(meta.get('created_ts'))
  }
}

// All in one transaction and one rename: a crash leaves a whole partition or none.
function createTables(
  db: Database,
  storeId: string,
  firstSeq: number,
  start: PartitionStart,
): void {
  db.exec(PARTITION_SCHEMA)
  const meta = {
    store_id: storeId,
    schema_version: SCHEMA_VERSION,
    first_seq: firstSeq,
    created_ts: start.createdTs,
    open: 1,
  }
  const insert = db.prepare('INSERT INTO meta (name, value) VALUES (?, ?)')
  for (const [name, value] of Object.entries(meta)) insert.run(name, String(value))
  db.prepare('INSERT INTO chain_end VALUES (0, 0, ?)').run(ownerOf(storeId, firstSeq))
  saveAccounts(db, start)
}

function saveAccounts(db: Database, { keys, floors }: PartitionStart): void {
  const saveKey = db.prepare(REPLACE_KEY)
  for (const key of keys) saveKey.run(...keyColumns(key))
  const saveFloor = db.prepare(REPLACE_FLOOR)
  for (const [sourceId, seq] of floors) saveFloor.run(sourceId, seq)
}

type BlockRow = BlockRecord & { readonly bits: Buffer | null; readonly data: Buffer }
