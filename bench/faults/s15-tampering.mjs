// S15: somebody edits a store that is closed: changes a row, deletes one, swaps the payloads of two batches,
// or exchanges two partitions. `verifyStore` must name the batch or the partition.
import { cpSync, renameSync, rmSync } from 'node:fs'
import { basename, join } from 'node:path'
import { verifyStore } from '@hero/logs'
import { createRandom } from '../random.mjs'
import { databases, openDatabase, openPlace } from './place.mjs'
import { fillStore } from './store.mjs'

const TIMES = 100
/** Partitions large enough that each has a block of every source. */
const FILLED = { lines: 24_000, partitionBytes: 131_072 }

/** Each changes the store in `dir` and returns `{ partition, seq? }`: what must be named. */
const EDITS = {
  'a row edited': (dir, random) => {
    const column = random.pick([
      'lines',
      'ts_min',
      'ts_max',
      'level_mask',
      'raw_bytes',
      'source_id',
    ])
    return inBlocks(dir, random, (db, [{ first_seq: seq }]) => {
      db.prepare(
        `UPDATE blocks SET ${column} = coalesce(${column}, 0) + 1 WHERE first_seq = ?`,
      ).run(seq)
      return seq
    })
  },
  'a row deleted': (dir, random) =>
    inBlocks(dir, random, (db, [{ first_seq: seq }]) => {
      for (const table of ['blocks', 'block_data', 'signatures'])
        db.prepare(`DELETE FROM ${table} WHERE first_seq = ?`).run(seq)
      return undefined
    }),
  'two batches swapped': (dir, random) =>
    inBlocks(dir, random, (db, [one, other]) => {
      const put = db.prepare('UPDATE block_data SET data = ? WHERE first_seq = ?')
      put.run(other.data, one.first_seq)
      put.run(one.data, other.first_seq)
      return Math.min(one.first_seq, other.first_seq)
    }),
  'two partitions swapped': (dir, random) => {
    const at = random.integer(0, partitions(dir).length - 2)
    const [one, other] = partitions(dir).slice(at, at + 2)
    const aside = join(dir, 'aside')
    renameSync(one, aside)
    renameSync(other, one)
    renameSync(aside, other)
    return { partition: basename(one) }
  },
}

export const tampering = {
  id: 'S15',
  what: 'rows edited and deleted, batches reordered, partitions swapped in a closed store',
  bound: 'logs verify names the batch: 100 of 100',
  async run({ count, seed }) {
    const place = openPlace()
    const failures = []
    const random = createRandom(seed)
    const times = Math.max(4, Math.round((TIMES * count) / 200))
    try {
      await fillStore(place.logsDir, FILLED)
      for (let i = 0; i < times; i++) {
        const [name, edit] = Object.entries(EDITS)[i % 4]
        const dir = join(place.folder, 'edited')
        cpSync(place.logsDir, dir, { recursive: true })
        const { partition, seq } = edit(dir, random)
        const damage = verify(dir)
        const isNamed = damage.some(
          (one) => one.partition === partition && (seq === undefined || covers(one, seq)),
        )
        if (!isNamed)
          failures.push(`${name}: ${partition} ${seq ?? ''} not among ${JSON.stringify(damage)}`)
        rmSync(dir, { recursive: true })
      }
    } finally {
      place.remove()
    }
    return { figure: `${times - failures.length} of ${times} named`, failures }
  },
}

function covers({ from_seq: from, to_seq: to }, seq) {
  return from === undefined || from === null || (from <= seq && seq <= (to ?? from))
}

function inBlocks(dir, random, change) {
  const path = random.pick(partitions(dir))
  const db = openDatabase(path)
  const blocks = db
    .prepare('SELECT first_seq, data FROM block_data ORDER BY random() LIMIT 2')
    .all()
  const seq = change(db, blocks.length === 2 ? blocks : [blocks[0], blocks[0]])
  db.close()
  return { partition: basename(path), seq }
}

/** Partitions of more than one block. */
function partitions(dir) {
  return databases(dir)
    .filter((name) => name.startsWith('p-'))
    .map((name) => join(dir, name))
    .filter((path) => {
      const db = openDatabase(path)
      const blocks = db.prepare('SELECT count(*) FROM blocks').pluck().get()
      db.close()
      return blocks > 1
    })
}

function verify(dir) {
  const steps = verifyStore(dir)
  let step = steps.next()
  while (!step.done) step = steps.next()
  return step.value.damage
}
