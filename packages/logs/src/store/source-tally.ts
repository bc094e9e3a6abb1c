// Counting what is on disk without unpacking any text: by the rows of blocks where a block counts as a
// whole, by its columns where only some of its lines do.
import type { BlockFile } from './block-file.js'
import { decodeColumns } from './block-codec.js'
import type { BlockRecord } from './block-meta.js'
import type { BlockRows } from './block-rows.js'
import { SeqRuns } from './seq-runs.js'

/** What a partition holds of one source. */
export interface SourceTally {
  lines: number
  bytes: number
  first_seq: number
  last_seq: number
  ts_min: number
  ts_max: number
  readonly runs: SeqRuns
}

/** Tallies a partition by source id, one block a step; damaged blocks are passed over. */
export function* tallySources(file: BlockFile): Generator<void, Map<number, SourceTally>> {
  const bySource = new Map<number, SourceTally>()
  for (const record of file.records()) {
    const rows = columnsOf(file, record)
    for (let i = 0; rows && i < rows.count; i++) addRow(bySource, rows, i)
    // Of a sealed block the row knows, without its text being unpacked.
    const own = record.source_id === null ? undefined : bySource.get(record.source_id)
    if (own && rows) own.bytes += record.raw_bytes
    else for (let i = 0; rows && i < rows.count; i++) addBytes(bySource, rows, i)
    yield
  }
  return bySource
}

/** Lines and bytes of some sources between two seqs. */
export interface LineCount {
  lines: number
  bytes: number
}

/** Counts the lines of `sourceId` with `afterSeq < seq <= upToSeq`, one block a step. */
export function* countLines(
  file: BlockFile,
  sourceId: number,
  afterSeq: number,
  upToSeq: number,
): Generator<void, LineCount> {
  const count = { lines: 0, bytes: 0 }
  for (const record of file.recordsAbove(afterSeq)) {
    if (record.first_seq > upToSeq) continue
    if (record.source_id !== null && record.source_id !== sourceId) continue
    const isWhole = record.first_seq > afterSeq && record.last_seq <= upToSeq
    if (record.source_id === sourceId && isWhole) {
      count.lines += record.lines
      count.bytes += record.raw_bytes
      continue
    }
    const rows = sizedColumnsOf(file, record)
    for (let i = 0; rows && i < rows.count; i++) {
      const seq = rows.seq[i]!
      if (rows.source[i] !== sourceId || seq <= afterSeq || seq > upToSeq) continue
      count.lines++
      count.bytes += bytesOf(rows, i)
    }
    yield
  }
  return count
}

/** The columns of a block, perhaps without the sizes of lines; undefined if it is damaged. */
export function columnsOf(file: BlockFile, record: BlockRecord): BlockRows | undefined {
  const data = file.load(record)
  return data && decodeColumns(data).rows
}

/** The columns of a block with the sizes of lines; undefined if it is damaged. */
export function sizedColumnsOf(file: BlockFile, record: BlockRecord): BlockRows | undefined {
  const data = file.load(record)
  if (!data) return undefined
  const { rows, hasLengths, unpackText } = decodeColumns(data)
  if (!hasLengths) unpackText()
  return rows
}

/** Bytes of text and fields of a line, line end included. */
export function bytesOf(rows: BlockRows, i: number): number {
  const { textStart, fieldsStart } = rows
  return textStart[i + 1]! - textStart[i]! + fieldsStart[i + 1]! - fieldsStart[i]!
}

function addRow(bySource: Map<number, SourceTally>, rows: BlockRows, i: number): void {
  const seq = rows.seq[i]!
  const ts = rows.ts[i]!
  const source = rows.source[i]!
  let tally = bySource.get(source)
  if (!tally) {
    tally = { ...EMPTY, runs: new SeqRuns() }
    bySource.set(source, tally)
  }
  tally.lines++
  tally.first_seq = Math.min(tally.first_seq, seq)
  tally.last_seq = Math.max(tally.last_seq, seq)
  tally.ts_min = Math.min(tally.ts_min, ts)
  tally.ts_max = Math.max(tally.ts_max, ts)
  tally.runs.add(seq)
}

function addBytes(bySource: Map<number, SourceTally>, rows: BlockRows, i: number): void {
  bySource.get(rows.source[i]!)!.bytes += bytesOf(rows, i)
}

const EMPTY = {
  lines: 0,
  bytes: 0,
  first_seq: Infinity,
  last_seq: -Infinity,
  ts_min: Infinity,
  ts_max: -Infinity,
}

/** Does all steps at once. */
export function finish<T>(steps: Generator<void, T>): T {
  for (;;) {
    const { done, value } = steps.next()
    if (done) return value
  }
}
