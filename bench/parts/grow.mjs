// A part: lines from memory into one store, again and again, with the rate, the CPU time and the memory of
// every part of the way. The lines of a file come again, but far apart: no block holds two of the same.
import { readFileSync } from 'node:fs'
import { openLogs } from '@hero/logs'
import { answerPart, folderBytes } from '../part.mjs'
import { createFeeds, cutReads } from '../shared/feed.mjs'

answerPart(async ({ dir, path, sources, passes }) => {
  const reads = cutReads(readFileSync(path))
  const lines = reads.reduce((sum, read) => sum + read.lines, 0)
  const logs = await openLogs({ dir })
  const feeds = createFeeds(
    logs,
    Array.from({ length: sources }, (_, i) => `source${i + 1}`),
  )
  const steps = []
  for (let pass = 1; pass <= passes; pass += 1) {
    const cpuBefore = process.cpuUsage()
    const startMs = performance.now()
    for (const [i, read] of reads.entries()) await feeds[i % sources](read.bytes, read.lines)
    await logs.sync()
    const ms = performance.now() - startMs
    const { user, system } = process.cpuUsage(cpuBefore)
    steps.push({
      lines: pass * lines,
      rate: (lines * 1000) / ms,
      cpuUs: (user + system) / lines,
      rssMib: process.memoryUsage.rss() / 2 ** 20,
      disk: folderBytes(dir) / (pass * lines),
    })
  }
  await logs.close()
  return { steps }
})
