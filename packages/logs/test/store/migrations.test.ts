// A store of the version before: reads as it did, whatever interrupts its migration.
import type Database from 'better-sqlite3'
import { expect, test } from 'vitest'
import { openWritable } from '../../src/store/database.js'
import { migratePartition } from '../../src/store/migrations.js'
import { SCHEMA_VERSION } from '../../src/store/schema.js'
import { isInWalMode } from '../../src/store/store-files.js'
import { readAll } from '../support.js'
import { edit, essence, open, partitionPaths, storeCopy, writeLines } from './fixtures.js'
import { downgrade, downgradeStore } from './version-1.mjs'

test('a store of version 1 reads as before, takes lines, and is sealed again', async () => {
  const { dir, entries } = await storeCopy('closed')
  downgradeStore(dir, edit)
  const logs = await open(dir)
  expect(logs.quarantined).toEqual([])
  const sources = ['large', 'small', 'other']
  const read = await readAll(logs, { limit: 10_000, sources })
  expect(read.map(essence)).toEqual(entries.map(essence))
  expect((await logs.verify()).damage).toEqual([])
  writeLines(logs, 'large', 1)
  await logs.sync()
  const [newest] = await readAll(logs, { sources: ['large'], order: 'desc', limit: 1 })
  expect(newest!.seq).toBeGreaterThan(entries.at(-1)!.seq)
  await logs.setRetention('large', { lines: 1_000_000 })
  await logs.close()
  for (const path of partitionPaths(dir).slice(0, -1)) expect(isInWalMode(path)).toBe(false)
})

test('a block that was damaged before its migration is damaged after it', async () => {
  const { dir } = await storeCopy('closed')
  downgradeStore(dir, edit)
  const path = partitionPaths(dir)[1]!
  const first_seq = edit(path, (db) => {
    const row = db.prepare('SELECT first_seq, data FROM block_data LIMIT 1').get() as {
      first_seq: number
      data: Buffer
    }
    row.data[row.data.length >> 1]! ^= 4
    db.prepare('UPDATE block_data SET data = @data WHERE first_seq = @first_seq').run(row)
    return row.first_seq
  })
  const logs = await open(dir)
  expect((await logs.verify()).damage).toMatchObject([{ from_seq: first_seq }])
})

test('a migration that ends at any statement leaves the old version or the new one', async () => {
  const { dir, entries } = await storeCopy('closed')
  const path = partitionPaths(dir)[0]!
  const firstSeq = entries[0]!.seq
  edit(path, downgrade)
  const dump = (db: Database.Database): unknown[] =>
    ['SELECT * FROM meta', 'SELECT * FROM blocks', 'SELECT sql FROM sqlite_schema'].map((sql) =>
      db.prepare(sql).all(),
    )
  const before = edit(path, dump)
  for (let last = 0; ; last++) {
    const db = openWritable(path, 'interval')
    let left = last
    // Ends as a failing disk ends it: at any moment, with an error.
    const failing = new Proxy(db, {
      get: (target, name) => {
        const value = Reflect.get(target, name, target) as unknown
        if (typeof value !== 'function') return value
        return (...values: unknown[]) => {
          if ((name === 'exec' || name === 'prepare') && left-- === 0) throw new Error('stop')
          return (value as (...values: unknown[]) => unknown).apply(target, values)
        }
      },
    })
    let isDone = true
    try {
      migratePartition(failing, path, firstSeq)
    } catch (error) {
      expect((error as Error).message).toBe('stop')
      isDone = false
    } finally {
      db.close()
    }
    if (isDone) {
      expect(last).toBeGreaterThan(6)
      break
    }
    expect(edit(path, dump)).toEqual(before)
  }
  const version = edit(path, (db) =>
    db.prepare("SELECT value FROM meta WHERE name = 'schema_version'").pluck().get(),
  )
  expect(version).toBe(String(SCHEMA_VERSION))
})
