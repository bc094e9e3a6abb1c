// The partitions that a reader has open: few, however many it goes through.
import { cpSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { LIMITS } from '../../src/model/limits.js'
import { PartitionCache } from '../../src/read/partition-cache.js'
import { freshDir } from '../support.js'
import { partitionPaths, storeCopy } from '../store/fixtures.js'

test('open() closes what was not used for longest', async () => {
  const { dir } = await storeCopy('closed')
  const paths = Array.from({ length: LIMITS.readerFilesMax + 2 }, () => join(freshDir(), 'p.db'))
  for (const path of paths) cpSync(partitionPaths(dir)[0]!, path)
  const cache = new PartitionCache(dir)
  onTestFinished(() => cache.close())
  const open = (path: string): ReturnType<PartitionCache['open']> =>
    cache.open({ path, firstSeq: 1 })
  const [first, second, ...others] = paths.slice(0, -1).map((path) => open(path)!)
  expect(() => first!.meta()).toThrow('not open')
  expect(open(paths[1]!)).toBe(second)
  open(paths.at(-1)!)
  expect(() => others[0]!.meta()).toThrow('not open')
  for (const kept of [second!, ...others.slice(1)]) expect(kept.meta().size).toBeGreaterThan(0)
})
