// How far each source reaches in what is stored, from the rows of blocks; only blocks of several sources,
// and those that are hidden in part, are unpacked, and no text at all.
import { bytesOf, sizedColumnsOf } from '../store/source-tally.js'
import type { BlockFile } from '../store/block-file.js'
import type { BlockRecord } from '../store/block-meta.js'
import type { BlockRows } from '../store/block-rows.js'

/** What is stored of a source and not hidden. */
export interface SourceExtent {
  lines: number
  /** Text and fields, before packing. */
  bytes: number
  first_seq: number
  last_seq: number
  /** Microseconds since the epoch; the lowest and the highest, whatever the order. */
  first_ts: number
  last_ts: number
  /** Bit per level number. */
  levels: number
}

/** What a step over the partitions gives; plain data that crosses threads. */
export interface ExtentsStep {
  /** By name of the source. */
  readonly extents: ReadonlyMap<string, SourceExtent>
  /** Lines up to here are looked at; null: all. */
  readonly lookedSeq: number | null
}

/** Adds what a partition holds to the extents by source id. */
export function addExtents(
  extents: Map<number, SourceExtent>,
  file: BlockFile,
  floors: ReadonlyMap<number, number>,
): void {
  for (const record of file.records()) {
    const { source_id, first_seq, last_seq } = record
    const floor = source_id === null ? 0 : (floors.get(source_id) ?? 0)
    if (source_id !== null && last_seq <= floor) continue
    if (source_id !== null && first_seq > floor) addBlock(extentOf(extents, source_id), record)
    else addRows(extents, sizedColumnsOf(file, record), floors)
  }
}

function addBlock(extent: SourceExtent, record: BlockRecord): void {
  addExtent(extent, {
    lines: record.lines,
    bytes: record.raw_bytes,
    first_seq: record.first_seq,
    last_seq: record.last_seq,
    first_ts: record.ts_min,
    last_ts: record.ts_max,
    levels: record.level_mask,
  })
}

function addRows(
  extents: Map<number, SourceExtent>,
  rows: BlockRows | undefined,
  floors: ReadonlyMap<number, number>,
): void {
  for (let i = 0; rows && i < rows.count; i++) {
    const source = rows.source[i]!
    const seq = rows.seq[i]!
    if (seq <= (floors.get(source) ?? 0)) continue
    const ts = rows.ts[i]!
    addExtent(extentOf(extents, source), {
      lines: 1,
      bytes: bytesOf(rows, i),
      first_seq: seq,
      last_seq: seq,
      first_ts: ts,
      last_ts: ts,
      levels: 1 << rows.level[i]!,
    })
  }
}

/** Returns the extent of a source, which is made if there is none. */
export function extentOf<T>(extents: Map<T, SourceExtent>, source: T): SourceExtent {
  let extent = extents.get(source)
  if (!extent) extents.set(source, (extent = { ...EMPTY }))
  return extent
}

/** Adds to an extent what another one of the same source holds. */
export function addExtent(extent: SourceExtent, more: SourceExtent): void {
  extent.lines += more.lines
  extent.bytes += more.bytes
  extent.first_seq = Math.min(extent.first_seq, more.first_seq)
  extent.last_seq = Math.max(extent.last_seq, more.last_seq)
  extent.first_ts = Math.min(extent.first_ts, more.first_ts)
  extent.last_ts = Math.max(extent.last_ts, more.last_ts)
  extent.levels |= more.levels
}

const EMPTY: SourceExtent = {
  lines: 0,
  bytes: 0,
  first_seq: Infinity,
  last_seq: -Infinity,
  first_ts: Infinity,
  last_ts: -Infinity,
  levels: 0,
}
