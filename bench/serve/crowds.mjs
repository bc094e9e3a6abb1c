// Crowds of viewers on one source: what each of them sees, how late, and what it costs the server.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { checkLaw, startServer } from './server.mjs'

const VIEWERS = fileURLToPath(new URL('viewers.mjs', import.meta.url))
/** The producer hands over what is due this often. */
const STEP_MS = 10

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
    const lines = await produce(server.client, linesPerSecond, seconds)
    const seen = await crowd.ask({ until: lines })
    const cpu = server.cpuSeconds() - cpuBefore
    const rssMax = rss.stop()
    const metrics = await server.client.call('log_batcher.stats')
    await checkLaw(server.client)
    return {
      ...seen,
      lines,
      serverCpuShare: cpu / seconds,
      rssGrowthMb: (rssMax - rssBefore) / 1_048_576,
      followersInStore: metrics.followers.length,
    }
  } finally {
    for (const { child } of crowds) child.kill('SIGKILL')
    await server.stop()
  }
}

async function openCrowd(socketPath, kind, count) {
  const child = spawn(process.execPath, [VIEWERS, socketPath, kind, String(count)], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const lines = createInterface({ input: child.stdout })
  await once(lines, 'line')
  return {
    child,
    ask: async (command) => {
      const answer = once(lines, 'line')
      child.stdin.write(`${JSON.stringify(command)}\n`)
      return JSON.parse((await answer)[0])
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
