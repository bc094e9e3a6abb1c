// Per-source limits: up to which seq a source's lines are hidden. Lines below a floor are gone for
// readers at once; their space follows with the partition.
import type { BlockFile } from './block-file.js'
import type { BlockRecord } from './block-meta.js'
import type { BlockRows } from './block-rows.js'
import type { KeepLimits } from './keep-limits.js'
import { bytesOf, sizedColumnsOf } from './source-tally.js'

/** One source whose limits are to be kept. */
export interface LimitedSource {
  readonly sourceId: number
  readonly floor: number
  readonly limits: Required<KeepLimits>
}

/**
 * Returns the floor that a source's limits ask for, never below the one it has.
 *
 * @param files - All partitions, in any order.
 * @param nowTs - Microseconds since the epoch.
 */
export function floorFor(
  files: readonly BlockFile[],
  source: LimitedSource,
  nowTs: number,
): number {
  const blocks = blocksOf(files, source)
  const { lines, bytes, ageMs } = source.limits
  let { floor } = source
  if (lines !== null || bytes !== null) {
    const fits = (seq: number): boolean => {
      const above = countAbove(blocks, seq)
      return above.lines <= (lines ?? Infinity) && above.bytes <= (bytes ?? Infinity)
    }
    floor = lowest(floor, highestSeq(blocks, floor), fits)
  }
  if (ageMs === null) return floor
  return Math.max(
    floor,
    oldestSince(blocks, nowTs - ageMs * 1000, highestSeq(blocks, floor) + 1) - 1,
  )
}

interface SourceBlock {
  readonly record: BlockRecord
  readonly isSealed: boolean
  /** Seqs and sizes of the source's own lines; decoded at most once. */
  readonly lines: () => readonly Line[]
}

interface Line {
  readonly seq: number
  readonly ts: number
  readonly bytes: number
}

function blocksOf(files: readonly BlockFile[], { sourceId, floor }: LimitedSource): SourceBlock[] {
  return files.flatMap((file) =>
    file
      .records()
      .filter(({ last_seq, source_id }) => {
        return last_seq > floor && (source_id === null || source_id === sourceId)
      })
      .map((record) => {
        let lines: readonly Line[] | undefined
        return {
          record,
          isSealed: record.source_id !== null,
          lines: () => (lines ??= linesOf(sizedColumnsOf(file, record), sourceId)),
        }
      }),
  )
}

function linesOf(rows: BlockRows | undefined, sourceId: number): Line[] {
  const lines: Line[] = []
  for (let i = 0; rows && i < rows.count; i++) {
    if (rows.source[i] !== sourceId) continue
    lines.push({ seq: rows.seq[i]!, ts: rows.ts[i]!, bytes: bytesOf(rows, i) })
  }
  return lines
}

function countAbove(
  blocks: readonly SourceBlock[],
  seq: number,
): { readonly lines: number; readonly bytes: number } {
  const count = { lines: 0, bytes: 0 }
  for (const { record, isSealed, lines } of blocks) {
    if (record.last_seq <= seq) continue
    if (isSealed && record.first_seq > seq) {
      count.lines += record.lines
      count.bytes += record.raw_bytes
      continue
    }
    for (const line of lines()) {
      if (line.seq <= seq) continue
      count.lines++
      count.bytes += line.bytes
    }
  }
  return count
}

function highestSeq(blocks: readonly SourceBlock[], otherwise: number): number {
  let highest = otherwise
  for (const { record, isSealed, lines } of blocks) {
    highest = Math.max(highest, isSealed ? record.last_seq : (lines().at(-1)?.seq ?? 0))
  }
  return highest
}

// The lowest seq of a line that is young enough: those behind it stay, whatever a clock that was set
// back made of their times.
function oldestSince(blocks: readonly SourceBlock[], sinceTs: number, otherwise: number): number {
  let oldest = otherwise
  for (const { record, lines } of blocks) {
    if (record.ts_max < sinceTs || record.first_seq >= oldest) continue
    const young = lines().find(({ ts }) => ts >= sinceTs)
    if (young) oldest = Math.min(oldest, young.seq)
  }
  return oldest
}

// The lowest integer between two for which `holds` is true; it is for the upper one.
function lowest(from: number, to: number, holds: (value: number) => boolean): number {
  let low = from
  let high = to
  while (low < high) {
    const middle = Math.floor((low + high) / 2)
    if (holds(middle)) high = middle
    else low = middle + 1
  }
  return low
}
