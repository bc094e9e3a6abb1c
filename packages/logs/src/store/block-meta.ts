// The row of a block: what readers choose it by without unpacking it, and the checksum over all of it.
//
// Blocks form a chain in the order of their first seq: each row also holds the checksum of the block
// before it, so that a block that was taken out, exchanged or moved is found as surely as a changed byte.
import { crc32 } from 'node:zlib'
import type { BlockRows } from './block-rows.js'

/** Columns of a block's row beside the two checksums; numbers below 2^53. */
export interface BlockMeta {
  readonly first_seq: number
  readonly last_seq: number
  /** Null: staged, lines of several sources. */
  readonly source_id: number | null
  readonly lines: number
  /** Bytes of text and fields before packing. */
  readonly raw_bytes: number
  /** Microseconds since the epoch. */
  readonly ts_min: number
  readonly ts_max: number
  /** Bit per number of LEVELS, STREAMS. */
  readonly level_mask: number
  readonly stream_mask: number
}

/** A row of `blocks`. */
export interface BlockRecord extends BlockMeta {
  /** CRC-32 over the columns above, the signature and the data. */
  readonly crc: number
  /** `crc` of the block with the next lower first seq in the same partition, 0 for the first. */
  readonly prev_crc: number
}

/** Summarises rows as readers choose blocks by. */
export function describeBlock(rows: BlockRows, sourceId: number | null): BlockMeta {
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
    source_id: sourceId,
    lines: rows.count,
    raw_bytes: rows.textLength + rows.fieldsLength,
    ts_min,
    ts_max,
    level_mask,
    stream_mask,
  }
}

const head = new Float64Array(9)
const headBytes = Buffer.from(head.buffer)

/** Returns the checksum of a block: its columns as little-endian doubles, then signature, then data. */
export function blockCrc(meta: BlockMeta, signature: Buffer | null, data: Buffer): number {
  head[0] = meta.first_seq
  head[1] = meta.last_seq
  head[2] = meta.source_id ?? -1
  head[3] = meta.lines
  head[4] = meta.raw_bytes
  head[5] = meta.ts_min
  head[6] = meta.ts_max
  head[7] = meta.level_mask
  head[8] = meta.stream_mask
  const columns = crc32(headBytes)
  return crc32(data, signature === null ? columns : crc32(signature, columns))
}

/** True if a block is what was written. */
export function checkBlock(record: BlockRecord, signature: Buffer | null, data: Buffer): boolean {
  return record.crc === blockCrc(record, signature, data)
}
