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
       OR source_id IN (SELECT value FROM json_each(@sourceIds)))`
export const SELECT_ASCENDING: string = `SELECT * FROM blocks ${CONDITIONS} ORDER BY first_seq`
export const SELECT_DESCENDING: string = `SELECT * FROM blocks ${CONDITIONS} ORDER BY last_seq DESC`

export class PartitionReader extends BlockFile {
  /** The blocks in which lines may match; only inside `snapshot`. */
  *blocks(filter: LineFilter): Generator<BlockRecord, void> {
    const { query, sourceIds, floors, search } = filter
    const { afterSeq, beforeSeq, levelMask, streamMask, since, until } = query
    const ids = sourceIds === null ? null : JSON.stringify([...sourceIds])
    const bounds = { afterSeq, beforeSeq, levelMask, streamMask, since, until, sourceIds: ids }
    const statement = this.statement(query.descending ? SELECT_DESCENDING : SELECT_ASCENDING)
    for (const record of statement.iterate(bounds) as IterableIterator<BlockRecord>) {
      const { source_id, first_seq, last_seq } = record
      if (source_id !== null && last_seq <= (floors.get(source_id) ?? 0)) continue
      if (search && search.trigrams.length > 0 && source_id !== null) {
        const signature = this.signature(first_seq)
        if (signature && !mayHold(signature, search.trigrams)) continue
      }
      yield record
    }
  }
}
