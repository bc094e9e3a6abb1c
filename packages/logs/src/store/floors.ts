// Per-source limits: up to which seq a source's lines are hidden. Lines below a floor are gone for
// readers at once; their space follows with the partition.
//
// All sources are looked at in one walk over the partitions, a file or a staged block a step. What lies
// below the lowest floor is not visited again.
import { openIfWhole } from './block-file.js'
import type { BlockRows } from './block-rows.js'
import type { KeepLimits } from './keep-limits.js'
import { bytesOf, columnsOf } from './source-tally.js'
import type { PartitionFile } from './store-files.js'

/** One source whose limits are to be kept. */
export interface LimitedSource {
  readonly sourceId: number
  readonly floor: number
  readonly limits: Required<KeepLimits>
}

/**
 * Returns the floors, by source id, that limits ask for, where they are higher than those in force.
 *
 * @param files - All partitions, oldest first.
 * @param nowTs - Microseconds since the epoch.
 */
export function* raisedFloors(
  files: readonly PartitionFile[],
  sources: readonly LimitedSource[],
  nowTs: number,
): Generator<void, Map<number, number>> {
  const blocks = yield* blocksBySource(files, sources)
  const raised = new Map<number, number>()
  for (const source of sources) {
    const floor = floorFor(blocks.get(source.sourceId)!, source, nowTs)
    if (floor > source.floor) raised.set(source.sourceId, floor)
    yield
  }
  return raised
}

interface SourceBlock {
  readonly first_seq: number
  readonly last_seq: number
  readonly ts_max: number
  readonly lines: number
  readonly bytes: number
  /** Seqs and sizes of the source's own lines; decoded when they are needed. */
  readonly decoded: () => readonly Line[]
}

interface Line {
  readonly seq: number
  readonly ts: number
  readonly bytes: number
}

function* blocksBySource(
  files: readonly PartitionFile[],
  sources: readonly LimitedSource[],
): Generator<void, Map<number, SourceBlock[]>> {
  const blocks = new Map(sources.map(({ sourceId }) => [sourceId, [] as SourceBlock[]]))
  const floors = new Map(sources.map(({ sourceId, floor }) => [sourceId, floor]))
  const lowestFloor = Math.min(...floors.values())
  for (const [i, { path }] of files.entries()) {
    if ((files[i + 1]?.firstSeq ?? Infinity) - 1 <= lowestFloor) continue
    const file = openIfWhole(path)
    if (!file) continue
    try {
      for (const record of file.recordsAbove(lowestFloor)) {
        const { source_id, last_seq } = record
        if (source_id === null) {
          for (const [id, lines] of linesBySource(columnsOf(file, record), floors)) {
            blocks.get(id)!.push(stagedBlock(lines))
          }
          yield
        } else if (last_seq > (floors.get(source_id) ?? Infinity)) {
          blocks.get(source_id)!.push(sealedBlock(path, record, source_id))
        }
      }
    } finally {
      file.close()
    }
    yield
  }
  return blocks
}

function sealedBlock(
  path: string,
  record: Parameters<typeof columnsOf>[1],
  sourceId: number,
): SourceBlock {
  const { first_seq, last_seq, ts_max, lines, raw_bytes: bytes } = record
  let known: readonly Line[] | undefined
  const decoded = (): readonly Line[] => {
    if (known) return known
    const file = openIfWhole(path)
    const rows = file && columnsOf(file, record)
    file?.close()
    return (known = linesBySource(rows, new Map([[sourceId, 0]])).get(sourceId) ?? [])
  }
  return { first_seq, last_seq, ts_max, lines, bytes, decoded }
}

function stagedBlock(lines: readonly Line[]): SourceBlock {
  return {
    first_seq: lines[0]!.seq,
    last_seq: lines.at(-1)!.seq,
    ts_max: lines.reduce((max, { ts }) => Math.max(max, ts), -Infinity),
    lines: lines.length,
    bytes: lines.reduce((sum, { bytes }) => sum + bytes, 0),
    decoded: () => lines,
  }
}

function linesBySource(
  rows: BlockRows | undefined,
  floors: ReadonlyMap<number, number>,
): Map<number, Line[]> {
  const bySource = new Map<number, Line[]>()
  for (let i = 0; rows && i < rows.count; i++) {
    const source = rows.source[i]!
    const seq = rows.seq[i]!
    if (seq <= (floors.get(source) ?? Infinity)) continue
    const line = { seq, ts: rows.ts[i]!, bytes: bytesOf(rows, i) }
    const lines = bySource.get(source)
    if (lines) lines.push(line)
    else bySource.set(source, [line])
  }
  return bySource
}

function floorFor(
  blocks: readonly SourceBlock[],
  { floor: before, limits: { lines, bytes, ageMs } }: LimitedSource,
  nowTs: number,
): number {
  let floor = before
  if (lines !== null || bytes !== null) {
    const fits = (seq: number): boolean => {
      const above = countAbove(blocks, seq)
      return above.lines <= (lines ?? Infinity) && above.bytes <= (bytes ?? Infinity)
    }
    // Between two ends of blocks first: only what lies between has to be decoded.
    const ends = [floor, ...blocks.map(({ last_seq }) => last_seq)].toSorted((a, b) => a - b)
    const end = lowest(0, ends.length - 1, (i) => fits(ends[i]!))
    floor = lowest(ends[Math.max(0, end - 1)]!, ends[end]!, fits)
  }
  if (ageMs === null) return floor
  const highest = blocks.reduce((max, { last_seq }) => Math.max(max, last_seq), floor)
  return Math.max(floor, oldestSince(blocks, nowTs - ageMs * 1000, highest + 1) - 1)
}

function countAbove(blocks: readonly SourceBlock[], seq: number): { lines: number; bytes: number } {
  const count = { lines: 0, bytes: 0 }
  for (const block of blocks) {
    if (block.last_seq <= seq) continue
    if (block.first_seq > seq) {
      count.lines += block.lines
      count.bytes += block.bytes
      continue
    }
    for (const line of block.decoded()) {
      if (line.seq <= seq) continue
      count.lines++
      count.bytes += line.bytes
    }
  }
  return count
}

// The lowest seq of a line that is young enough: those behind it stay, whatever a clock that was set
// back made of their times.
function oldestSince(blocks: readonly SourceBlock[], sinceTs: number, otherwise: number): number {
  let oldest = otherwise
  for (const { ts_max, first_seq, decoded } of blocks) {
    if (ts_max < sinceTs || first_seq >= oldest) continue
    const young = decoded().find(({ ts }) => ts >= sinceTs)
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
