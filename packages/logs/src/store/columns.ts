// One column of integers of a block: constant columns cost two bytes or so, others a varint a value.
// Signed values are zigzag-coded by the caller's choice of deltas; numbers reach 2^53.

const CONSTANT = 0
const VARINT = 1
const ELSEWHERE = 2

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

  /** Writes `count` numbers as {@link varint} does. */
  varints(values: Float64Array, count: number): void {
    this.reserve(count * 8)
    const bytes = this.#bytes
    for (let i = 0; i < count; i++) {
      const value = values[i]!
      // Most numbers take one byte.
      if (value >= 0 && value < 0x80) bytes[this.length++] = value
      else this.varint(value)
    }
  }

  reserve(size: number): void {
    if (this.length + size <= this.#bytes.length) return
    const larger = Buffer.allocUnsafeSlow(Math.max(this.#bytes.length * 2, this.length + size))
    this.#bytes.copy(larger, 0, 0, this.length)
    this.#bytes = larger
  }
}

/** Writes `count` unsigned integers as a column. @throws {RangeError} If one is negative. */
export function writeColumn(writer: ByteWriter, values: Float64Array, count: number): void {
  const first = count === 0 ? 0 : values[0]!
  let isConstant = true
  for (let i = 1; i < count; i++) {
    if (values[i] !== first) {
      isConstant = false
      break
    }
  }
  writer.byte(isConstant ? CONSTANT : VARINT)
  if (isConstant) writer.varint(first)
  else writer.varints(values, count)
}

/** Writes a column whose values the reader finds elsewhere. */
export function writeNoColumn(writer: ByteWriter): void {
  writer.byte(ELSEWHERE)
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

  /** Passes over a column that is written elsewhere; false if there is one here. */
  skipNoColumn(): boolean {
    if (this.bytes[this.offset] !== ELSEWHERE) return false
    this.offset++
    return true
  }

  /** Reads a column of `count` numbers into `target`, from index `start` on. */
  column(target: Float64Array, count: number, start: number = 0): void {
    const kind = this.byte()
    if (kind === CONSTANT) {
      target.fill(this.varint(), start, start + count)
      return
    }
    if (kind !== VARINT) throw new RangeError(`Expected a column of kind 0 or 1, got ${kind}`)
    const { bytes } = this
    for (let i = start; i < start + count; i++) {
      // Most numbers take one byte.
      const byte = bytes[this.offset]!
      if (byte < 0x80) {
        target[i] = byte
        this.offset++
      } else target[i] = this.varint()
    }
  }
}

/** Maps signed to unsigned integers with small magnitudes staying small. */
export function zigzag(value: number): number {
  return value >= 0 ? value * 2 : -value * 2 - 1
}

export function unzigzag(value: number): number {
  if (value < 0x80000000) return (value >>> 1) ^ -(value & 1)
  return value % 2 === 0 ? value / 2 : -(value + 1) / 2
}
