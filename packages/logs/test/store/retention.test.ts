// What is kept and what goes: limits of the store and of sources, clear, vacuum, what the catalog notes of
// what has gone, and the exact answer to a cursor that missed it.
import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { encodeCursor, openLogReader } from '@hero/logs'
import type { Entry, Logs, LogsError, Missed } from '@hero/logs'
import Database from 'better-sqlite3'
import { expect, test } from 'vitest'
import { Catalog } from '../../src/store/catalog.js'
import { StoreWriter } from '../../src/store/store-writer.js'
import { finish } from '../../src/store/source-tally.js'
import { listPartitions } from '../../src/store/store-files.js'
import { freshDir, readAll } from '../support.js'
import {
  breakBlock,
  edit,
  essence,
  fill,
  open,
  partitionPaths,
  storeCopy,
  writeLines,
} from './fixtures.js'

const SOURCES = ['large', 'small', 'other']
const SMALL = { partitionBytes: 262_144, durability: 'interval' } as const

function writer(dir: string): StoreWriter {
  return new StoreWriter({
    ...SMALL,
    dir,
    partitionAgeMs: 2 ** 40,
    keepBytes: null,
    keepAgeMs: null,
  })
}

function settle(store: StoreWriter): void {
  store.upkeep()
  while (store.step());
}

/** Sets when a partition was made. */
function setCreated(path: string, ts: number): void {
  edit(path, (db) =>
    db.prepare("UPDATE meta SET value = ? WHERE name = 'created_ts'").run(String(ts)),
  )
}

function tombstoneLines(dir: string): Record<string, number> {
  const rows = edit(join(dir, 'catalog.db'), (db) =>
    db.prepare('SELECT source, sum(lines) FROM tombstones GROUP BY source').raw().all(),
  ) as [string, number][]
  return Object.fromEntries(rows)
}

function countBySource(entries: readonly Entry[]): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const { source } of entries) counts[source] = (counts[source] ?? 0) + 1
  return counts
}

test('keepBytes removes the oldest partitions, and their tombstones are exact', async () => {
  const { dir, entries } = await storeCopy('closed')
  const store = writer(dir)
  store.retention.setLimits('', { bytes: 1_048_576 / 2 })
  settle(store)
  const { removed } = store.retention
  store.close()
  const [oldest] = listPartitions(dir)
  const gone = entries.filter(({ seq }) => seq < oldest!.firstSeq)
  expect(gone.length).toBeGreaterThan(0)
  expect(removed.lines).toBe(gone.length)
  expect(tombstoneLines(dir)).toEqual(countBySource(gone))
  const reader = openLogReader({ dir })
  const read = await readAll({ query: async (query) => reader.query(query) }, { limit: 10_000 })
  reader.close()
  expect(read.map(essence)).toEqual(entries.slice(gone.length).map(essence))
})

test('keepAgeMs goes by when partitions were made, also after one was made in the future', async () => {
  const { dir } = await storeCopy('closed')
  const paths = partitionPaths(dir)
  const now = Date.now() * 1000
  const hour = 3_600_000_000
  paths.forEach((path, i) => setCreated(path, now - (paths.length - i) * hour))
  setCreated(paths[1]!, now + 60 * 365 * 24 * hour)
  const store = writer(dir)
  store.retention.setLimits('', { ageMs: 1.5 * 3_600_000 })
  settle(store)
  store.close()
  // The last two are one and two hours old; what is before them ends where the older of the two begins.
  expect(partitionPaths(dir)).toEqual(paths.slice(-2))
})

test('a partition that was made in the future is closed by its age', async () => {
  const { dir, entries } = await storeCopy('closed')
  const newest = partitionPaths(dir).at(-1)!
  setCreated(newest, (Date.now() + 2 ** 42) * 1000)
  const logs = await open(dir)
  writeLines(logs, 'large', 1)
  await logs.sync()
  expect(listPartitions(dir).at(-1)!.firstSeq).toBeGreaterThan(entries.at(-1)!.seq)
})

test('limits of sources leave what they allow, and hide the rest from the next sweep on', async () => {
  const { dir, entries } = await storeCopy('closed')
  const store = writer(dir)
  store.retention.setLimits('large', { lines: 1000 })
  store.retention.setLimits('small', { bytes: 5000 })
  settle(store)
  store.close()
  const reader = openLogReader({ dir })
  const read = await readAll({ query: async (query) => reader.query(query) }, { limit: 10_000 })
  reader.close()
  const own = (source: string, list: readonly Entry[]) =>
    list.filter((entry) => entry.source === source)
  expect(own('large', read).map(essence)).toEqual(own('large', entries).slice(-1000).map(essence))
  expect(own('other', read).map(essence)).toEqual(own('other', entries).map(essence))
  const bytes = (list: readonly Entry[]): number =>
    list.reduce((sum, { text }) => sum + text!.length + 1, 0)
  const small = own('small', read)
  expect(bytes(small)).toBeLessThanOrEqual(5000)
  expect(bytes(own('small', entries).slice(-small.length - 1))).toBeGreaterThan(5000)
})

test('clear() hides what was written before the call, and nothing that came later', async () => {
  const dir = freshDir()
  const logs = await open(dir, SMALL)
  const entries = await fill(logs, 3)
  const large = entries.filter(({ source }) => source === 'large')
  const clearing = logs.clear('large')
  writeLines(logs, 'large', 5, 100_000)
  const bytes = large.reduce((sum, { text }) => sum + text!.length + 1, 0)
  expect(await clearing).toEqual({ lines: large.length, bytes })
  await logs.sync()
  expect(await logs.clear('nobody')).toEqual({ lines: 0, bytes: 0 })
  const texts = async (store: Pick<Logs, 'query'>): Promise<string[]> =>
    (await readAll(store, { sources: ['large'], limit: 10_000 })).map(({ text }) => text!)
  const shown = await texts(logs)
  expect(shown.map((text) => text.split(' ')[1])).toEqual([
    '100000',
    '100001',
    '100002',
    '100003',
    '100004',
  ])
  await logs.close()
  const again = await open(dir, SMALL)
  expect(await texts(again)).toEqual(shown)
  expect(await readAll(again, { sources: ['large'], contains: large[0]!.text!, limit: 1 })).toEqual(
    [],
  )
  expect((await again.clear('large')).lines).toBe(5)
  expect(await texts(again)).toEqual([])
})

test('a sweep that looked before a clear does not bring back what was cleared', async () => {
  const { dir } = await storeCopy('closed')
  const store = writer(dir)
  settle(store)
  store.retention.setLimits('large', { lines: 5000 })
  // The sweep has looked at some partitions when the clear comes.
  for (let i = 0; i < 4; i++) store.retention.step()
  finish(store.clear('large', 2 ** 40))
  settle(store)
  store.close()
  const reader = openLogReader({ dir })
  expect(reader.query({ sources: ['large'] }).entries).toEqual([])
  reader.close()
})

test('two removals of one partition at the same time count it once', async () => {
  const { dir, entries } = await storeCopy('closed')
  const store = writer(dir)
  const vacuum = store.vacuum({ bytes: 1, ageMs: null })
  for (let i = 0; i < 12; i++) vacuum.next()
  while (store.retention.makeRoom());
  finish(vacuum)
  const { removed } = store.retention
  store.close()
  expect(removed.lines).toBe(entries.length)
  expect(tombstoneLines(dir)).toEqual(countBySource(entries))
})

test('vacuum() removes down to the newest lines, and what is written next is kept', async () => {
  const dir = freshDir()
  const logs = await open(dir, SMALL)
  const entries = await fill(logs, 6)
  const partitions = partitionPaths(dir).length
  expect(await logs.vacuum({ bytes: 0 })).toMatchObject({ partitions, lines: entries.length })
  expect(await readAll(logs)).toEqual([])
  expect(await logs.vacuum({ bytes: 0 })).toEqual({ partitions: 0, lines: 0, bytes: 0 })
  writeLines(logs, 'large', 1)
  await logs.sync()
  const [entry, ...others] = await readAll(logs)
  expect(others).toEqual([])
  expect(entry!.seq).toBe(entries.at(-1)!.seq + 1)
  expect(entry!.n).toBe(entries.filter(({ source }) => source === 'large').length + 1)
})

test('a removal that was cut off after its note is finished at the next start', async () => {
  const { dir, entries } = await storeCopy('killed')
  const [oldest, second] = listPartitions(dir)
  const catalog = new Catalog(dir, 'unused')
  const tombstone = { partition: oldest!.firstSeq, source: 'large', lines: 1, bytes: 1 }
  const span = { first_seq: 1, last_seq: second!.firstSeq - 1, ts_min: 1, ts_max: 2 }
  catalog.bury([{ ...tombstone, ...span, removed_ts: 3, hidden: 0, runs: null }], 2 ** 24)
  catalog.close()
  const logs = await open(dir)
  expect(partitionPaths(dir)).not.toContain(oldest!.path)
  const read = await readAll(logs, { sources: SOURCES, limit: 10_000 })
  expect(read.map(essence)).toEqual(
    entries.filter(({ seq }) => seq >= second!.firstSeq).map(essence),
  )
})

test.each(['garbage', 'zero bytes'])(
  'a partition that turns into %s while the store is open keeps nothing from going on',
  async (kind) => {
    const { dir } = await storeCopy('closed')
    const store = writer(dir)
    settle(store)
    const paths = partitionPaths(dir)
    writeFileSync(paths[1]!, kind === 'garbage' ? 'garbage'.repeat(10_000) : '')
    expect(finish(store.clear('small', 2 ** 40)).lines).toBeGreaterThan(0)
    store.retention.setLimits('large', { lines: 10 })
    store.retention.setLimits('', { ageMs: 1000 })
    for (const path of paths) if (path !== paths[1]) setCreated(path, 1)
    settle(store)
    store.close()
    expect(partitionPaths(dir)).toEqual(paths.slice(-1))
  },
)

/** Does `work` while somebody else has a file: nobody can open it. */
function whileLocked(path: string, work: () => void): void {
  const foreign = new Database(path)
  foreign.exec('BEGIN EXCLUSIVE')
  work()
  foreign.exec('ROLLBACK')
  foreign.close()
}

test('a partition that cannot be opened for a while is removed and counted later', async () => {
  const { dir, entries } = await storeCopy('closed')
  const store = writer(dir)
  const before = partitionPaths(dir)
  whileLocked(before[0]!, () => {
    store.retention.setLimits('', { bytes: 1_048_576 / 2 })
    settle(store)
    expect(() => finish(store.retention.vacuum({ bytes: 1, ageMs: null }))).toThrow('is in use')
    expect(() => store.retention.makeRoom()).toThrow('is in use')
    expect(partitionPaths(dir)).toEqual(before)
  })
  settle(store)
  const { removed } = store.retention
  store.close()
  const gone = entries.filter(({ seq }) => seq < listPartitions(dir)[0]!.firstSeq)
  expect(gone.length).toBeGreaterThan(0)
  expect(removed.lines).toBe(gone.length)
  expect(tombstoneLines(dir)).toEqual(countBySource(gone))
})

test('the age of a partition that cannot be opened for a while is asked for again', async () => {
  const { dir } = await storeCopy('closed')
  const store = writer(dir)
  settle(store)
  const paths = partitionPaths(dir)
  const hour = 3_600_000
  setCreated(paths[1]!, (Date.now() - 3 * hour) * 1000)
  store.retention.setLimits('', { ageMs: 2 * hour })
  whileLocked(paths[1]!, () => settle(store))
  expect(partitionPaths(dir)).toEqual(paths)
  settle(store)
  store.close()
  expect(partitionPaths(dir)).toEqual(paths.slice(1))
})

test('a hidden partition is removed later when another one could not be opened', async () => {
  const { dir, entries } = await storeCopy('closed')
  const store = writer(dir)
  settle(store)
  const paths = partitionPaths(dir)
  for (const source of SOURCES) finish(store.clear(source, entries.at(-1)!.seq))
  whileLocked(paths[0]!, () => settle(store))
  expect(partitionPaths(dir)).toEqual(paths)
  settle(store)
  expect(partitionPaths(dir)).toEqual(paths.slice(-1))
  store.close()
})

test('a block that cannot be read costs its own count, when its partition is removed or cleared', async () => {
  const { dir, entries } = await storeCopy('closed')
  const [first, second] = listPartitions(dir)
  const broken = breakBlock(first!.path)
  const rest = entries.filter(
    ({ seq, source }) => source !== 'large' || seq < broken.first_seq || seq > broken.last_seq,
  )
  const store = writer(dir)
  // It ends inside the block: which of its lines lie below is not known.
  const before = rest.filter(({ seq, source }) => source === 'large' && seq < broken.last_seq)
  expect(finish(store.clear('large', broken.last_seq - 1)).lines).toBe(before.length)
  finish(store.retention.vacuum({ bytes: 1, ageMs: null }))
  store.close()
  const ofFirst = edit(join(dir, 'catalog.db'), (db) =>
    db
      .prepare('SELECT coalesce(sum(lines), 0) FROM tombstones WHERE partition = ?')
      .pluck()
      .get(first!.firstSeq),
  )
  expect(ofFirst).toBe(rest.filter(({ seq }) => seq < second!.firstSeq).length)
})

/** What a reader is told at a cursor. */
function missedAt(query: () => unknown): Missed | undefined {
  try {
    query()
    return undefined
  } catch (error) {
    expect((error as LogsError).code).toBe('MissedRotation')
    return (error as LogsError).details as unknown as Missed
  }
}

test('MissedRotation is exact at every cursor, for one source, for some and for all', async () => {
  const { dir, entries } = await storeCopy('closed')
  const store = writer(dir)
  const at = (share: number): number => entries[Math.floor(entries.length * share)]!.seq
  // A floor below, at and above what is removed; "small" goes as a whole.
  finish(store.clear('large', at(0.2)))
  finish(store.clear('small', at(0.9)))
  const size = (): number => listPartitions(dir).length
  const all = size()
  store.retention.setLimits('', { bytes: 1_048_576 / 2 })
  settle(store)
  expect(size()).toBeLessThan(all)
  expect(size()).toBeGreaterThan(1)
  store.close()
  // After a restart.
  writer(dir).close()
  const removedUpTo = listPartitions(dir)[0]!.firstSeq - 1
  const floors: Record<string, number> = { large: at(0.2), small: at(0.9), other: 0 }
  const reader = openLogReader({ dir })
  const queries = [['large'], ['small'], ['other'], ['l*', 'other'], ['*'], ['s*']]
  for (const sources of queries) {
    const asked = SOURCES.filter((source) =>
      sources.some(
        (pattern) =>
          pattern === source || (pattern.endsWith('*') && source.startsWith(pattern.slice(0, -1))),
      ),
    )
    const horizon = Math.max(removedUpTo, Math.min(...asked.map((source) => floors[source]!)))
    const own = entries.filter(({ source }) => asked.includes(source))
    const isGone = ({ seq, source }: Entry): boolean => seq <= removedUpTo || seq <= floors[source]!
    const lines = entries.length
    const step = Math.max(1, Math.floor(lines / 400))
    for (let i = 0; i < lines; i += i > 50 && i < lines - 50 ? step : 1) {
      const cursor = i === 0 ? 0 : entries[i - 1]!.seq
      const lost = own.filter(
        (entry) => entry.seq > cursor && entry.seq <= horizon && isGone(entry),
      )
      const after = encodeCursor(reader.storeId, cursor)
      const missed = missedAt(() => reader.query({ sources, after, limit: 1 }))
      expect(missed?.lost ?? 0, `${sources.join()} after ${cursor}`).toBe(lost.length)
      if (!missed) continue
      const next = own.find((entry) => entry.seq > cursor && !isGone(entry))
      const [entry] = reader.query({ sources, after: missed.oldest_cursor, limit: 1 }).entries
      expect(entry && essence(entry)).toEqual(next && essence(next))
    }
  }
  reader.close()
})

test('sums of the oldest tombstones do not hide what still exists', () => {
  const dir = freshDir()
  const catalog = new Catalog(dir, 'id')
  const tombstone = {
    source: 'a',
    bytes: 1,
    ts_min: 1,
    ts_max: 2,
    removed_ts: 3,
    runs: Buffer.alloc(8),
  }
  // The second partition exists; the third one went because all of it was hidden.
  catalog.bury(
    [{ ...tombstone, partition: 1, lines: 10, first_seq: 1, last_seq: 10, hidden: 0 }],
    4,
  )
  catalog.bury(
    [{ ...tombstone, partition: 21, lines: 10, first_seq: 21, last_seq: 30, hidden: 1 }],
    4,
  )
  expect(catalog.removed()).toEqual([])
  catalog.close()
  const horizon = edit(join(dir, 'catalog.db'), (db) =>
    db.prepare('SELECT max(last_seq) FROM tombstones WHERE hidden = 0').pluck().get(),
  )
  expect(horizon).toBe(10)
  expect(tombstoneLines(dir)).toEqual({ a: 20 })
  rmSync(dir, { recursive: true })
})

test('a cursor that missed lines is answered beside a damaged partition', async () => {
  const { dir, entries } = await storeCopy('closed')
  const store = writer(dir)
  const last = entries.at(-1)!.seq
  finish(store.clear('small', last))
  store.close()
  const damaged = partitionPaths(dir)[1]!
  const [, second, third] = listPartitions(dir)
  writeFileSync(damaged, 'garbage'.repeat(10_000))
  const reader = openLogReader({ dir })
  const missed = missedAt(() =>
    reader.query({ sources: ['small'], after: encodeCursor(reader.storeId, 0) }),
  )
  reader.close()
  const counted = entries.filter(
    ({ source, seq }) => source === 'small' && (seq < second!.firstSeq || seq >= third!.firstSeq),
  )
  expect(missed!.lost).toBe(counted.length)
})
