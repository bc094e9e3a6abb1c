// A set of seqs as runs of neighbours, small enough to keep for a partition that is gone: so that it can
// still be said how many of a source's lines came after a cursor.
import { brotliCompressSync, brotliDecompressSync } from 'node:zlib'
import { ByteReader, ByteWriter } from './columns.js'

const writer = new ByteWriter()

/** Collects seqs in any order. */
export class SeqRuns {
  lines: number = 0
  /** First and last seq of each run, in the order in which they came. */
  readonly #ends: number[] = []

  add(seq: number): void {
    this.lines++
    const ends = this.#ends
    if (ends.length > 0 && ends[ends.length - 1] === seq - 1) ends[ends.length - 1] = seq
    else ends.push(seq, seq)
  }

  /** Runs as varints: distance to the run before, then length less one; packed with brotli. */
  encode(): Buffer {
    const runs: [number, number][] = []
    for (let i = 0; i < this.#ends.length; i += 2) runs.push([this.#ends[i]!, this.#ends[i + 1]!])
    runs.sort((a, b) => a[0] - b[0])
    writer.reset()
    writer.varint(runs.length)
    let before = 0
    for (const [first, last] of runs) {
      writer.varint(first - before)
      writer.varint(last - first)
      before = last
    }
    return brotliCompressSync(writer.view())
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
