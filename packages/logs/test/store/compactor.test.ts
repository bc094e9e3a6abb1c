// Regrouping keeps every line, in the order of seq, however its staged blocks came to lie.
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { decodeBlock } from '../../src/store/block-codec.js'
import { BlockRows } from '../../src/store/block-rows.js'
import { Compactor } from '../../src/store/compactor.js'
import { openReadable } from '../../src/store/database.js'
import { Partition } from '../../src/store/partition.js'
import { prepareBlock } from '../../src/store/prepared-block.js'
import { freshDir } from '../support.js'

const LINES = 20

/** Inserts a staged block of one source whose first line has number `seq`. */
function stage(partition: Partition, seq: number): void {
  const rows = new BlockRows()
  for (let i = 0; i < LINES; i++) {
    rows.seq[i] = rows.n[i] = rows.partSeq[i] = seq + i
    rows.ts[i] = 1_700_000_000_000_000 + seq + i
    rows.run[i] = 0
    rows.level[i] = 9
    rows.kind[i] = 0
    rows.source[i] = 1
    const text = Buffer.from(`line ${seq + i}`)
    rows.push(text, 0, text.length, 0, 0)
  }
  partition.insert(prepareBlock(rows, null))
}

test('Compactor.step() keeps the order of seq when more blocks wait than one step takes', () => {
  const path = join(freshDir(), 'p-0000000000000001.db')
  const create = { createdTs: 0, keys: [], floors: new Map<number, number>() }
  const partition = new Partition(path, 1, { storeId: 'x', durability: 'interval', create })
  const blocks = 63
  for (let i = 0; i < blocks; i++) stage(partition, 1 + i * LINES)
  // As after a restart all of them wait at once: 32 make a step, what it leaves goes behind the other 31.
  const compactor = new Compactor(partition)
  while (compactor.step());
  partition.close()

  const db = openReadable(path)
  const data = db
    .prepare('SELECT data FROM block_data ORDER BY first_seq')
    .pluck()
    .all() as Buffer[]
  db.close()
  const seqs = data.flatMap((block) => {
    const rows = decodeBlock(block)
    return [...rows.seq.subarray(0, rows.count)]
  })
  expect(data.length).toBeLessThan(blocks)
  expect(seqs).toEqual(Array.from({ length: blocks * LINES }, (_, i) => i + 1))
})
