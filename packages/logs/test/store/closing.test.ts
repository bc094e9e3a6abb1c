// A partition that takes no more batches becomes one whole file as soon as nobody reads it.
import { existsSync } from 'node:fs'
import { openLogReader } from '@hero/logs'
import { expect, test } from 'vitest'
import { BlockFile } from '../../src/store/block-file.js'
import { finish } from '../../src/store/source-tally.js'
import { isInWalMode } from '../../src/store/store-files.js'
import { StoreWriter } from '../../src/store/store-writer.js'
import { readAll } from '../support.js'
import { cutOff, essence, partitionPaths, storeCopy } from './fixtures.js'

function writer(dir: string): StoreWriter {
  return new StoreWriter({
    dir,
    durability: 'interval',
    partitionBytes: 262_144,
    partitionAgeMs: 2 ** 40,
    keepBytes: null,
    keepAgeMs: null,
  })
}

function isSealed(path: string): boolean {
  return !isInWalMode(path) && !existsSync(`${path}-wal`) && !existsSync(`${path}-shm`)
}

function settle(store: StoreWriter): void {
  store.upkeep()
  while (store.step());
}

test('a partition that a reader holds is sealed once the reader lets go', async () => {
  const { dir } = await storeCopy('killed')
  const store = writer(dir)
  const newest = partitionPaths(dir).at(-1)!
  const reader = new BlockFile(newest)
  reader.records()
  // A vacuum without limits only begins a new partition.
  finish(store.vacuum({ bytes: null, ageMs: null }))
  expect(partitionPaths(dir).at(-1)).not.toBe(newest)
  settle(store)
  expect(isSealed(newest)).toBe(false)
  reader.close()
  settle(store)
  expect(
    partitionPaths(dir)
      .slice(0, -1)
      .filter((path) => !isSealed(path)),
  ).toEqual([])
  store.close()
})

test('a close that had to leave a partition open to a reader is finished by the next start', async () => {
  const { dir, entries } = await storeCopy('killed')
  const first = writer(dir)
  const newest = partitionPaths(dir).at(-1)!
  const reader = new BlockFile(newest)
  reader.records()
  finish(first.vacuum({ bytes: null, ageMs: null }))
  first.close()
  first.close()
  reader.close()
  expect(isSealed(newest)).toBe(false)
  const second = writer(dir)
  settle(second)
  second.close()
  expect(
    partitionPaths(dir)
      .slice(0, -1)
      .filter((path) => !isSealed(path)),
  ).toEqual([])
  const log = openLogReader({ dir })
  const read = await readAll({ query: async (query) => log.query(query) }, { limit: 10_000 })
  log.close()
  expect(read.map(essence)).toEqual(entries.map(essence))
})

test('a store that is cut off after any number of steps goes on where it was', async () => {
  for (const steps of [0, 1, 2, 5, 9, 14]) {
    const { dir, entries } = await storeCopy('killed')
    const first = writer(dir)
    const vacuum = first.vacuum({ bytes: null, ageMs: null })
    for (let i = 0; i < steps; i++) vacuum.next()
    // What is on disk now is what a killed process leaves; the lock goes with it.
    const copy = cutOff(dir)
    first.close()
    const second = writer(copy)
    settle(second)
    second.close()
    expect(
      partitionPaths(copy)
        .slice(0, -1)
        .filter((path) => !isSealed(path)),
    ).toEqual([])
    const log = openLogReader({ dir: copy })
    const read = await readAll({ query: async (query) => log.query(query) }, { limit: 10_000 })
    log.close()
    expect(read.map(essence)).toEqual(entries.map(essence))
  }
})
