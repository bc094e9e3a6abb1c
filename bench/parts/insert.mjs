// A part: lines from memory into a store, as fast as it takes them (`flood`) or in commits of fifty lines
// that came one write each (`trickle`): what a thousand lines a second give with a flush every 50 ms,
// without the waiting. Compaction goes on between the commits as it does in idle time. The rate is that of
// the time after the first fifth: a thread that has just begun runs unoptimized code.
import { readFileSync } from 'node:fs'
import { keepFreedMemory } from '@hero/capture'
import { openLogs } from '@hero/logs'
import { splitLines } from '../line-source.mjs'
import { answerPart, measured } from '../part.mjs'
import { createFeeds, cutReads } from '../shared/feed.mjs'

const WARM_UP_SHARE = 0.2
const TRICKLE_LINES = 50
const TRICKLE_LINE_US = 1_000

answerPart(async ({ dir, paths, shape, durability }) => {
  const contents = paths.map((path) => readFileSync(path))
  const inputs = contents.map(shape === 'flood' ? cutReads : splitLines)
  // As hero_proc does.
  keepFreedMemory()
  const logs = await openLogs({ dir, durability })
  const feeds = createFeeds(
    logs,
    paths.map((_, i) => `source${i + 1}`),
  )
  const insert = shape === 'flood' ? flood : trickle
  const [warmUp, rest] = splitInputs(inputs)
  let insertMs
  const { wallMs, cpuUs, rssMaxKib } = await measured(async () => {
    await insert(logs, feeds, warmUp)
    const startMs = performance.now()
    await insert(logs, feeds, rest)
    insertMs = performance.now() - startMs
    await logs.compact()
    await logs.close()
  })
  return { wallMs, insertMs, insertShare: 1 - WARM_UP_SHARE, cpuUs, rssMaxKib }
})

function splitInputs(inputs) {
  const parts = inputs.map((items) => {
    const at = Math.floor(items.length * WARM_UP_SHARE)
    return [items.slice(0, at), items.slice(at)]
  })
  return [parts.map(([first]) => first), parts.map(([, rest]) => rest)]
}

async function flood(logs, feeds, inputs) {
  const most = Math.max(...inputs.map((reads) => reads.length))
  for (let i = 0; i < most; i += 1) {
    for (const [source, reads] of inputs.entries()) {
      if (i < reads.length) await feeds[source](reads[i].bytes, reads[i].lines)
    }
  }
  await logs.sync()
}

async function trickle(logs, feeds, inputs) {
  let ts = Date.now() * 1000
  for (const [source, lines] of inputs.entries()) {
    for (let at = 0; at < lines.length; at += TRICKLE_LINES) {
      for (const line of lines.slice(at, at + TRICKLE_LINES)) {
        ts += TRICKLE_LINE_US
        await feeds[source](line, 1, ts)
      }
      await logs.sync()
    }
  }
}
