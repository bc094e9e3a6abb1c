// From a batch to blocks: its regions grouped by source. Sources with much text get sealed blocks of
// their own at once; what the others sent goes into one staged block, which the compactor regroups later.
import { ROW, ROW_WIDTH } from '../batch/packed-buffer.js'
import { LIMITS } from '../model/limits.js'
import { BlockRows } from './block-rows.js'
import { fillRows } from './fill-rows.js'
import type { RegionTarget } from './fill-rows.js'
import { prepareBlock, prepareBlockAside } from './prepared-block.js'
import type { PreparedBlock } from './prepared-block.js'

const rows = new BlockRows()
/** Room for text, used again when its packing is done: two batches are under way, of two full blocks each. */
const spareTexts: Buffer[] = []
const SPARE_TEXTS_MAX = 4

/**
 * Prepares all blocks of a batch, in no particular order. When it returns, `bytes` and `table` are not needed
 * any more; the promise is settled when other threads have packed the blocks.
 */
export function batchBlocks(
  bytes: Buffer,
  table: Float64Array,
  rowCount: number,
  targetOf: (keyId: number) => RegionTarget,
): Promise<PreparedBlock[]> {
  const blocks: Promise<PreparedBlock>[] = []
  const staged: Group = { bytes: 0, lines: 0, regions: [] }
  for (const [sourceId, group] of groupBySource(table, rowCount, targetOf)) {
    if (group.bytes >= LIMITS.sealBytesMin || group.lines >= LIMITS.blockLinesMax) {
      fill(group, sourceId)
    } else addGroup(staged, group)
  }
  staged.regions.sort((a, b) => a - b)
  fill(staged, null)
  return Promise.all(blocks)

  function fill({ regions, ...size }: Group, sourceId: number | null): void {
    const flush = (): void => {
      if (rows.count > 0) blocks.push(prepare(sourceId))
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

// Large ones are packed by other threads while this one goes on; a small one is not worth the way there.
async function prepare(sourceId: number | null): Promise<PreparedBlock> {
  const isLarge = rows.textLength >= LIMITS.packAsideBytesMin
  if (sourceId === null || !isLarge) return prepareBlock(rows, sourceId)
  const { text } = rows
  const preparing = prepareBlockAside(rows, sourceId)
  rows.text = spareTexts.pop() ?? Buffer.allocUnsafeSlow(LIMITS.blockRoomBytes)
  try {
    return await preparing
  } finally {
    const isSpare = spareTexts.length < SPARE_TEXTS_MAX && text.length === LIMITS.blockRoomBytes
    if (isSpare) spareTexts.push(text)
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
