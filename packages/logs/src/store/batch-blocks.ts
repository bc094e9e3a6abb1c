// From a batch to blocks: its regions grouped by source. Sources with much text get sealed blocks of
// their own at once; what the others sent goes into one staged block, which the compactor regroups later.
import { ROW, ROW_WIDTH } from '../batch/packed-buffer.js'
import { LIMITS } from '../model/limits.js'
import { BlockRows } from './block-rows.js'
import { fillRows } from './fill-rows.js'
import type { RegionTarget } from './fill-rows.js'
import { prepareBlock } from './prepared-block.js'
import type { PreparedBlock } from './prepared-block.js'

const rows = new BlockRows()

/** Prepares all blocks of a batch, in no particular order. */
export function batchBlocks(
  bytes: Buffer,
  table: Float64Array,
  rowCount: number,
  targetOf: (keyId: number) => RegionTarget,
): PreparedBlock[] {
  const blocks: PreparedBlock[] = []
  const staged: Group = { bytes: 0, lines: 0, regions: [] }
  for (const [sourceId, group] of groupBySource(table, rowCount, targetOf)) {
    if (group.bytes >= LIMITS.sealBytesMin || group.lines >= LIMITS.blockLinesMax) {
      fill(group, sourceId)
    } else addGroup(staged, group)
  }
  staged.regions.sort((a, b) => a - b)
  fill(staged, null)
  return blocks

  function fill({ regions, ...size }: Group, sourceId: number | null): void {
    const flush = (): void => {
      if (rows.count > 0) blocks.push(prepareBlock(rows, sourceId))
      rows.clear()
    }
    rows.clear()
    shareOut(size)
    for (const row of regions) {
      fillRows(rows, bytes, table, row, targetOf(table[row + ROW.key]!), flush)
    }
    flush()
  }
}

interface Group {
  bytes: number
  lines: number
  /** Offsets of rows in the region table. */
  readonly regions: number[]
}

function groupBySource(
  table: Float64Array,
  rowCount: number,
  targetOf: (keyId: number) => RegionTarget,
): Map<number, Group> {
  const groups = new Map<number, Group>()
  for (let row = 0; row < rowCount * ROW_WIDTH; row += ROW_WIDTH) {
    const { sourceId } = targetOf(table[row + ROW.key]!)
    let group = groups.get(sourceId)
    if (!group) groups.set(sourceId, (group = { bytes: 0, lines: 0, regions: [] }))
    group.regions.push(row)
    group.bytes += table[row + ROW.length]! + table[row + ROW.fieldsLength]!
    group.lines += table[row + ROW.lines]!
  }
  return groups
}

function addGroup(to: Group, from: Group): void {
  for (const row of from.regions) to.regions.push(row)
  to.bytes += from.bytes
  to.lines += from.lines
}

// Equal blocks instead of full ones and a rest: a small block packs badly and costs a row like any other.
function shareOut({ bytes, lines }: { readonly bytes: number; readonly lines: number }): void {
  const count = Math.max(
    1,
    Math.ceil(bytes / LIMITS.blockBytesMax),
    Math.ceil(lines / LIMITS.blockLinesMax),
  )
  rows.linesMax = Math.min(LIMITS.blockLinesMax, Math.ceil(lines / count) + 1)
  rows.bytesMax = Math.min(LIMITS.blockBytesMax, Math.ceil(bytes / count) + 1)
}
