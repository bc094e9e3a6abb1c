// Proving that a store is what was written: every file, every block, and the chain between them. Reads
// only; a running writer is not disturbed, as each partition is read in one snapshot.
import { existsSync } from 'node:fs'
import { basename } from 'node:path'
import { decodeBlock } from './block-codec.js'
import { BlockFile } from './block-file.js'
import type { BlockRecord } from './block-meta.js'
import type { BlockRows } from './block-rows.js'
import { readStoreId } from './catalog.js'
import { openReadable, translateError } from './database.js'
import { ownerOf } from './schema.js'
import { catalogPath, listPartitions } from './store-files.js'
import type { PartitionFile } from './store-files.js'

/** Something that is not as it was written. */
export interface Damage {
  /** Name of the file. */
  readonly partition: string
  /** First and last seq of the block; absent when the file as a whole is meant. */
  readonly from_seq?: number
  readonly to_seq?: number
  readonly lines?: number
  readonly problem: string
}

export interface VerifyReport {
  readonly partitions: number
  readonly blocks: number
  readonly lines: number
  /** Oldest first; empty when all is well. */
  readonly damage: readonly Damage[]
}

/**
 * Verifies the store in `dir`, yielding the report so far after each partition.
 *
 * @throws {LogsError} `NotFound` if there is no store in `dir`.
 */
export function* verifyStore(dir: string): Generator<VerifyReport, VerifyReport> {
  const storeId = readStoreId(dir)
  let report: VerifyReport = { partitions: 0, blocks: 0, lines: 0, damage: verifyCatalog(dir) }
  for (const partition of listPartitions(dir)) {
    const found = verifyPartition(partition, storeId)
    report = {
      partitions: report.partitions + 1,
      blocks: report.blocks + found.blocks,
      lines: report.lines + found.lines,
      damage: [...report.damage, ...found.damage],
    }
    yield report
  }
  return report
}

type Found = Omit<VerifyReport, 'partitions'>

function verifyPartition({ path, firstSeq }: PartitionFile, storeId: string): Found {
  const partition = basename(path)
  let file
  try {
    file = new BlockFile(path)
    return file.snapshot(() => verifyBlocks(file!, partition, firstSeq, storeId))
  } catch (error) {
    // Retention has just removed it.
    if (!existsSync(path)) return { blocks: 0, lines: 0, damage: [] }
    return { blocks: 0, lines: 0, damage: [{ partition, problem: reasonOf(error) }] }
  } finally {
    file?.close()
  }
}

// Losing it costs limits and counts, no line: it is damage all the same.
function verifyCatalog(dir: string): Damage[] {
  const path = catalogPath(dir)
  try {
    const db = openReadable(path)
    try {
      const answer = db.pragma('integrity_check(1)', { simple: true })
      return answer === 'ok' ? [] : [{ partition: basename(path), problem: String(answer) }]
    } finally {
      db.close()
    }
  } catch (error) {
    return [{ partition: basename(path), problem: reasonOf(translateError(path, error)) }]
  }
}

function verifyBlocks(
  file: BlockFile,
  partition: string,
  firstSeq: number,
  storeId: string,
): Found {
  const damage: Damage[] = []
  const meta = file.meta()
  if (meta.get('store_id') !== storeId)
    damage.push({ partition, problem: 'belongs to another store' })
  if (meta.get('first_seq') !== String(firstSeq)) {
    damage.push({ partition, problem: `was made as the partition of seq ${meta.get('first_seq')}` })
  }
  const end = file.chainEnd()
  if (end.owner !== ownerOf(storeId, firstSeq)) {
    damage.push({ partition, problem: `has blocks of ${end.owner}` })
  }
  const structure = file.structureProblem()
  if (structure !== undefined) damage.push({ partition, problem: structure })
  const records = file.records()
  let previous = 0
  for (const record of records) {
    const place = {
      partition,
      from_seq: record.first_seq,
      to_seq: record.last_seq,
      lines: record.lines,
    }
    if (record.prev_crc !== previous) {
      damage.push({ ...place, problem: 'the block before it is not the one that was written' })
    }
    previous = record.crc
    const problem = blockProblem(file, record)
    if (problem !== undefined) damage.push({ ...place, problem })
  }
  if (end.crc !== previous || end.blocks !== records.length) {
    damage.push({ partition, problem: `Expected ${end.blocks} blocks, got ${records.length}` })
  }
  return {
    blocks: records.length,
    lines: records.reduce((sum, { lines }) => sum + lines, 0),
    damage,
  }
}

function blockProblem(file: BlockFile, record: BlockRecord): string | undefined {
  const data = file.load(record)
  if (!data) return 'the block does not have the checksum that was written'
  try {
    return rowsProblem(decodeBlock(data), record)
  } catch (error) {
    return reasonOf(error)
  }
}

function rowsProblem(rows: BlockRows, record: BlockRecord): string | undefined {
  if (rows.count !== record.lines) return `Expected ${record.lines} lines, got ${rows.count}`
  if (rows.seq[0] !== record.first_seq || rows.seq[rows.count - 1] !== record.last_seq) {
    return `Expected seqs from ${record.first_seq} to ${record.last_seq}, got others`
  }
  return undefined
}

// What SQLite or the codec say, without the path: reports go to clients.
function reasonOf(error: unknown): string {
  const { cause, message } = error as Error
  return cause instanceof Error ? cause.message : message.replace(/\/\S*\//g, '')
}
