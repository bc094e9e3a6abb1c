// From a batch's region table to block rows: finds the lines of a region, gives each its columns and its
// level, and copies the text in one piece as far as the block has room.
import { FLAG, ROW } from '../batch/packed-buffer.js'
import { ORIGINS } from '../model/entry.js'
import type { Origin } from '../model/entry.js'
import { KIND, kindOf } from './block-rows.js'
import type { BlockRows } from './block-rows.js'
import { findLevel } from '../model/find-level.js'

/** Where a region's lines go. */
export interface RegionTarget {
  readonly sourceId: number
  readonly origin: Origin
}

/** Appends a region to `rows`; calls `onFull` (which empties them) each time they are full. */
export function fillRows(
  rows: BlockRows,
  bytes: Buffer,
  table: Float64Array,
  row: number,
  target: RegionTarget,
  onFull: () => void,
): void {
  const flags = table[row + ROW.flags]!
  const bits =
    (flags & FLAG.unterminated ? KIND.unterminated : 0) |
    (flags & FLAG.gap ? KIND.gap : 0) |
    (flags & FLAG.repeat ? KIND.repeat : 0)
  const kind = kindOf(flags & 15, ORIGINS.indexOf(target.origin), bits)
  const start = table[row + ROW.offset]!
  const end = start + table[row + ROW.length]!
  if (flags & FLAG.record || table[row + ROW.lines] === 1) {
    setColumns(rows, rows.count, table, row, kind, target.sourceId)
    rows.partSeq[rows.count] = table[row + ROW.partSeq]!
    rows.level[rows.count] = levelOf(bytes, start, end - 1, table[row + ROW.level]!)
    rows.push(bytes, start, end - 1, end, end + table[row + ROW.fieldsLength]!)
    if (rows.full) onFull()
    return
  }
  fillLines(rows, bytes, table, row, { start, end, kind, sourceId: target.sourceId }, onFull)
}

interface Lines {
  readonly start: number
  readonly end: number
  readonly kind: number
  readonly sourceId: number
}

function fillLines(
  rows: BlockRows,
  bytes: Buffer,
  table: Float64Array,
  row: number,
  { start, end, kind, sourceId }: Lines,
  onFull: () => void,
): void {
  const firstSeq = table[row + ROW.firstSeq]!
  const firstN = table[row + ROW.firstN]!
  const level = table[row + ROW.level]!
  let done = 0
  let at = start
  while (at < end) {
    const first = rows.count
    const textBase = rows.textLength - at
    const from = at
    const roomBytes = rows.bytesMax - rows.textLength
    let count = first
    while (at < end && count < rows.linesMax && at - from < roomBytes) {
      const lineEnd = bytes.indexOf(10, at)
      rows.seq[count] = rows.partSeq[count] = firstSeq + done
      rows.n[count] = firstN + done
      rows.level[count] = levelOf(bytes, at, lineEnd, level)
      at = lineEnd + 1
      done++
      count++
      rows.textStart[count] = textBase + at
    }
    rows.ts.fill(table[row + ROW.ts]!, first, count)
    rows.run.fill(table[row + ROW.run]!, first, count)
    rows.kind.fill(kind, first, count)
    rows.source.fill(sourceId, first, count)
    rows.fieldsStart.fill(rows.fieldsLength, first + 1, count + 1)
    rows.pushText(bytes, from, at, count)
    if (rows.full) onFull()
  }
}

function setColumns(
  rows: BlockRows,
  at: number,
  table: Float64Array,
  row: number,
  kind: number,
  sourceId: number,
): void {
  rows.seq[at] = table[row + ROW.firstSeq]!
  rows.n[at] = table[row + ROW.firstN]!
  rows.ts[at] = table[row + ROW.ts]!
  rows.run[at] = table[row + ROW.run]!
  rows.kind[at] = kind
  rows.source[at] = sourceId
}

function levelOf(bytes: Buffer, start: number, end: number, given: number): number {
  return given >= 0 ? given : findLevel(bytes, start, end)
}
