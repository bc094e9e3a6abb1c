// A read-only view of one partition: its keys, and its blocks chosen by what their rows say. Every visit
// is one short read transaction, so that the compactor's replacements are seen whole or not at all.
import type { Buffer } from 'node:buffer'
import { openReadable } from '../store/database.js'
import type { Database, Statement } from '../store/database.js'
import type { BlockMeta, KeyRow, StoredKey } from '../store/partition.js'
import { storedKey } from '../store/partition.js'
import type { ResolvedQuery } from './resolve-query.js'

// Both walk an index (blocks' primary key, blocks_by_last_seq) in the order asked for.
const CONDITIONS = `
WHERE last_seq > @afterSeq AND first_seq < @beforeSeq
  AND level_mask & @levelMask <> 0 AND stream_mask & @streamMask <> 0
  AND ts_max >= @since AND ts_min <= @until
  AND (@sourceIds IS NULL OR source_id IS NULL
       OR source_id IN (SELECT value FROM json_each(@sourceIds)))`
export const SELECT_ASCENDING: string = `SELECT * FROM blocks ${CONDITIONS} ORDER BY first_seq`
export const SELECT_DESCENDING: string = `SELECT * FROM blocks ${CONDITIONS} ORDER BY last_seq DESC`
const SELECT_DATA = 'SELECT data FROM block_data WHERE first_seq = ?'

export class PartitionReader {
  readonly path: string
  readonly #db: Database
  readonly #ascending: Statement
  readonly #descending: Statement
  readonly #data: Statement

  /** @throws {LogsError} As {@link openReadable} does. */
  constructor(path: string) {
    this.path = path
    this.#db = openReadable(path)
    try {
      this.#ascending = this.#db.prepare(SELECT_ASCENDING)
      this.#descending = this.#db.prepare(SELECT_DESCENDING)
      this.#data = this.#db.prepare(SELECT_DATA).pluck()
    } catch (error) {
      this.#db.close()
      throw error
    }
  }

  /** Runs `visit` on one snapshot of the partition. */
  snapshot<T>(visit: () => T): T {
    this.#db.exec('BEGIN')
    try {
      return visit()
    } finally {
      this.#db.exec('COMMIT')
    }
  }

  keys(): StoredKey[] {
    const rows = this.#db.prepare('SELECT * FROM keys ORDER BY key_id').all() as KeyRow[]
    return rows.map(storedKey)
  }

  /** The blocks in which lines may match; only inside {@link snapshot}. */
  blocks(query: ResolvedQuery, sourceIds: readonly number[] | null): IterableIterator<BlockMeta> {
    const { afterSeq, beforeSeq, levelMask, streamMask, since, until } = query
    const statement = query.descending ? this.#descending : this.#ascending
    const ids = sourceIds === null ? null : JSON.stringify(sourceIds)
    const bounds = { afterSeq, beforeSeq, levelMask, streamMask, since, until, sourceIds: ids }
    return statement.iterate(bounds) as IterableIterator<BlockMeta>
  }

  data(firstSeq: number): Buffer {
    return this.#data.get(firstSeq) as Buffer
  }

  close(): void {
    this.#db.close()
  }
}
