// Regroups staged blocks by source, in small steps between batches. Many small staged blocks become one
// larger one; a few larger ones become sealed blocks, one source each. A step is one transaction: a
// crash leaves either the old blocks or the new ones.
import { LIMITS } from '../model/limits.js'
import { BlockRows } from './block-rows.js'
import { decodeBlock, encodeBlock } from './block-codec.js'
import type { Partition } from './partition.js'

interface Staged {
  readonly firstSeq: number
  readonly lines: number
  readonly bytes: number
}

/** What a rolled-back batch must undo. */
export interface CompactorMark {
  readonly small: number
  readonly large: number
}

export class Compactor {
  readonly #partition: Partition
  readonly #out = new BlockRows()
  #small: Staged[] = []
  #large: Staged[] = []

  constructor(partition: Partition) {
    this.#partition = partition
    for (const { first_seq, lines, raw_bytes } of partition.staged()) {
      this.#add({ firstSeq: first_seq, lines, bytes: raw_bytes })
    }
  }

  /** A staged block was inserted. */
  added(rows: BlockRows): void {
    this.#add({
      firstSeq: rows.seq[0]!,
      lines: rows.count,
      bytes: rows.textLength + rows.fieldsLength,
    })
  }

  mark(): CompactorMark {
    return { small: this.#small.length, large: this.#large.length }
  }

  restore(mark: CompactorMark): void {
    this.#small.length = mark.small
    this.#large.length = mark.large
  }

  /** Does one step if one is due; false when there is nothing to do. */
  step(): boolean {
    if (this.#large.length >= LIMITS.stagedLargeCount) {
      // Taken off the list first: a block that cannot be read is not tried for ever. What is left over
      // here stays staged: it would only be moved around again.
      this.#regroup(this.#large.splice(0, LIMITS.stagedLargeCount), LIMITS.sealLinesMin)
      return true
    }
    if (this.#small.length < LIMITS.stagedSmallCount) return false
    const taken = this.#takeSmall()
    this.#small.splice(0, taken.length)
    const left = this.#regroup(taken, LIMITS.stagedSmallLines)
    for (const staged of left) this.#add(staged)
    return true
  }

  #takeSmall(): Staged[] {
    const taken: Staged[] = []
    let bytes = 0
    for (const staged of this.#small) {
      if (taken.length >= 2 && bytes + staged.bytes > LIMITS.compactBytesMax) break
      taken.push(staged)
      bytes += staged.bytes
      if (taken.length === LIMITS.stagedSmallCount) break
    }
    return taken
  }

  #add(staged: Staged): void {
    const isLarge =
      staged.lines >= LIMITS.stagedSmallLines || staged.bytes >= LIMITS.compactBytesMax / 8
    ;(isLarge ? this.#large : this.#small).push(staged)
  }

  #regroup(staged: readonly Staged[], sealLinesMin: number): Staged[] {
    const blocks = staged.map(({ firstSeq }) => decodeBlock(this.#partition.data(firstSeq)))
    const bySource = groupBySource(blocks)
    const left: Line[] = []
    const result: Staged[] = []
    this.#partition.transaction(() => {
      for (const { firstSeq } of staged) this.#partition.remove(firstSeq)
      for (const [sourceId, lines] of bySource) {
        if (lines.length >= sealLinesMin || bytesOf(lines) >= LIMITS.sealBytesMin) {
          this.#insert(lines, sourceId)
        } else left.push(...lines)
      }
      left.sort((a, b) => a.rows.seq[a.i]! - b.rows.seq[b.i]!)
      result.push(...this.#insert(left, null))
    })
    return result
  }

  #insert(lines: readonly Line[], sourceId: number | null): Staged[] {
    const inserted: Staged[] = []
    const out = this.#out
    out.clear()
    const flush = (): void => {
      if (out.count === 0) return
      this.#partition.insert(out, sourceId, encodeBlock(out, { pack: true }))
      inserted.push({
        firstSeq: out.seq[0]!,
        lines: out.count,
        bytes: out.textLength + out.fieldsLength,
      })
      out.clear()
    }
    for (const { rows, i } of lines) {
      out.pushFrom(rows, i)
      if (out.full) flush()
    }
    flush()
    return inserted
  }
}

interface Line {
  readonly rows: BlockRows
  readonly i: number
}

function groupBySource(blocks: readonly BlockRows[]): Map<number, Line[]> {
  const groups = new Map<number, Line[]>()
  for (const rows of blocks) {
    for (let i = 0; i < rows.count; i++) {
      const source = rows.source[i]!
      const group = groups.get(source)
      if (group) group.push({ rows, i })
      else groups.set(source, [{ rows, i }])
    }
  }
  return groups
}

function bytesOf(lines: readonly Line[]): number {
  return lines.reduce((sum, { rows, i }) => sum + rows.textStart[i + 1]! - rows.textStart[i]!, 0)
}
