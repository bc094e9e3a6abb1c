// The writer's thread by what it does to the files while nobody asks it for anything, and that it lives on when
// these fail.
import { renameSync, statSync, symlinkSync, unlinkSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import Database from 'better-sqlite3'
import { expect, onTestFinished, test } from 'vitest'
import { BlockFile } from '../../src/store/block-file.js'
import { expectConservation, freshDir, readAll } from '../support.js'
import { breakTable, open, partitionPaths, storeCopy, writeLines } from './fixtures.js'

test('a WAL that a reader kept is emptied when the reader has gone, without another line', async () => {
  const dir = freshDir()
  const logs = await open(dir)
  writeLines(logs, 'web', 1000)
  await logs.sync()
  const [path] = partitionPaths(dir)
  const walBytes = (): number => statSync(`${path}-wal`).size
  const reader = new Database(path)
  onTestFinished(() => void reader.close())
  reader.exec('BEGIN')
  reader.prepare('SELECT count(*) FROM blocks').get()
  writeLines(logs, 'web', 1000)
  await logs.sync()
  // Longer than the writer waits before it empties the WAL.
  await sleep(2_000)
  expect(walBytes()).toBeGreaterThan(0)
  reader.exec('COMMIT')
  while (walBytes() > 0) await sleep(50)
  expect(walBytes()).toBe(0)
})

test('a batch that is committed is answered, though the oldest partition cannot be read', async () => {
  const { dir } = await storeCopy('closed')
  const logs = await open(dir)
  breakTable(partitionPaths(dir)[0]!, 'blocks')
  // The figures of files are asked anew behind a new partition.
  await logs.vacuum({})
  for (let i = 0; i < 3; i++) {
    writeLines(logs, 'large', 1, i)
    await logs.sync()
  }
  expect(logs.failure()).toBeUndefined()
  expectConservation(logs.stats())
})

test('a batch that is committed is answered, though the sizes of files cannot be had', async () => {
  const dir = freshDir()
  const logs = await open(dir)
  writeLines(logs, 'large', 10)
  await logs.sync()
  // Kept open by a reader, it is not closed yet when the next one has begun.
  const [path] = partitionPaths(dir)
  const reader = new BlockFile(path!)
  onTestFinished(() => reader.close())
  reader.records()
  await logs.vacuum({})
  const wal = `${path}-wal`
  renameSync(wal, `${wal}.aside`)
  symlinkSync(wal, wal)
  for (let i = 0; i < 3; i++) {
    writeLines(logs, 'large', 1, i)
    await logs.sync()
  }
  expect(logs.failure()).toBeUndefined()
  expectConservation(logs.stats())
})

test('the writer goes on when the folder of the store could not be reached for a while', async () => {
  const dir = join(freshDir(), 'logs')
  const logs = await open(dir)
  writeLines(logs, 'large', 10)
  await logs.sync()
  const aside = `${dir}.aside`
  renameSync(dir, aside)
  // As without rights, which a test that root runs cannot take away: every look at a file is an error.
  symlinkSync(dir, dir)
  writeLines(logs, 'large', 10, 10)
  await expect(logs.sync()).rejects.toMatchObject({ code: 'Unavailable' })
  unlinkSync(dir)
  renameSync(aside, dir)
  const isSynced = (): Promise<boolean> =>
    logs.sync().then(
      () => true,
      () => false,
    )
  await expect.poll(isSynced).toBe(true)
  const entries = await readAll(logs, { sources: ['large'] })
  expect(entries.map(({ text }) => Number(text!.split(' ')[1]))).toEqual(
    Array.from({ length: 20 }, (_, i) => i),
  )
  expectConservation(logs.stats())
})
