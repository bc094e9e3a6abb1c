// A store of several partitions, made by the library: what the tests of damage begin with.
import { cpSync, rmSync } from 'node:fs'
import { openLogs } from '@hero/logs'
import { createRandom } from '../random.mjs'

const SOURCES = 5
const COPIES_MAX = 20
const LINES = 12_000
const PARTITION_BYTES = 65_536

/**
 * Fills a store and returns the texts. With `snapshotDir` the store is copied there while it is open, with a full WAL: what a
 * killed process leaves behind.
 */
export async function fillStore(
  dir,
  { snapshotDir, lines = LINES, partitionBytes = PARTITION_BYTES } = {},
) {
  const logs = await openLogs({ dir, partitionBytes, flushDelayMs: 5 })
  const random = createRandom(7)
  const sinks = Array.from({ length: SOURCES }, (_, i) =>
    logs.sink({ source: `store-${i}`, origin: 'rpc' }),
  )
  const texts = new Set()
  for (let i = 1; i <= lines; i++) {
    const text = `line ${i} ${random.hex(random.integer(10, 120))}`
    texts.add(text)
    sinks[i % SOURCES].write({ text })
    if (i % 400 === 0) await logs.sync()
  }
  await logs.sync()
  if (snapshotDir !== undefined) copyLive(dir, snapshotDir)
  await logs.close()
  return texts
}

// A WAL may go while it is copied: its partition was closed. Then the copy is made again.
function copyLive(dir, target) {
  for (let attempt = 1; ; attempt++) {
    try {
      return cpSync(dir, target, { recursive: true })
    } catch (error) {
      if (error.code !== 'ENOENT' || attempt === COPIES_MAX) throw error
      rmSync(target, { recursive: true, force: true })
    }
  }
}
