// Regroups staged blocks by source while no batch waits. Many small staged blocks become one larger one;
// a few larger ones become sealed blocks, one source each.
//
//   job:  decode one | decode one | ... | prepare one | prepare one | ... | swap, one transaction
//
// Each of these is a step of a few milliseconds, and a batch may be written between any two: a job only
// reads blocks that nobody else changes, and a crash leaves either the old blocks or the new ones.
import { LogsError } from '../model/errors.js'
import { LIMITS } from '../model/limits.js'
import { BlockRows } from './block-rows.js'
import { decodeBlock } from './block-codec.js'
import type { Partition } from './partition.js'
import { prepareBlock } from './prepared-block.js'
import type { PreparedBlock } from './prepared-block.js'

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
  #job: Generator<void, void> | undefined

  constructor(partition: Partition) {
    this.#partition = partition
    for (const { first_seq, lines, raw_bytes } of partition.staged()) {
      this.#add({ firstSeq: first_seq, lines, bytes: raw_bytes })
    }
  }

  /** A staged block was inserted. */
  added({ meta }: PreparedBlock): void {
    this.#add({ firstSeq: meta.first_seq, lines: meta.lines, bytes: meta.raw_bytes })
  }

  mark(): CompactorMark {
    return { small: this.#small.length, large: this.#large.length }
  }

  restore(mark: CompactorMark): void {
    this.#small.length = mark.small
    this.#large.length = mark.large
  }

  /** Does one step if there is one to do; false when there is none. */
  step(): boolean {
    this.#job ??= this.#nextJob()
    if (!this.#job) return false
    try {
      if (this.#job.next().done) this.#job = undefined
    } catch (error) {
      this.#job = undefined
      throw error
    }
    return true
  }

  /** As {@link step}, for all that is staged, however little: nothing more is to come. */
  finishStep(): boolean {
    if (!this.#job && !(this.#job = this.#nextJob())) {
      const rest = [...this.#large, ...this.#small]
      if (rest.length < 2) return false
      this.#large = []
      this.#small = []
      this.#job = this.#regroup(rest, LIMITS.finalLinesMin, () => {})
    }
    return this.step()
  }

  #nextJob(): Generator<void, void> | undefined {
    // What is left over of large ones stays staged: it would only be moved around again.
    if (this.#large.length >= LIMITS.stagedLargeCount) {
      const taken = this.#large.splice(0, LIMITS.stagedLargeCount)
      return this.#regroup(taken, LIMITS.sealLinesMin, () => {})
    }
    if (this.#small.length < LIMITS.stagedSmallCount) return undefined
    const taken = this.#takeSmall()
    return this.#regroup(taken, LIMITS.stagedSmallLines, (left) => this.#add(left))
  }

  #takeSmall(): Staged[] {
    let bytes = 0
    let count = 0
    for (const staged of this.#small) {
      bytes += staged.bytes
      if (count >= 2 && bytes > LIMITS.compactBytesMax) break
      if (++count === LIMITS.stagedSmallCount) break
    }
    return this.#small.splice(0, count)
  }

  #add(staged: Staged): void {
    const isLarge =
      staged.lines >= LIMITS.stagedSmallLines || staged.bytes >= LIMITS.compactBytesMax / 8
    ;(isLarge ? this.#large : this.#small).push(staged)
  }

  *#regroup(
    staged: readonly Staged[],
    sealLinesMin: number,
    onLeft: (left: Staged) => void,
  ): Generator<void, void> {
    try {
      yield* this.#rewrite(staged, sealLinesMin, onLeft)
    } catch (error) {
      // Not the blocks' fault: they are tried again with the next ones.
      for (const one of staged) this.#add(one)
      throw error
    }
  }

  *#rewrite(
    staged: readonly Staged[],
    sealLinesMin: number,
    onLeft: (left: Staged) => void,
  ): Generator<void, void> {
    const decoded: BlockRows[] = []
    const replaced: number[] = []
    for (const { firstSeq } of staged) {
      const rows = this.#decode(firstSeq)
      if (rows) {
        decoded.push(rows)
        replaced.push(firstSeq)
      }
      yield
    }
    if (decoded.length === 0) return
    const prepared: PreparedBlock[] = []
    const left: Line[] = []
    for (const [sourceId, lines] of groupBySource(decoded)) {
      if (lines.length < sealLinesMin && bytesOf(lines) < LIMITS.sealBytesMin) {
        for (const line of lines) left.push(line)
      } else yield* this.#prepare(lines.sort(bySeq), sourceId, prepared)
    }
    left.sort(bySeq)
    yield* this.#prepare(left, null, prepared)
    this.#partition.transaction(() => {
      for (const firstSeq of replaced) this.#partition.remove(firstSeq)
      for (const block of prepared) this.#partition.insert(block)
    })
    for (const { meta } of prepared) {
      if (meta.source_id !== null) continue
      onLeft({ firstSeq: meta.first_seq, lines: meta.lines, bytes: meta.raw_bytes })
    }
  }

  // A damaged block stays where it is, for `verify` to name; only the others are regrouped.
  #decode(firstSeq: number): BlockRows | undefined {
    try {
      return decodeBlock(this.#partition.data(firstSeq))
    } catch (error) {
      if (error instanceof RangeError) return undefined
      if (error instanceof LogsError && error.code === 'DamagedStore') return undefined
      throw error
    }
  }

  *#prepare(
    lines: readonly Line[],
    sourceId: number | null,
    prepared: PreparedBlock[],
  ): Generator<void, void> {
    const out = this.#out
    out.clear()
    for (const { rows, i } of lines) {
      out.pushFrom(rows, i)
      if (!out.full) continue
      prepared.push(prepareBlock(out, sourceId))
      out.clear()
      yield
    }
    if (out.count === 0) return
    prepared.push(prepareBlock(out, sourceId))
    yield
  }
}

interface Line {
  readonly rows: BlockRows
  readonly i: number
}

// Staged blocks do not wait in order: what a step leaves over goes behind newer ones. A block in which
// seq or n falls could not be read.
function bySeq(a: Line, b: Line): number {
  return a.rows.seq[a.i]! - b.rows.seq[b.i]!
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
