// A part: the same for the store: how fast, how large, how long questions take, and what retention costs and
// gives back. Partitions are small here, so that half of the store is several of them.
import { readFileSync } from 'node:fs'
import { openLogs } from '@hero/logs'
import { median } from '../figures.mjs'
import { NEEDLE } from '../generate.mjs'
import { answerPart, folderBytes, measured } from '../part.mjs'
import { createFeeds, cutReads } from '../shared/feed.mjs'
import { timedAsync } from '../shared/timed.mjs'

const SOURCES = Array.from({ length: 8 }, (_, i) => `service${i + 1}`)
const PARTITION_BYTES = 1_048_576

answerPart(async ({ dir, path, repetitions }) => {
  const reads = cutReads(readFileSync(path))
  const lines = reads.reduce((sum, read) => sum + read.lines, 0)
  const logs = await openLogs({ dir, partitionBytes: PARTITION_BYTES })
  const feeds = createFeeds(logs, SOURCES)
  let insertMs
  const { cpuUs } = await measured(async () => {
    const inserted = await timedAsync(async () => {
      for (const [i, read] of reads.entries()) await feeds[i % feeds.length](read.bytes, read.lines)
      await logs.sync()
    })
    insertMs = inserted.ms
    await logs.compact()
  })
  const bytes = folderBytes(dir)
  const search = () => logs.query({ contains: NEEDLE })
  const tail = () => logs.query({ sources: ['service1'], order: 'desc', limit: 200 })
  const { entries } = await search()
  const searchMs = await medianMs(search, repetitions)
  const tailMs = await medianMs(tail, repetitions)
  const removal = await timedAsync(() => logs.vacuum({ bytes: Math.round(bytes / 2) }))
  const bytesLeft = folderBytes(dir)
  await logs.close()
  return {
    rate: (lines * 1000) / insertMs,
    cpuUs: cpuUs / lines,
    bytes,
    searchMs,
    tailMs,
    found: entries.length,
    removeMs: removal.ms,
    bytesLeft,
  }
})

async function medianMs(ask, repetitions) {
  const times = []
  for (let i = 0; i < repetitions; i += 1) times.push((await timedAsync(ask)).ms)
  return median(times)
}
