// The signatures of one partition in memory: end to end, with the blocks that have none beside them. Those
// of sealed partitions stay for the next search, up to a bound over all partitions.
import { LIMITS } from '../model/limits.js'
import { mayHold } from '../store/signature.js'

let keptBytes = 0

export class SignatureIndex {
  readonly #firstSeqs: readonly number[]
  /** First seqs of blocks without a signature. */
  readonly #unsigned: readonly number[]
  readonly #bytes: Buffer
  /** Where each signature begins; one more than there are. */
  readonly #starts: Uint32Array
  #isKept = false

  /**
   * @param firstSeqs - Of all blocks.
   * @param signatures - First seq and signature of the blocks that have one.
   */
  constructor(firstSeqs: readonly number[], signatures: readonly (readonly [number, Buffer])[]) {
    const signed = new Set(signatures.map(([firstSeq]) => firstSeq))
    this.#firstSeqs = [...signed]
    this.#unsigned = firstSeqs.filter((firstSeq) => !signed.has(firstSeq))
    this.#bytes = Buffer.concat(signatures.map(([, signature]) => signature))
    this.#starts = new Uint32Array(signatures.length + 1)
    for (const [i, [, { length }]] of signatures.entries()) {
      this.#starts[i + 1] = this.#starts[i]! + length
    }
  }

  /** Takes its room among what is kept; false when there is none left. */
  keep(): boolean {
    if (keptBytes + this.#bytes.length > LIMITS.signatureCacheBytes) return false
    keptBytes += this.#bytes.length
    this.#isKept = true
    return true
  }

  /** Gives its room back. */
  drop(): void {
    if (this.#isKept) keptBytes -= this.#bytes.length
    this.#isKept = false
  }

  /** First seqs of the blocks in which all trigrams may be, in no order. */
  candidates(trigrams: Int32Array): number[] {
    const found = [...this.#unsigned]
    for (const [i, firstSeq] of this.#firstSeqs.entries()) {
      const signature = this.#bytes.subarray(this.#starts[i], this.#starts[i + 1])
      if (mayHold(signature, trigrams)) found.push(firstSeq)
    }
    return found
  }
}
