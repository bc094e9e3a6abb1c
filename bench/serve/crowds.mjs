// Crowds of viewers on one source: what each of them sees, how late, and what it costs the server.
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { startNode, within } from './processes.mjs'
import { checkLaw, startServer } from './server.mjs'

const VIEWERS = fileURLToPath(new URL('viewers.mjs', import.meta.url))
/** The producer hands over what is due this often. */
const STEP_MS = 10
/** Viewers open one after another; then they have so long to see the last line. */
const OPEN_MS_MAX = 60_000
const SEEN_MS_MAX = 30_000

/** A crowd alone, then beside as many that are stopped: what the stopped ones cost the others. */
export async function measureStopped(options) {
  const alone = await measureCrowd({ ...options, stopped: 0 })
  const beside = await measureCrowd(options)
  return { ...beside, p99MsAlone: alone.p99Ms, p99Ratio: beside.p99Ms / alone.p99Ms }
}

/** `count` viewers of `kind` while one producer writes `linesPerSecond`; `stopped` more are stopped. */
export async function measureCrowd({ kind, count, linesPerSecond, seconds, stopped = 0 }) {
  const server = await startServer()
  const crowds = []
  try {
    await server.client.call('logs.insert', { source: 'warm', entries: [{ text: 'up' }] })
    const rssBefore = server.rssBytes()
    const crowd = await openCrowd(server.socketPath, kind, count)
    crowds.push(crowd)
    if (stopped > 0) {
      const frozen = await openCrowd(server.socketPath, kind, stopped)
      crowds.push(frozen)
      frozen.child.kill('SIGSTOP')
    }
    const rss = server.watchRss()
    const cpuBefore = server.cpuSeconds()
    const serializedBefore = await server.metric('hero_proc_entries_serialized_total')
    const lines = await produce(server.client, linesPerSecond, seconds)
    const { complete, viewers, ...seen } = await crowd.ask({ until: lines })
    const cpu = server.cpuSeconds() - cpuBefore
    const rssMax = rss.stop()
    const { followers } = await server.client.call('log_batcher.stats')
    const serialized =
      (await server.metric('hero_proc_entries_serialized_total')) - serializedBefore
    await checkLaw(server.client)
    return {
      viewers,
      incomplete: viewers - complete,
      ...seen,
      lines,
      serializedPerLine: serialized / lines,
      serverCpuShare: cpu / seconds,
      rssGrowthMb: (rssMax - rssBefore) / 1_048_576,
      followersInStore: followers.length,
    }
  } finally {
    for (const { child } of crowds) child.kill('SIGKILL')
    await server.stop()
  }
}

async function openCrowd(socketPath, kind, count) {
  const child = startNode([VIEWERS, socketPath, kind, String(count)], ['pipe', 'pipe', 'inherit'])
  const lines = createInterface({ input: child.stdout })
  await within(OPEN_MS_MAX, 'the opening of viewers', once(lines, 'line'), child)
  return {
    child,
    ask: async (command) => {
      const answer = once(lines, 'line')
      child.stdin.write(`${JSON.stringify(command)}\n`)
      return JSON.parse((await within(SEEN_MS_MAX, 'the answer of viewers', answer))[0])
    },
  }
}

/** Writes stamped lines at an even rate; returns how many. */
async function produce(client, linesPerSecond, seconds) {
  const total = linesPerSecond * seconds
  const padding = ' GET /orders/7781 200 59210 bytes in 490 ms, as such lines are on real machines'
  const begun = performance.now()
  const pending = new Set()
  let sent = 0
  while (sent < total) {
    const due = Math.min(total, Math.ceil(((performance.now() - begun) / 1_000) * linesPerSecond))
    if (due > sent) {
      const now = performance.timeOrigin + performance.now()
      const entries = []
      for (let number = sent + 1; number <= due; number += 1) {
        entries.push({ text: `${now}${padding}` })
      }
      sent = due
      const call = client.call('logs.insert', { source: 'bench', entries })
      pending.add(call)
      void call.then(() => pending.delete(call))
    }
    await sleep(STEP_MS)
  }
  await Promise.all(pending)
  return total
}
