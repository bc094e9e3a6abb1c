// Limits of single sources: the floor leaves exactly what the limits allow, wherever lines lie.
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { expect, test } from 'vitest'
import { openLogs } from '@hero/logs'
import { BlockFile } from '../../src/store/block-file.js'
import { raisedFloors } from '../../src/store/floors.js'
import { NO_LIMITS } from '../../src/store/keep-limits.js'
import { finish } from '../../src/store/source-tally.js'
import { listPartitions } from '../../src/store/store-files.js'
import { freshDir, readAll, region } from '../support.js'
import { breakBlock, storeCopy } from './fixtures.js'

/** A store with lines of two sources in staged, sealed and overlapping blocks of several partitions. */
async function mixedStore(): Promise<{
  dir: string
  seqs: number[]
  ts: number[]
  sourceId: number
}> {
  const dir = freshDir()
  const logs = await openLogs({ dir, partitionBytes: 65_536 })
  const own = logs.sink({ source: 'own', origin: 'pipe' })
  const other = logs.sink({ source: 'other', origin: 'pipe' })
  for (let i = 0; i < 60; i++) {
    own.writeLines(region(`own ${i}\n`.repeat(3), { ts: 1_000_000 * (i + 1) }), 1)
    // Digits that do not pack well: partitions are closed by their size.
    const lines = Array.from(
      { length: i % 7 === 0 ? 1500 : 2 },
      (_, j) =>
        `other ${i} ${Math.imul(j + 1, 2_654_435_761 + i)} ${Math.imul(j + i, 40_503 * (j + 3))}\n`,
    )
    other.writeLines(region(lines.join('')), 1)
    await logs.sync()
  }
  const entries = await readAll(logs, { sources: ['own'] })
  await logs.close()
  const file = new BlockFile(listPartitions(dir).at(-1)!.path)
  const { sourceId } = file.keys().find(({ source }) => source === 'own')!
  file.close()
  return { dir, seqs: entries.map(({ seq }) => seq), ts: entries.map(({ ts }) => ts), sourceId }
}

test('raisedFloors() keeps as many lines, bytes and as much time as asked for', async () => {
  const { dir, seqs, ts, sourceId } = await mixedStore()
  expect(seqs).toHaveLength(180)
  const files = listPartitions(dir)
  expect(files.length).toBeGreaterThan(2)
  const kept = (limits: object, nowTs = 0): number => {
    const source = { sourceId, floor: 0, limits: { ...NO_LIMITS, ...limits } }
    const floor = finish(raisedFloors(files, [source], nowTs)).get(sourceId) ?? 0
    return seqs.filter((seq) => seq > floor).length
  }
  for (const lines of [0, 1, 2, 3, 50, 179, 180, 500])
    expect(kept({ lines })).toBe(Math.min(lines, 180))
  // "own 59\n" is 7 bytes, of the first ten lines 6.
  expect(kept({ bytes: 20 })).toBe(2)
  expect(kept({ bytes: 21 })).toBe(3)
  expect(kept({ lines: 2, bytes: 1_000_000 })).toBe(2)
  expect(kept({ ageMs: 10_000 }, 60_000_000)).toBe(ts.filter((one) => one >= 50_000_000).length)
  expect(kept({ ageMs: 1 }, 1e12)).toBe(0)
  expect(kept({})).toBe(180)
})

test('raisedFloors() never lowers a floor, and passes over blocks below it', async () => {
  const { dir, seqs, sourceId } = await mixedStore()
  const files = listPartitions(dir)
  const floor = seqs[100]!
  const wide = { sourceId, floor, limits: { ...NO_LIMITS, lines: 150 } }
  expect(finish(raisedFloors(files, [wide], 0))).toEqual(new Map())
  const source = { sourceId, floor, limits: { ...NO_LIMITS, lines: 10 } }
  expect(finish(raisedFloors(files, [source], 0))).toEqual(new Map([[sourceId, seqs.at(-11)]]))
})

test('raisedFloors() passes over a block that cannot be read', async () => {
  const { dir, entries } = await storeCopy('closed')
  const files = listPartitions(dir)
  const broken = breakBlock(files[0]!.path)
  const large = entries.filter(({ source }) => source === 'large')
  // The limit is reached inside the block.
  const lines = large.filter(({ seq }) => seq > broken.last_seq).length + 1
  const source = { sourceId: broken.source_id!, floor: 0, limits: { ...NO_LIMITS, lines } }
  expect(finish(raisedFloors(files, [source], 0))).toEqual(
    new Map([[broken.source_id, broken.first_seq]]),
  )
})

test('raisedFloors() passes over a partition that is removed while it walks', async () => {
  const { dir, entries } = await storeCopy('closed')
  const files = listPartitions(dir)
  const large = entries.filter(({ source }) => source === 'large')
  const sourceId = 1
  const steps = raisedFloors(files, [{ sourceId, floor: 0, limits: { ...NO_LIMITS, lines: 5 } }], 0)
  steps.next()
  rmSync(files[1]!.path)
  expect(finish(steps)).toEqual(new Map([[sourceId, large.at(-6)!.seq]]))
})

test('raisedFloors() hides nothing while a partition cannot be opened', async () => {
  const { dir, seqs, ts, sourceId } = await mixedStore()
  const files = listPartitions(dir)
  const limits = { ...NO_LIMITS, ageMs: 50_000 }
  const raised = (): ReadonlyMap<number, number> =>
    finish(raisedFloors(files, [{ sourceId, floor: 0, limits }], 60_000_000))
  const youngest = seqs[ts.findIndex((one) => one >= 10_000_000)]!
  const foreign = new Database(files.findLast(({ firstSeq }) => firstSeq <= youngest)!.path)
  foreign.exec('BEGIN EXCLUSIVE')
  expect(raised).toThrow('is in use')
  foreign.close()
  expect(raised()).toEqual(new Map([[sourceId, youngest - 1]]))
})

test('a store keeps its limits over a restart', async () => {
  const dir = join(freshDir(), 'logs')
  const first = await openLogs({ dir })
  await first.setRetention('own', { lines: 10_000, ageMs: 86_400_000 })
  await first.setRetention(null, { bytes: 1_000_000_000 })
  await expect(first.setRetention('own', { lines: -1 })).rejects.toThrowErrorMatchingInlineSnapshot(
    `[RangeError: Expected lines to be null or an integer of at least 0, got -1]`,
  )
  await first.close()
  const second = await openLogs({ dir })
  expect(await second.retention()).toEqual({
    store: { bytes: 1_000_000_000, ageMs: null },
    sources: { own: { lines: 10_000, bytes: null, ageMs: 86_400_000 } },
  })
  await second.setRetention('own', {})
  expect((await second.retention()).sources).toEqual({})
  await second.close()
})
