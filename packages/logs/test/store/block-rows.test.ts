// A block in the making: what fits into the room that it has, and what needs more.
import { expect, test } from 'vitest'
import { BlockRows } from '../../src/store/block-rows.js'
import { LIMITS } from '../../src/model/limits.js'

/** Where capture splits a line unless it is told otherwise. */
const SPLIT_BYTES = 65_536

test('BlockRows.push() fills a block with lines of the default limit without more room', () => {
  const rows = new BlockRows()
  const { text } = rows
  fill(rows, Buffer.alloc(SPLIT_BYTES, 'x'))
  expect(rows.textLength).toBeGreaterThan(LIMITS.blockBytesMax)
  expect(rows.text === text).toBe(true)
})

test('BlockRows.push() makes room for a record that goes beyond it, and keeps what was there', () => {
  const rows = new BlockRows()
  const last = Buffer.alloc(LIMITS.recordBytesMax, 'z')
  const line = Buffer.alloc(SPLIT_BYTES, 'x')
  for (let i = 0; i < 7; i++) rows.push(line, 0, line.length, 0, 0)
  rows.push(last, 0, last.length, 0, 0)
  expect(rows.full).toBe(true)
  expect(textOf(rows, 6).equals(line)).toBe(true)
  expect(textOf(rows, 7).equals(last)).toBe(true)
})

function fill(rows: BlockRows, line: Buffer): void {
  while (!rows.full) rows.push(line, 0, line.length, 0, 0)
}

function textOf(rows: BlockRows, i: number): Buffer {
  return rows.text.subarray(rows.textStart[i], rows.textStart[i + 1]! - 1)
}
