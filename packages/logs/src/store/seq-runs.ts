// A set of seqs as runs of neighbours, small enough to keep for a partition that is gone: so that it can
// still be said how many of a source's lines came after a cursor.
import { brotliCompressSync, brotliDecompressSync, constants } from 'node:zlib'
import { ByteReader, ByteWriter } from './columns.js'

const writer = new ByteWriter()

/** Collects seqs in any order. */
export class SeqRuns {
  lines: number = 0
  /** Of each run, in the order in which they came. */
  readonly #firsts: number[] = []
  readonly #lasts: number[] = []

  add(seq: number): void {
    this.lines++
    const newest = this.#lasts.length - 1
    if (newest >= 0 && this.#lasts[newest] === seq - 1) this.#lasts[newest] = seq
    else {
      this.#firsts.push(seq)
      this.#lasts.push(seq)
    }
  }

  /** Runs as varints: distance to the run before, then length less one; packed with brotli. */
  encode(): Buffer {
    // Runs do not overlap: in order, the first first belongs to the first last.
    const firsts = Float64Array.from(this.#firsts).sort()
    const lasts = Float64Array.from(this.#lasts).sort()
    writer.reset()
    writer.varint(firsts.length)
    let before = 0
    for (const [i, first] of firsts.entries()) {
      writer.varint(first - before)
      writer.varint(lasts[i]! - first)
      before = lasts[i]!
    }
    // The default takes seconds for what this does in milliseconds.
    return brotliCompressSync(writer.view(), { params: { [constants.BROTLI_PARAM_QUALITY]: 1 } })
  }
}

/** How many of the seqs are above `seq`. */
export function countAbove(encoded: Buffer, seq: number): number {
  const reader = new ByteReader(brotliDecompressSync(encoded))
  let count = 0
  let before = 0
  for (let left = reader.varint(); left > 0; left--) {
    const first = before + reader.varint()
    const last = first + reader.varint()
    if (last > seq) count += last - Math.max(first - 1, seq)
    before = last
  }
  return count
}
