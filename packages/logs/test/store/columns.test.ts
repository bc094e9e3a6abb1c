// Integer columns: what was written is what is read, constants stay small.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ByteReader, ByteWriter, unzigzag, writeColumn, zigzag } from '../../src/store/columns.js'

test('ByteReader.varint() gives back every integer below 2^53', () => {
  fc.assert(
    fc.property(fc.array(fc.maxSafeNat()), (values) => {
      const writer = new ByteWriter(8)
      for (const value of values) writer.varint(value)
      const reader = new ByteReader(Buffer.from(writer.view()))
      expect(values.map(() => reader.varint())).toEqual(values)
      expect(reader.offset).toBe(writer.length)
    }),
  )
})

test.each([0, 127, 128, 16_383, 16_384, 2 ** 31 - 1, 2 ** 31, 2 ** 32, 2 ** 53 - 1])(
  'varint() survives its own boundary %d',
  (value) => {
    const writer = new ByteWriter()
    writer.varint(value)
    expect(new ByteReader(Buffer.from(writer.view())).varint()).toBe(value)
  },
)

test('column() gives back columns in the order in which they were written', () => {
  fc.assert(
    fc.property(fc.array(fc.array(fc.maxSafeNat(), { minLength: 1 })), (columns) => {
      const writer = new ByteWriter(8)
      for (const values of columns) writeColumn(writer, Float64Array.from(values), values.length)
      const reader = new ByteReader(Buffer.from(writer.view()))
      const target = new Float64Array(Math.max(0, ...columns.map(({ length }) => length)) + 3)
      for (const values of columns) {
        reader.column(target, values.length, 3)
        expect([...target.subarray(3, values.length + 3)]).toEqual(values)
      }
    }),
  )
})

test('writeColumn() spends two bytes on a constant', () => {
  const writer = new ByteWriter()
  writeColumn(writer, new Float64Array(4096).fill(1), 4096)
  expect(writer.length).toBe(2)
})

test('unzigzag() undoes zigzag()', () => {
  fc.assert(
    fc.property(fc.integer({ min: -(2 ** 52) + 1, max: 2 ** 52 - 1 }), (value) => {
      expect(zigzag(value)).toBeGreaterThanOrEqual(0)
      expect(unzigzag(zigzag(value))).toBe(value)
    }),
  )
})

test('ByteReader refuses what ends too early', () => {
  expect(() => new ByteReader(Buffer.from([0x80])).varint()).toThrowErrorMatchingInlineSnapshot(
    `[RangeError: Expected more bytes in a block]`,
  )
})

test('varint() refuses a negative number', () => {
  expect(() => {
    new ByteWriter().varint(-14)
  }).toThrow('Expected an integer from 0 in a column, got -14')
})
