// One partition file, opened for reading only: its accounts, its rows of blocks, and the blocks
// themselves, each checked against its checksum when it is loaded.
import { LogsError } from '../model/errors.js'
import { LIMITS } from '../model/limits.js'
import { checkBlock } from './block-meta.js'
import type { BlockRecord } from './block-meta.js'
import { hasTable, isDamage, openReadable, translateError } from './database.js'
import type { Database, Statement } from './database.js'
import { SELECT_KEYS, storedKey } from './key-rows.js'
import type { KeyRow, StoredKey } from './key-rows.js'
import { SCHEMA_VERSION } from './schema.js'
import { fileBytes } from './store-files.js'

const SELECT_META = 'SELECT name, value FROM meta'
const SELECT_FLOORS = 'SELECT source_id, seq FROM floors'
const SELECT_RECORDS = 'SELECT * FROM blocks ORDER BY first_seq'
const SELECT_ABOVE = 'SELECT * FROM blocks WHERE last_seq > ? ORDER BY first_seq'
const SELECT_SIGNATURE = 'SELECT bits FROM signatures WHERE first_seq = ?'
const SELECT_DATA = 'SELECT data FROM block_data WHERE first_seq = ?'

/**
 * Opens a partition for the writer; undefined if it is damaged or has just been removed. Does not wait for
 * whoever holds it, as batches would have to wait as well.
 *
 * @throws {LogsError} `Conflict`, `PermissionDenied`, `Unavailable`: what is in it is not known for now.
 */
export function openIfWhole(path: string): BlockFile | undefined {
  try {
    return new BlockFile(path, 0)
  } catch (error) {
    if (!(error instanceof LogsError)) throw error
    if (error.code === 'DamagedStore' || error.code === 'NotFound') return undefined
    throw error
  }
}

export class BlockFile {
  readonly path: string
  readonly #db: Database
  readonly #prepared = new Map<string, Statement>()

  /**
   * @param busyMs - How long to wait for a file that somebody holds.
   * @throws {LogsError} `DamagedStore`, `Conflict`, `PermissionDenied`, `NotFound`, `Unavailable`.
   */
  constructor(path: string, busyMs: number = LIMITS.readerBusyMs) {
    this.path = path
    this.#db = openReadable(path, busyMs)
    try {
      this.#check()
    } catch (error) {
      this.#db.close()
      throw translateError(path, error)
    }
  }

  /** Runs `visit` on one snapshot of the file: the compactor's replacements are seen whole or not at all. */
  snapshot<T>(visit: () => T): T {
    this.#db.exec('BEGIN')
    try {
      return visit()
    } catch (error) {
      throw translateError(this.path, error)
    } finally {
      // Nothing was written. A commit fails where something damaged was read, even if that was dealt with.
      if (this.#db.inTransaction) this.#db.exec('ROLLBACK')
    }
  }

  meta(): Map<string, string> {
    return new Map(this.statement(SELECT_META).raw().all() as [string, string][])
  }

  keys(): StoredKey[] {
    return (this.statement(SELECT_KEYS).all() as KeyRow[]).map(storedKey)
  }

  /** By source id: the seq up to which its lines are hidden. */
  floors(): Map<number, number> {
    return new Map(this.statement(SELECT_FLOORS).raw().all() as [number, number][])
  }

  /** The lowest time of a line, microseconds since the epoch; null without lines. */
  oldestTs(): number | null {
    return this.statement('SELECT min(ts_min) FROM blocks').pluck().get() as number | null
  }

  /** The rows of all blocks, oldest first. */
  records(): BlockRecord[] {
    return this.statement(SELECT_RECORDS).all() as BlockRecord[]
  }

  /** The rows of blocks that reach above `seq`, oldest first; none where the file is damaged. */
  recordsAbove(seq: number): BlockRecord[] {
    try {
      return this.statement(SELECT_ABOVE).all(seq) as BlockRecord[]
    } catch (error) {
      if (isDamage(error)) return []
      throw error
    }
  }

  /** The trigram signature of a block; undefined if it has none. */
  signature(firstSeq: number): Buffer | undefined {
    return this.statement(SELECT_SIGNATURE).pluck().get(firstSeq) as Buffer | undefined
  }

  /** The packed bytes of a block, undefined if they are missing, damaged or not what was written. */
  load(record: BlockRecord): Buffer | undefined {
    try {
      const data = this.statement(SELECT_DATA).pluck().get(record.first_seq) as Buffer | undefined
      const signature = this.signature(record.first_seq) ?? null
      return data && checkBlock(record, signature, data) ? data : undefined
    } catch (error) {
      if (isDamage(error)) return undefined
      throw error
    }
  }

  /** Checksum of the newest block and number of blocks, as the writer noted them. */
  chainEnd(): { readonly crc: number; readonly blocks: number; readonly owner: string } {
    return this.statement('SELECT crc, blocks, owner FROM chain_end').get() as ReturnType<
      BlockFile['chainEnd']
    >
  }

  /** What SQLite finds wrong with its own structure; reads all of the file. */
  structureProblem(): string | undefined {
    // The quick check passes over what an index says; readers walk the one of `blocks`.
    for (const check of ['quick_check(1)', "integrity_check('blocks')"]) {
      const answer = this.#db.pragma(check, { simple: true }) as string
      if (answer !== 'ok') return answer
    }
    return undefined
  }

  /** True if the file does not change any more. */
  isSealed(): boolean {
    return this.#db.pragma('journal_mode', { simple: true }) === 'delete'
  }

  /** A statement, prepared once. */
  statement(sql: string): Statement {
    let statement = this.#prepared.get(sql)
    if (!statement) this.#prepared.set(sql, (statement = this.#db.prepare(sql)))
    return statement
  }

  close(): void {
    if (this.#db.open) this.#db.close()
  }

  #check(): void {
    if (!hasTable(this.#db, 'meta')) {
      throw new LogsError('DamagedStore', `${this.path} has no tables`)
    }
    const version = this.meta().get('schema_version')
    if (version !== String(SCHEMA_VERSION)) {
      throw new LogsError(
        'DamagedStore',
        `Expected ${this.path} to have schema version ${SCHEMA_VERSION}, got ${version}`,
        { hint: 'Start hero_proc once: it brings files of older versions up to date' },
      )
    }
    const pages = this.#db.pragma('page_count', { simple: true }) as number
    const size = this.#db.pragma('page_size', { simple: true }) as number
    if (fileBytes(`${this.path}-wal`) === 0 && fileBytes(this.path) < pages * size) {
      throw new LogsError('DamagedStore', `${this.path} is cut short`)
    }
  }
}
