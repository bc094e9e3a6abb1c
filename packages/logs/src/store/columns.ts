// One column of integers of a block: constant columns cost two bytes or so, others a varint a value.
// Signed values are zigzag-coded by the caller's choice of deltas; numbers reach 2^53.

const CONSTANT = 0
const VARINT = 1

/** Grows as needed; holds the columns of one block while it is encoded. */
export class ByteWriter {
  #bytes: Buffer
  length: number = 0

  constructor(size: number = 65_536) {
    this.#bytes = Buffer.allocUnsafeSlow(size)
  }

  /** The written bytes; valid until the next write or reset. */
  view(): Buffer {
    return this.#bytes.subarray(0, this.length)
  }

  reset(): void {
    this.length = 0
  }

  byte(value: number): void {
    this.reserve(1)
    this.#bytes[this.length++] = value
  }

  /** Writes an unsigned integer below 2^53, 7 bits a byte, low bits first (LEB128). */
  varint(value: number): void {
    // Nobody could read what would be written: better the batch fails, and is kept.
    if (!(value >= 0)) throw new RangeError(`Expected an integer from 0 in a column, got ${value}`)
    this.reserve(8)
    const bytes = this.#bytes
    let rest = value
    while (rest >= 0x80) {
      bytes[this.length++] = (rest % 128) | 0x80
      rest = rest < 0x80000000 ? rest >>> 7 : Math.floor(rest / 128)
    }
    bytes[this.length++] = rest
  }

  reserve(size: number): void {
    if (this.length + size <= this.#bytes.length) return
    const larger = Buffer.allocUnsafeSlow(Math.max(this.#bytes.length * 2, this.length + size))
    this.#bytes.copy(larger, 0, 0, this.length)
    this.#bytes = larger
  }
}

/** Writes `count` unsigned integers as a column. */
export function writeColumn(
  writer: ByteWriter,
  values: Float64Array | Int32Array,
  count: number,
): void {
  const first = count === 0 ? 0 : values[0]!
  let isConstant = true
  for (let i = 1; i < count; i++) {
    if (values[i] !== first) {
      isConstant = false
      break
    }
  }
  writer.byte(isConstant ? CONSTANT : VARINT)
  if (isConstant) {
    writer.varint(first)
    return
  }
  for (let i = 0; i < count; i++) writer.varint(values[i]!)
}

/** Reads columns in the order in which they were written. */
export class ByteReader {
  readonly bytes: Buffer
  offset: number = 0

  constructor(bytes: Buffer) {
    this.bytes = bytes
  }

  byte(): number {
    if (this.offset >= this.bytes.length) throw new RangeError('Expected more bytes in a block')
    return this.bytes[this.offset++]!
  }

  varint(): number {
    let value = 0
    let scale = 1
    for (let i = 0; i < 8; i++) {
      const byte = this.byte()
      value += (byte & 0x7f) * scale
      if (byte < 0x80) return value
      scale *= 128
    }
    throw new RangeError('Expected a varint of at most 8 bytes in a block')
  }

  column(count: number): Float64Array {
    const values = new Float64Array(count)
    const kind = this.byte()
    if (kind === CONSTANT) return values.fill(this.varint())
    if (kind !== VARINT) throw new RangeError(`Expected a column of kind 0 or 1, got ${kind}`)
    for (let i = 0; i < count; i++) values[i] = this.varint()
    return values
  }
}

/** Maps signed to unsigned integers with small magnitudes staying small. */
export function zigzag(value: number): number {
  return value >= 0 ? value * 2 : -value * 2 - 1
}

export function unzigzag(value: number): number {
  return value % 2 === 0 ? value / 2 : -(value + 1) / 2
}
