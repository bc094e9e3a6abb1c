// Damage behind the library's back: `verify` names every case, reading answers the rest as it was, and
// says what is missing.
import { renameSync, rmSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { openLogReader, verifyStore } from '@hero/logs'
import type { Damage, DamagedBlock, Entry, QueryPage } from '@hero/logs'
import type Database from 'better-sqlite3'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  breakBlock,
  edit,
  essence,
  open,
  partitionPaths,
  storeCopy,
  writeLines,
} from './fixtures.js'

interface Block {
  readonly path: string
  readonly first_seq: number
  readonly last_seq: number
  readonly lines: number
  readonly bytes: number
  readonly bits: number
}

function blocksOf(dir: string): Block[] {
  return partitionPaths(dir).flatMap((path) =>
    edit(path, (db) => {
      const sql = `SELECT first_seq, last_seq, lines, length(data) AS bytes, length(bits) AS bits FROM blocks
        JOIN block_data USING (first_seq) LEFT JOIN signatures USING (first_seq) ORDER BY first_seq`
      return (db.prepare(sql).all() as Omit<Block, 'path'>[]).map((block) => ({ ...block, path }))
    }),
  )
}

function damageOf(dir: string): readonly Damage[] {
  const steps = verifyStore(dir)
  let step = steps.next()
  while (!step.done) step = steps.next()
  return step.value.damage
}

/** Flips a bit of a blob behind the library's back, and back again. */
function flip(block: Block, table: string, column: string, at: number, bit: number): void {
  edit(block.path, (db) => {
    const where = 'WHERE first_seq = ?'
    const select = db.prepare(`SELECT ${column} FROM ${table} ${where}`).pluck()
    const blob = select.get(block.first_seq) as Buffer
    blob[at % blob.length]! ^= 1 << bit
    db.prepare(`UPDATE ${table} SET ${column} = ? ${where}`).run(blob, block.first_seq)
  })
}

function readPages(
  dir: string,
  order: 'asc' | 'desc',
): { entries: Entry[]; damaged: DamagedBlock[] } {
  const reader = openLogReader({ dir })
  const entries: Entry[] = []
  const damaged: DamagedBlock[] = []
  let page: QueryPage | undefined
  do {
    const cursor = page?.next_cursor
    const place = cursor ? (order === 'asc' ? { after: cursor } : { before: cursor }) : {}
    page = reader.query({ limit: 999, order, ...place })
    entries.push(...page.entries)
    damaged.push(...(page.damaged ?? []))
  } while (page.next_cursor !== null)
  reader.close()
  return { entries: order === 'asc' ? entries : entries.toReversed(), damaged }
}

test('verify() finds nothing in a store that is whole, open or closed or cut off', async () => {
  for (const state of ['closed', 'killed'] as const) {
    const { dir, entries } = await storeCopy(state)
    expect(damageOf(dir)).toEqual([])
    const logs = await open(dir)
    const { damage, lines } = await logs.verify()
    expect(damage).toEqual([])
    expect(lines).toBeGreaterThanOrEqual(entries.length)
  }
})

test('verify() finds every flipped byte of payloads and signatures, and reading says what is missing', async () => {
  const { dir, entries } = await storeCopy('closed')
  const blocks = blocksOf(dir)
  const place = fc.record({
    block: fc.constantFrom(...blocks),
    at: fc.nat(),
    bit: fc.nat(7),
    isSignature: fc.boolean(),
  })
  fc.assert(
    fc.property(place, ({ block, at, bit, isSignature }) => {
      const [table, column] =
        isSignature && block.bits
          ? (['signatures', 'bits'] as const)
          : (['block_data', 'data'] as const)
      flip(block, table, column, at, bit)
      const { first_seq, last_seq, lines } = block
      const partition = basename(block.path)
      expect(damageOf(dir)).toMatchObject([
        { partition, from_seq: first_seq, to_seq: last_seq, lines },
      ])
      for (const order of ['asc', 'desc'] as const) {
        const read = readPages(dir, order)
        expect(read.damaged.length).toBeGreaterThan(0)
        for (const one of read.damaged) {
          expect(one).toMatchObject({ partition, from_seq: first_seq, to_seq: last_seq, lines })
        }
        const shown = new Map(read.entries.map((entry) => [entry.seq, entry]))
        const missing = entries.filter(({ seq }) => !shown.has(seq))
        expect(missing).toHaveLength(lines)
        for (const { seq } of missing) expect(seq >= first_seq && seq <= last_seq).toBe(true)
        const rest = entries.filter(({ seq }) => shown.has(seq))
        expect(read.entries.map(essence)).toEqual(rest.map(essence))
      }
      flip(block, table, column, at, bit)
    }),
    { numRuns: 12 },
  )
  expect(damageOf(dir)).toEqual([])
})

const COLUMNS = [
  'last_seq',
  'lines',
  'raw_bytes',
  'ts_min',
  'ts_max',
  'level_mask',
  'stream_mask',
  'crc',
  'prev_crc',
]

test.each(COLUMNS)('verify() finds a changed %s', async (column) => {
  const { dir } = await storeCopy('closed')
  const [, , block] = blocksOf(dir)
  edit(block!.path, (db) =>
    db
      .prepare(`UPDATE blocks SET ${column} = ${column} + 1 WHERE first_seq = ?`)
      .run(block!.first_seq),
  )
  expect(damageOf(dir)[0]).toMatchObject({ partition: basename(block!.path) })
})

const TAMPERINGS: Record<string, (db: Database.Database, seqs: number[]) => void> = {
  'the first block deleted': (db, seqs) => remove(db, seqs[0]!),
  'a block deleted': (db, seqs) => remove(db, seqs[1]!),
  'the last block deleted': (db, seqs) => remove(db, seqs.at(-1)!),
  'two payloads exchanged': (db, [a, b]) => exchange(db, 'block_data', 'data', a!, b!),
  'two signatures exchanged': (db, [a, b]) => exchange(db, 'signatures', 'bits', a!, b!),
  'a block given to another source': (db, [a]) =>
    db.prepare('UPDATE blocks SET source_id = 77 WHERE first_seq = ?').run(a),
  'a block moved': (db, [a]) => {
    for (const table of ['blocks', 'signatures', 'block_data'])
      db.prepare(`UPDATE ${table} SET first_seq = first_seq + 1 WHERE first_seq = ?`).run(a)
  },
  'the chain cut': (db) => db.exec('UPDATE chain_end SET blocks = blocks - 1'),
  'a signature deleted': (db, [a]) =>
    db.prepare('DELETE FROM signatures WHERE first_seq = ?').run(a),
}

function remove(db: Database.Database, seq: number): void {
  for (const table of ['blocks', 'signatures', 'block_data'])
    db.prepare(`DELETE FROM ${table} WHERE first_seq = ?`).run(seq)
}

function exchange(
  db: Database.Database,
  table: string,
  column: string,
  a: number,
  b: number,
): void {
  const select = db.prepare(`SELECT ${column} FROM ${table} WHERE first_seq = ?`).pluck()
  const update = db.prepare(`UPDATE ${table} SET ${column} = ? WHERE first_seq = ?`)
  const [first, second] = [select.get(a), select.get(b)]
  update.run(second, a)
  update.run(first, b)
}

test.each(Object.keys(TAMPERINGS))('verify() finds %s', async (name) => {
  const { dir } = await storeCopy('closed')
  const counts = new Map<string, number>()
  for (const { path, bits } of blocksOf(dir))
    if (bits) counts.set(path, (counts.get(path) ?? 0) + 1)
  const [path] = [...counts].toSorted((a, b) => b[1] - a[1])[0]!
  edit(path, (db) => {
    const sql = 'SELECT first_seq FROM signatures ORDER BY first_seq'
    TAMPERINGS[name]!(db, db.prepare(sql).pluck().all() as number[])
  })
  const damage = damageOf(dir)
  expect(damage.length).toBeGreaterThan(0)
  for (const { partition } of damage) expect(partition).toBe(basename(path))
})

test('verify() names partitions that were exchanged, come from another store, or are no databases', async () => {
  const { dir } = await storeCopy('closed')
  const [first, second, third] = partitionPaths(dir)
  renameSync(first!, `${first}.kept`)
  renameSync(second!, first!)
  renameSync(`${first}.kept`, second!)
  writeFileSync(third!, 'no database '.repeat(1000))
  const named = new Set(damageOf(dir).map(({ partition }) => partition))
  expect(named).toEqual(new Set([first, second, third].map((path) => basename(path!))))
  for (const { problem } of damageOf(dir)) expect(problem).not.toContain(dir)

  const other = await storeCopy('closed')
  edit(join(other.dir, 'catalog.db'), (db) =>
    db.exec("UPDATE meta SET value = 'x' WHERE name = 'store_id'"),
  )
  expect(damageOf(other.dir).length).toBeGreaterThanOrEqual(partitionPaths(other.dir).length)
})

test('verify() finds damage to the index by which blocks are walked, and to the catalog', async () => {
  const { dir } = await storeCopy('closed')
  const path = partitionPaths(dir)[0]!
  // Every key of the index is wrong by one, its structure is whole.
  for (const column of ['last_seq + 1', 'last_seq']) {
    edit(path, (db) => {
      db.unsafeMode().pragma('writable_schema = ON')
      db.prepare('UPDATE sqlite_schema SET sql = ? WHERE name = ?').run(
        `CREATE INDEX blocks_by_last_seq ON blocks (${column})`,
        'blocks_by_last_seq',
      )
    })
    if (column !== 'last_seq') edit(path, (db) => db.exec('REINDEX blocks_by_last_seq'))
  }
  expect(damageOf(dir)).toMatchObject([{ partition: basename(path) }])
  writeFileSync(join(dir, 'catalog.db'), 'no database '.repeat(1000))
  const named = damageOf(dir).map(({ partition }) => partition)
  expect(named).toEqual(['catalog.db', basename(path)])
})

test('following goes on past a damaged block', async () => {
  const { dir, entries } = await storeCopy('closed')
  const blocks = blocksOf(dir)
  const block = blocks[Math.floor(blocks.length / 2)]!
  flip(block, 'block_data', 'data', 100, 3)
  const logs = await open(dir)
  const seen: Entry[] = []
  const stop = new AbortController()
  const wanted = entries.length - block.lines + 1
  const following = (async () => {
    const sources = ['large', 'small', 'other']
    for await (const entry of logs.follow({ since: 0, sources, signal: stop.signal })) {
      seen.push(entry)
      if (seen.length === wanted) stop.abort()
    }
  })()
  writeLines(logs, 'large', 1)
  await following
  const seqs = new Set(seen.map(({ seq }) => seq))
  expect(entries.filter(({ seq }) => !seqs.has(seq))).toHaveLength(block.lines)
})

test('a block that SQLite cannot read is named, and the rest of its partition is answered', async () => {
  const { dir, entries } = await storeCopy('closed')
  const path = partitionPaths(dir)[0]!
  const { first_seq, last_seq, lines } = breakBlock(path)
  const place = { partition: basename(path), from_seq: first_seq, to_seq: last_seq, lines }
  expect(damageOf(dir)).toContainEqual(expect.objectContaining(place))
  for (const order of ['asc', 'desc'] as const) {
    const read = readPages(dir, order)
    for (const one of read.damaged) expect(one).toMatchObject(place)
    const rest = entries.filter(
      ({ seq, source }) => source !== 'large' || seq < first_seq || seq > last_seq,
    )
    expect(rest).toHaveLength(entries.length - lines)
    expect(read.entries.map(essence)).toEqual(rest.map(essence))
    expect(read.damaged.length).toBeGreaterThan(0)
  }
})

test('a partition that is removed while the store is verified is no damage', async () => {
  const { dir } = await storeCopy('closed')
  const steps = verifyStore(dir)
  steps.next()
  for (const path of partitionPaths(dir).slice(1, 3)) rmSync(path)
  let step = steps.next()
  while (!step.done) step = steps.next()
  expect(step.value.damage).toEqual([])
})
