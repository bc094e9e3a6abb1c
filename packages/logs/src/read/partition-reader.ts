// A read-only view of one partition for queries: its blocks in order, chosen by what their rows and
// signatures say.
import { BlockFile } from '../store/block-file.js'
import type { BlockRecord } from '../store/block-meta.js'
import { isDamage } from '../store/database.js'
import type { LineFilter } from './line-filter.js'
import { SignatureIndex } from './signature-index.js'

const CONDITIONS = `
  last_seq > @afterSeq AND first_seq < @beforeSeq
  AND level_mask & @levelMask <> 0 AND stream_mask & @streamMask <> 0
  AND ts_max >= @since AND ts_min <= @until
  AND (@sourceIds IS NULL OR source_id IS NULL
       OR source_id IN (SELECT value FROM json_each(@sourceIds)))`
// Both walk an index (blocks' primary key, blocks_by_last_seq) in the order asked for.
export const SELECT_ASCENDING: string = `SELECT * FROM blocks WHERE ${CONDITIONS} ORDER BY first_seq`
export const SELECT_DESCENDING: string = `SELECT * FROM blocks WHERE ${CONDITIONS} ORDER BY last_seq DESC`
// Looks each of a few up by the primary key, and sorts what it finds.
export const SELECT_CANDIDATES: string = `SELECT * FROM blocks
WHERE first_seq IN (SELECT value FROM json_each(@candidates)) AND ${CONDITIONS}
ORDER BY CASE @descending WHEN 1 THEN -last_seq ELSE first_seq END`
// Walks an index that holds nothing else.
const SELECT_FIRST_SEQS = 'SELECT first_seq FROM blocks INDEXED BY blocks_by_last_seq'
const SELECT_SIGNATURES = 'SELECT first_seq, bits FROM signatures'

export class PartitionReader extends BlockFile {
  #signatures: SignatureIndex | undefined;

  /** The blocks in which lines may match; only inside `snapshot`. */
  *blocks(filter: LineFilter): Generator<BlockRecord, void> {
    const { query, sourceIds, floors, search } = filter
    const { afterSeq, beforeSeq, levelMask, streamMask, since, until } = query
    const ids = sourceIds && JSON.stringify([...sourceIds])
    const bounds = { afterSeq, beforeSeq, levelMask, streamMask, since, until, sourceIds: ids }
    let records
    if (search && search.trigrams.length > 0) {
      const candidates = JSON.stringify(this.#signatureIndex().candidates(search.trigrams))
      const descending = query.descending ? 1 : 0
      records = this.statement(SELECT_CANDIDATES).iterate({ ...bounds, candidates, descending })
    } else {
      const statement = this.statement(query.descending ? SELECT_DESCENDING : SELECT_ASCENDING)
      records = statement.iterate(bounds)
    }
    for (const record of records as IterableIterator<BlockRecord>) {
      const { source_id, last_seq } = record
      if (source_id === null || last_seq > (floors.get(source_id) ?? 0)) yield record
    }
  }

  override close(): void {
    this.#signatures?.drop()
    this.#signatures = undefined
    super.close()
  }

  // All signatures at once: to look each of them up costs three times as much. Without them every block may
  // hold what is looked for.
  #signatureIndex(): SignatureIndex {
    if (this.#signatures) return this.#signatures
    const firstSeqs = this.statement(SELECT_FIRST_SEQS).pluck().all() as number[]
    const index = new SignatureIndex(firstSeqs, this.#readSignatures())
    if (this.isSealed() && index.keep()) this.#signatures = index
    return index
  }

  #readSignatures(): [number, Buffer][] {
    try {
      return this.statement(SELECT_SIGNATURES).raw().all() as [number, Buffer][]
    } catch (error) {
      if (isDamage(error)) return []
      throw error
    }
  }
}
