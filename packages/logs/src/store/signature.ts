// Which blocks a search may skip: a bit table over the byte trigrams of a block's text, cases folded.
// A block whose table lacks one trigram of the needle cannot hold it; one that has them all may. The
// idea is a Bloom filter with one hash, as in Google's code search (Russ Cox, "Regular Expression
// Matching with a Trigram Index", 2012).
//
// Bytes fall into 64 classes, so that a trigram is an 18-bit number: letters (cases as one) and digits
// have a class each, the rest share. That number is hashed to the size of the block's own table.
import { isAscii } from 'node:buffer'
import { LIMITS } from '../model/limits.js'

const CLASSES = classTable()
// Classes of two neighbouring bytes at once, by the little-endian number that they make: the scan is
// the dearest part, and this halves it.
const PAIRS = Uint16Array.from(
  { length: 65_536 },
  (_, pair) => (CLASSES[pair & 255]! << 6) | CLASSES[pair >> 8]!,
)
const TRIGRAMS = 2 ** 18

/** Letters that become ASCII ones in lower case although they are none: Kelvin sign, dotted capital I. */
const FOLDS_TO_ASCII = [Buffer.from('\u212a'), Buffer.from('\u0130')]

const seen = new Uint8Array(TRIGRAMS)
// Seen trigrams eight at a time; all ones and zeros, so never NaN.
const seenEights = new Float64Array(seen.buffer)
const distinct = new Int32Array(TRIGRAMS)

/**
 * Returns the signature of `text[0, length)`: 1.75 bits for every distinct trigram, so that 44 % are set
 * and a needle of ten letters passes by chance once in 750 blocks. Null if none can be made: any text may
 * be inside.
 */
export function buildSignature(text: Buffer, length: number): Buffer | null {
  const bytes = text.subarray(0, length)
  if (!isAscii(bytes) && FOLDS_TO_ASCII.some((letter) => bytes.includes(letter))) return null
  seen.fill(0)
  scan(bytes)
  const count = collect()
  const signature = Buffer.alloc(Math.max(LIMITS.signatureBytesMin, Math.ceil((count * 1.75) / 8)))
  const bits = signature.length * 8
  for (let i = 0; i < count; i++) {
    const bit = hash(distinct[i]!, bits)
    signature[bit >> 3]! |= 1 << (bit & 7)
  }
  return signature
}

/** The trigrams that a text must hold, from substrings of it in UTF-8 that are sure to be there. */
export function trigramsOf(needles: readonly string[]): Int32Array {
  const found = new Set<number>()
  for (const needle of needles) {
    let trigram = 0
    let run = 0
    for (const byte of Buffer.from(needle)) {
      // Beyond ASCII, folding cases can change bytes, and invalid ones are shown as others.
      run = byte < 128 ? run + 1 : 0
      trigram = ((trigram << 6) | CLASSES[byte]!) & (TRIGRAMS - 1)
      if (run >= 3) found.add(trigram)
    }
  }
  return Int32Array.from(found)
}

/** False if a text with this signature cannot hold all of the trigrams. */
export function mayHold(signature: Uint8Array, trigrams: Int32Array): boolean {
  const bits = signature.length * 8
  for (const trigram of trigrams) {
    const bit = hash(trigram, bits)
    if ((signature[bit >> 3]! & (1 << (bit & 7))) === 0) return false
  }
  return true
}

// Fibonacci hashing: the product with 2^32 / golden ratio, scaled down from 2^32 to the table's size.
function hash(trigram: number, bits: number): number {
  return Math.floor((Math.imul(trigram, 0x9e3779b1) >>> 0) * (bits / 2 ** 32))
}

function scan(bytes: Buffer): void {
  const head = bytes.byteOffset % 4 === 0 ? bytes.length - (bytes.length % 4) : 0
  const words = new Uint32Array(bytes.buffer, head === 0 ? 0 : bytes.byteOffset, head / 4)
  let four = 0
  for (let i = 0; i < words.length; i++) {
    const word = words[i]!
    const low = PAIRS[word & 0xffff]!
    const high = PAIRS[word >>> 16]!
    four = ((four & 0xfff) << 12) | low
    seen[four >> 6] = 1
    seen[four & 0x3ffff] = 1
    four = (low << 12) | high
    seen[four >> 6] = 1
    seen[four & 0x3ffff] = 1
  }
  for (let i = head; i < bytes.length; i++) {
    four = ((four << 6) | CLASSES[bytes[i]!]!) & 0xffffff
    seen[four & 0x3ffff] = 1
  }
}

// Lists the trigrams that were seen; returns how many.
function collect(): number {
  let count = 0
  for (let i = 0; i < seenEights.length; i++) {
    if (seenEights[i] === 0) continue
    for (let trigram = i * 8; trigram < i * 8 + 8; trigram++) {
      if (seen[trigram] === 1) distinct[count++] = trigram
    }
  }
  return count
}

// 0 to 25 letters, 26 to 35 digits, the other bytes spread over the 28 that are left.
function classTable(): Uint8Array {
  return Uint8Array.from({ length: 256 }, (_, byte) => {
    const folded = byte >= 65 && byte <= 90 ? byte + 32 : byte
    if (folded >= 97 && folded <= 122) return folded - 97
    if (byte >= 48 && byte <= 57) return byte - 48 + 26
    return 36 + ((byte * 7) % 28)
  })
}
