// The writer's thread by what it does to the files while nobody asks it for anything.
import { statSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import Database from 'better-sqlite3'
import { expect, onTestFinished, test } from 'vitest'
import { freshDir } from '../support.js'
import { open, partitionPaths, writeLines } from './fixtures.js'

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
