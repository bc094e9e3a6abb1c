// A part: how long stamped lines of a child take until they are committed, and until a follower in the same
// process has them. Commits are looked for in the stats, once a millisecond: they seem late by as much.
import { fileURLToPath } from 'node:url'
import { openLogs } from '@hero/logs'
import { percentile } from '../figures.mjs'
import { answerPart } from '../part.mjs'
import { captureInto } from '../shared/capture-into.mjs'

const STAMPS = fileURLToPath(new URL('stamps.mjs', import.meta.url))
const LOOK_MS = 1
const SOURCE = 'bench'

answerPart(async ({ dir, rate, seconds, warmUpLines }) => {
  const logs = await openLogs({ dir })
  const total = rate * seconds
  const followed = follow(logs, total)
  const commits = watchCommits(logs, total)
  const capture = await captureInto(logs, {
    source: SOURCE,
    command: process.execPath,
    args: [STAMPS, String(rate), String(seconds)],
    mode: 'pipe',
    overflow: 'hold',
  })
  await capture.exited
  const { stamps, latencies } = await followed
  const committed = (await commits).flatMap(({ from, to, atMs }) =>
    stamps.slice(from, to).map((stamp) => atMs - stamp),
  )
  const { dropped_total: dropped } = logs.stats().totals
  await logs.close()
  return {
    dropped,
    committed: summary(committed.slice(warmUpLines)),
    follower: summary(latencies.slice(warmUpLines)),
  }
})

async function follow(logs, total) {
  const stamps = []
  const latencies = []
  let lines = 0
  for await (const { text, gap } of logs.follow({ sources: [SOURCE] })) {
    lines += gap?.lines ?? 1
    if (gap === undefined) {
      const stamp = Number.parseFloat(text)
      stamps.push(stamp)
      latencies.push(performance.timeOrigin + performance.now() - stamp)
    }
    if (lines === total) break
  }
  return { stamps, latencies }
}

/** Which lines were committed when: `{ from, to, atMs }`. */
function watchCommits(logs, total) {
  return new Promise((resolve) => {
    const commits = []
    let from = 0
    const timer = setInterval(() => {
      const { stored: to, dropped } = logs.stats().sources[`pipe:${SOURCE}`] ?? { stored: 0 }
      if (to > from) commits.push({ from, to, atMs: performance.timeOrigin + performance.now() })
      from = to
      if (to === 0 || to + dropped < total) return
      clearInterval(timer)
      resolve(commits)
    }, LOOK_MS)
  })
}

function summary(values) {
  const max = values.reduce((a, b) => Math.max(a, b), 0)
  return { p50: percentile(values, 0.5), p99: percentile(values, 0.99), max }
}
