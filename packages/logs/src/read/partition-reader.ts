// A read-only view of one partition for queries: its blocks in order, chosen by what their rows and
// signatures say.
import { BlockFile } from '../store/block-file.js'
import type { BlockRecord } from '../store/block-meta.js'
import { mayHold } from '../store/signature.js'
import type { LineFilter } from './line-filter.js'

// Both walk an index (blocks' primary key, blocks_by_last_seq) in the order asked for.
const CONDITIONS = `
WHERE last_seq > @afterSeq AND first_seq < @beforeSeq
  AND level_mask & @levelMask <> 0 AND stream_mask & @streamMask <> 0
  AND ts_max >= @since AND ts_min <= @until
  AND (@sourceIds IS NULL OR source_id IS NULL
       OR source_id IN (SELECT value FROM json_each(@sourceIds)))
  AND (@candidates IS NULL OR first_seq IN (SELECT value FROM json_each(@candidates))
       OR NOT EXISTS (SELECT 1 FROM signatures WHERE signatures.first_seq = blocks.first_seq))`
export const SELECT_ASCENDING: string = `SELECT * FROM blocks ${CONDITIONS} ORDER BY first_seq`
export const SELECT_DESCENDING: string = `SELECT * FROM blocks ${CONDITIONS} ORDER BY last_seq DESC`

const SELECT_SIGNATURES = 'SELECT first_seq, bits FROM signatures'

export class PartitionReader extends BlockFile {
  /** The blocks in which lines may match; only inside `snapshot`. */
  *blocks(filter: LineFilter): Generator<BlockRecord, void> {
    const { query, sourceIds, floors, search } = filter
    const { afterSeq, beforeSeq, levelMask, streamMask, since, until } = query
    const statement = this.statement(query.descending ? SELECT_DESCENDING : SELECT_ASCENDING)
    const records = statement.iterate({
      afterSeq,
      beforeSeq,
      levelMask,
      streamMask,
      since,
      until,
      sourceIds: sourceIds && JSON.stringify([...sourceIds]),
      candidates: search && search.trigrams.length > 0 ? this.#candidates(search.trigrams) : null,
    })
    for (const record of records as IterableIterator<BlockRecord>) {
      const { source_id, last_seq } = record
      if (source_id === null || last_seq > (floors.get(source_id) ?? 0)) yield record
    }
  }

  // First seqs, as JSON, of the blocks whose signature holds all trigrams. All at once: to look each of
  // them up costs three times as much.
  #candidates(trigrams: Int32Array): string {
    const found: number[] = []
    for (const row of this.statement(SELECT_SIGNATURES).raw().iterate()) {
      const [firstSeq, signature] = row as [number, Buffer]
      if (mayHold(signature, trigrams)) found.push(firstSeq)
    }
    return JSON.stringify(found)
  }
}
