// What a batch holds of each key: the accounts' side of a commit.
import { regionBytes, ROW, ROW_WIDTH } from '../batch/packed-buffer.js'

/** What one batch stored, by key. */
export type StoredTally = (readonly [keyId: number, lines: number, bytes: number])[]

/** Tallies the regions of a batch. */
export function tallyBatch(table: Float64Array, rowCount: number): StoredTally {
  const byKey = new Map<number, { lines: number; bytes: number }>()
  for (let row = 0; row < rowCount * ROW_WIDTH; row += ROW_WIDTH) {
    const key = table[row + ROW.key]!
    const sum = byKey.get(key) ?? { lines: 0, bytes: 0 }
    sum.lines += table[row + ROW.lines]!
    sum.bytes += regionBytes(table, row)
    byKey.set(key, sum)
  }
  return [...byKey].map(([key, { lines, bytes }]) => [key, lines, bytes] as const)
}
