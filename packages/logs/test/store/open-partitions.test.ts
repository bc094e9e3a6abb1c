// Starting on damage of every kind: the store opens, what is damaged is set aside and named, everything
// else is read, and no number is used twice.
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { randomBytes } from 'node:crypto'
import { basename, join } from 'node:path'
import { openLogReader } from '@hero/logs'
import type { Entry } from '@hero/logs'
import { expect, test } from 'vitest'
import { createDatabase } from '../../src/store/database.js'
import { StoreWriter } from '../../src/store/store-writer.js'
import { listPartitions, partitionPath } from '../../src/store/store-files.js'
import { expectConservation, freshDir, readAll } from '../support.js'
import {
  breakTable,
  edit,
  essence,
  open,
  partitionPaths,
  storeCopy,
  writeLines,
} from './fixtures.js'

function overwrite(path: string, at: number, bytes: Buffer): void {
  const all = readFileSync(path)
  bytes.copy(all, at, 0, Math.min(bytes.length, all.length - at))
  writeFileSync(path, all)
}

// Of a store like ours, but of another one: its frames fit as if they belonged here.
async function foreignWal(): Promise<Buffer> {
  const dir = freshDir()
  const logs = await open(dir)
  writeLines(logs, 'large', 700)
  await logs.sync()
  const wal = readFileSync(`${partitionPaths(dir).at(-1)!}-wal`)
  expect(wal.length).toBeGreaterThan(0)
  return wal
}

const DAMAGES: Record<string, (path: string) => void | Promise<void>> = {
  'a zeroed header': (path) => overwrite(path, 0, Buffer.alloc(100)),
  truncation: (path) => truncateSync(path, Math.floor(statSync(path).size / 2)),
  'a garbage page': (path) => overwrite(path, 4096, randomBytes(4096)),
  'a garbage WAL': (path) => writeFileSync(`${path}-wal`, randomBytes(40_000)),
  'a foreign WAL': async (path) => writeFileSync(`${path}-wal`, await foreignWal()),
  'zero bytes': (path) => {
    rmSync(`${path}-wal`, { force: true })
    truncateSync(path, 0)
  },
  'a directory': (path) => {
    rmSync(path)
    mkdirSync(path)
  },
  'a missing -shm': (path) => rmSync(`${path}-shm`, { force: true }),
  'an unknown schema version': (path) => {
    edit(path, (db) => db.exec("UPDATE meta SET value = '999' WHERE name = 'schema_version'"))
  },
  'a missing file': (path) => {
    for (const suffix of ['', '-wal', '-shm']) rmSync(path + suffix, { force: true })
  },
}

/** The entries whose seq lies in the partitions at `paths`. */
function lyingIn(entries: readonly Entry[], dir: string, paths: readonly string[]): Entry[] {
  const files = listPartitions(dir)
  return entries.filter(({ seq }) => {
    const file = files.findLast(({ firstSeq }) => firstSeq <= seq)!
    return paths.includes(file.path)
  })
}

test.each([
  ...Object.keys(DAMAGES).map((name) => [name, 'newest'] as const),
  ['a zeroed header', 'middle'],
  ['a foreign WAL', 'middle'],
  ['a directory', 'middle'],
] as const)('a start survives %s of the %s partition', async (name, which) => {
  const { dir, entries } = await storeCopy('killed')
  const paths = partitionPaths(dir)
  expect(paths.length).toBeGreaterThan(2)
  const damaged = which === 'newest' ? paths.at(-1)! : paths[1]!
  const elsewhere = new Set(
    lyingIn(
      entries,
      dir,
      paths.filter((path) => path !== damaged),
    ),
  )
  await DAMAGES[name]!(damaged)

  const logs = await open(dir, { partitionBytes: 262_144 })
  writeLines(logs, 'large', 3, 10_000)
  await logs.sync()
  const told = await readAll(logs, { sources: ['hero_proc'] })
  const read = await readAll(logs, { limit: 10_000, sources: ['large', 'small', 'other'] })
  const known = new Set(read.slice(0, -3).map((entry) => JSON.stringify(essence(entry))))
  const lost = entries.filter((entry) => !known.has(JSON.stringify(essence(entry))))
  expect(lost.filter((entry) => elsewhere.has(entry))).toEqual([])
  if (name === 'a missing -shm') expect(lost).toEqual([])
  const highest = entries.at(-1)!.seq
  for (const { seq } of read.slice(-3)) expect(seq).toBeGreaterThan(highest)
  for (const { seq } of told) expect(seq).toBeGreaterThan(highest)
  for (const file of logs.quarantined) {
    expect(file.startsWith(basename(damaged))).toBe(true)
    expect(told.map(({ fields }) => fields)).toContainEqual({ event: 'quarantined', file })
  }
  if (lost.length > 0 && name !== 'a missing file') expect(logs.quarantined).toHaveLength(1)
  expectConservation(logs.stats())
  expect((await logs.verify()).damage).toEqual([])
})

test('a start survives a closed partition whose blocks cannot be read, and answers say so', async () => {
  const { dir, entries } = await storeCopy('closed')
  const [first, second] = listPartitions(dir)
  breakTable(first!.path, 'blocks')
  const logs = await open(dir)
  expect(logs.stats().store.oldest_ts).toBe('2023-11-14T22:13:20.000000Z')
  const { damaged } = await logs.query({ limit: 1 })
  expect(damaged).toEqual([{ partition: basename(first!.path) }])
  const read = await readAll(logs, { limit: 10_000, sources: ['large', 'small', 'other'] })
  const elsewhere = entries.filter(({ seq }) => seq >= second!.firstSeq)
  expect(read.map(essence)).toEqual(elsewhere.map(essence))
})

test('a foreign WAL does not reach into the file that it lies beside', async () => {
  const { dir, entries } = await storeCopy('closed')
  const newest = partitionPaths(dir).at(-1)!
  writeFileSync(`${newest}-wal`, await foreignWal())
  const logs = await open(dir)
  expect(logs.quarantined).toEqual([`${basename(newest)}-wal.damaged`])
  const read = await readAll(logs, { limit: 10_000, sources: ['large', 'small', 'other'] })
  expect(read.map(essence)).toEqual(entries.map(essence))
})

test('what was cleared stays cleared when the newest partition is damaged later on', async () => {
  const { dir } = await storeCopy('closed')
  const first = await open(dir)
  await first.clear('large')
  await first.close()
  const newest = partitionPaths(dir).at(-1)!
  // The last page belongs to the data of a block; the tables of accounts and floors can still be read.
  truncateSync(newest, statSync(newest).size - 4096)
  const second = await open(dir)
  expect(second.quarantined).toHaveLength(1)
  expect(await readAll(second, { sources: ['large'], limit: 10_000 })).toEqual([])
})

test.each(['garbage', 'zero bytes', 'a directory', 'a garbage WAL', 'missing'])(
  'a start survives a catalog that is %s',
  async (kind) => {
    const { dir, entries } = await storeCopy('closed')
    const path = join(dir, 'catalog.db')
    if (kind === 'garbage') writeFileSync(path, randomBytes(8192))
    else if (kind === 'a garbage WAL') writeFileSync(`${path}-wal`, randomBytes(8192))
    else {
      rmSync(path)
      if (kind === 'zero bytes') writeFileSync(path, '')
      if (kind === 'a directory') mkdirSync(path)
    }
    const logs = await open(dir)
    expect(logs.quarantined).toEqual(kind === 'missing' ? [] : ['catalog.db.damaged'])
    const read = await readAll(logs, { limit: 10_000, sources: ['large', 'small', 'other'] })
    expect(read.map(essence)).toEqual(entries.map(essence))
    const reader = openLogReader({ dir })
    expect(reader.storeId).toBe(logs.storeId)
    reader.close()
  },
)

test('a start survives garbage in the lock file', async () => {
  const { dir } = await storeCopy('closed')
  writeFileSync(join(dir, 'writer.lock'), randomBytes(8192))
  const logs = await open(dir)
  expect(logs.quarantined).toEqual([])
})

test('seqs of a store whose partitions are all gone are not used again', async () => {
  const { dir, entries } = await storeCopy('closed')
  for (const path of partitionPaths(dir)) rmSync(path)
  const logs = await open(dir)
  writeLines(logs, 'large', 1)
  await logs.sync()
  const [entry] = await readAll(logs, { sources: ['large'] })
  expect(entry!.seq).toBeGreaterThan(entries.at(-1)!.seq)
})

test('numbers do not go back after a start that followed a kill and wrote nothing', async () => {
  const { dir } = await storeCopy('killed')
  const afterKill = openedSeq(dir)
  expect(openedSeq(dir)).toBe(afterKill)
  expect(openedSeq(dir)).toBe(afterKill)
})

/** The first seq that a writer would give out, which then leaves in order. */
function openedSeq(dir: string): number {
  const store = new StoreWriter({
    dir,
    durability: 'batch',
    partitionBytes: 1_048_576,
    partitionAgeMs: 3_600_000,
    keepBytes: null,
    keepAgeMs: null,
  })
  const { nextSeq } = store.state()
  store.close()
  return nextSeq
}

test('createDatabase() shows a file when all of it is there, or never', () => {
  const dir = freshDir()
  const path = partitionPath(dir, 1)
  expect(() => {
    createDatabase(path, (db) => {
      db.exec('CREATE TABLE a (b)')
      expect(listPartitions(dir)).toEqual([])
      throw new Error('stop')
    })
  }).toThrow('stop')
  expect(listPartitions(dir)).toEqual([])
  createDatabase(path, (db) => db.exec('CREATE TABLE a (b); INSERT INTO a VALUES (1)'))
  expect(readdirSync(dir)).toEqual([basename(path)])
  expect(edit(path, (db) => db.prepare('SELECT b FROM a').pluck().get())).toBe(1)
})

test('a start removes drafts, and what is left of removed partitions', async () => {
  const { dir } = await storeCopy('closed')
  const first = await open(dir)
  await first.vacuum({ bytes: 0 })
  const [tombstone] = edit(join(dir, 'catalog.db'), (db) =>
    db.prepare('SELECT DISTINCT partition FROM tombstones').pluck().all(),
  ) as number[]
  await first.close()
  const left = [`${partitionPath(dir, tombstone!)}-wal`, `${partitionPath(dir, 99)}.new`]
  for (const path of left) writeFileSync(path, 'left')
  await open(dir)
  expect(left.filter((path) => existsSync(path))).toEqual([])
})

test('a transaction that a kill cut off is undone, for the next start and for a reader', async () => {
  for (const opening of ['start', 'reader'] as const) {
    const { dir, entries } = await storeCopy('closed')
    const path = partitionPaths(dir)[0]!
    cutOffInTransaction(path)
    const reader = opening === 'start' ? await open(dir) : openLogReader({ dir })
    const sources = ['large', 'small', 'other']
    const read = await readAll(
      { query: async (query) => reader.query(query) },
      { sources, limit: 10_000 },
    )
    expect(read.map(essence)).toEqual(entries.map(essence))
    await reader.close()
  }
})

/** Leaves a sealed partition as a kill does: half of a transaction in it, and the journal to undo that. */
function cutOffInTransaction(path: string): void {
  const files = [path, `${path}-journal`]
  edit(path, (db) => {
    db.pragma('cache_size = 1')
    db.exec('BEGIN IMMEDIATE; UPDATE block_data SET data = zeroblob(length(data))')
    for (const file of files) copyFileSync(file, `${file}.cut-off`)
    db.exec('ROLLBACK')
  })
  for (const file of files) renameSync(`${file}.cut-off`, file)
}
