// What the writer does when the disk or another process is in its way: batches keep their order, and every
// line is there once.
import { existsSync, mkdirSync, rmdirSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { expect, test } from 'vitest'
import { LIMITS } from '../../src/model/limits.js'
import { StoreWriter } from '../../src/store/store-writer.js'
import { expectConservation, freshDir, readAll } from '../support.js'
import { edit, open, partitionPaths, storeCopy, writeLines } from './fixtures.js'

test('a foreign lock delays batches and loses none', async () => {
  const dir = freshDir()
  const logs = await open(dir)
  writeLines(logs, 'large', 10)
  await logs.sync()
  const foreign = new Database(partitionPaths(dir)[0]!)
  foreign.exec('BEGIN IMMEDIATE')
  const failed = new Promise<void>((resolve) => {
    // The writer gives up on its own after a tenth of a second, and says why.
    const timer = setInterval(() => {
      if (logs.failure() === undefined) return
      clearInterval(timer)
      resolve()
    }, 10)
  })
  for (let i = 1; i < 10; i++) writeLines(logs, i % 2 ? 'large' : 'small', 10, i * 10)
  const synced = logs.sync().catch((error: unknown) => (error as { code: string }).code)
  await failed
  foreign.exec('ROLLBACK')
  foreign.close()
  expect([undefined, 'Unavailable']).toContain(await synced)
  await logs.sync()
  const entries = await readAll(logs, { sources: ['large', 'small'] })
  expect(entries.map(({ text }) => Number(text!.split(' ')[1]))).toEqual(
    Array.from({ length: 100 }, (_, i) => i),
  )
  expect(logs.stats().totals.dropped_total).toBe(0)
  expectConservation(logs.stats())
})

test('a part whose step fails keeps the others from nothing', async () => {
  const { dir } = await storeCopy('killed')
  const store = new StoreWriter({
    dir,
    durability: 'interval',
    partitionBytes: 131_072,
    partitionAgeMs: 2 ** 40,
    keepBytes: 1,
    keepAgeMs: null,
  })
  const before = partitionPaths(dir)
  // A new one begins; what is staged in the one before it cannot be regrouped.
  const vacuum = store.vacuum({ bytes: null, ageMs: null })
  vacuum.next()
  vacuum.return({ partitions: 0, lines: 0, bytes: 0 })
  const foreign = new Database(before.at(-1)!)
  foreign.exec('BEGIN IMMEDIATE')
  store.upkeep()
  while (store.step());
  foreign.exec('ROLLBACK')
  foreign.close()
  store.close()
  expect(partitionPaths(dir).filter((path) => before.includes(path))).toEqual([])
})

test('figures() are those of the files, before the first line as well', async () => {
  const dir = join(freshDir(), 'logs')
  const logs = await open(dir)
  expect(logs.stats().store).toMatchObject({ partitions: 1, oldest_ts: null })
  writeLines(logs, 'large', 1)
  await logs.sync()
  expect(logs.stats().store.oldest_ts).toBe('2023-11-14T22:13:20.000000Z')
  await logs.close()
  expect(existsSync(join(dir, 'ballast'))).toBe(true)
  const path = partitionPaths(dir)[0]!
  expect(
    edit(path, (db) => db.prepare("SELECT value FROM meta WHERE name = 'open'").pluck().get()),
  ).toBe('0')
})

test('what a close had to give up is told at the next start, and its numbers are not used again', async () => {
  const dir = freshDir()
  const first = await open(dir)
  const sink = first.sink({ source: 'web', origin: 'rpc' })
  sink.write({ text: 'stored' })
  await first.sync()
  const [path] = partitionPaths(dir)
  // As a full disk does: a block does not fit in, a small note does.
  edit(path!, (db) =>
    db.exec("CREATE TRIGGER full BEFORE INSERT ON blocks BEGIN SELECT RAISE(ABORT, 'full'); END"),
  )
  const { seq } = sink.write({ text: 'given up' })
  await first.close()
  expect(first.stats().sources['rpc:web']).toMatchObject({ stored: 1, dropped: 1 })
  edit(path!, (db) => db.exec('DROP TRIGGER full'))

  const second = await open(dir)
  const again = second.sink({ source: 'web', origin: 'rpc' }).write({ text: 'later' })
  expect(again.seq).toBeGreaterThan(seq)
  await second.sync()
  const [told] = await readAll(second, { sources: ['hero_proc'] })
  expect(told!.fields).toMatchObject({ event: 'cut_off' })
  await second.close()
  // Said once: this close has lost nothing.
  const third = await open(dir)
  await third.sync()
  expect(await readAll(third, { sources: ['hero_proc'] })).toHaveLength(1)
})

test('lines behind a partition that was made but could not be entered are not overlooked', async () => {
  const dir = freshDir()
  const logs = await open(dir)
  writeLines(logs, 'large', 10)
  await logs.sync()
  const after = logs.cursor()
  // In the place of the next partition's WAL: its file is made, and cannot be opened.
  const inTheWay = join(dir, 'p-0000000000000011.db-wal')
  mkdirSync(inTheWay)
  await expect(logs.vacuum({})).rejects.toThrow('p-0000000000000011.db cannot be opened')
  rmdirSync(inTheWay)
  expect(partitionPaths(dir)).toHaveLength(2)
  writeLines(logs, 'large', 10, 10)
  await logs.sync()
  expect(await readAll(logs, { after })).toHaveLength(10)
})

test('a WAL that batches kept from beginning anew is moved to its end', async () => {
  const dir = freshDir()
  const logs = await open(dir)
  writeLines(logs, 'large', 1)
  await logs.close()
  const store = new StoreWriter({
    dir,
    durability: 'batch',
    partitionBytes: 2 ** 30,
    partitionAgeMs: 2 ** 40,
    keepBytes: null,
    keepAgeMs: null,
  })
  const foreign = new Database(store.openPath)
  foreign.pragma('wal_autocheckpoint = 0')
  foreign.pragma(`journal_size_limit = ${LIMITS.walFileBytes}`)
  foreign.exec('CREATE TABLE other (bytes)')
  const insert = foreign.prepare('INSERT INTO other VALUES (zeroblob(65536))')
  while (store.figures(0).wal_bytes <= LIMITS.walFileBytes) insert.run()
  // As when a batch is committed while the checkpoint thread is at work: something is left.
  const reader = new Database(store.openPath)
  reader.exec('BEGIN')
  reader.prepare('SELECT * FROM other').get()
  insert.run()
  foreign.pragma('wal_checkpoint(PASSIVE)')
  reader.close()
  store.checkpointed(store.openPath)
  insert.run()
  expect(store.figures(0).wal_bytes).toBeLessThanOrEqual(LIMITS.walFileBytes)
  foreign.close()
  store.close()
})
