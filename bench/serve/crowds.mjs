// Crowds of viewers on one source: what each of them sees, how late, and what it costs the server.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { createProducer } from './producer.mjs'
import { checkLaw, startServer } from './server.mjs'

const VIEWERS = fileURLToPath(new URL('viewers.mjs', import.meta.url))
const SERIALIZED = 'hero_proc_entries_serialized_total'

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
    const serializedBefore = await server.metric(SERIALIZED)
    const producer = createProducer(server.client, { source: 'bench', rate: linesPerSecond })
    await sleep(seconds * 1_000)
    const lines = await producer.end()
    const seen = await crowd.ask({ until: lines })
    const cpu = server.cpuSeconds() - cpuBefore
    const rssMax = rss.stop()
    const metrics = await server.client.call('log_batcher.stats')
    const serialized = (await server.metric(SERIALIZED)) - serializedBefore
    await checkLaw(server.client)
    return {
      ...seen,
      lines,
      serializedPerLine: serialized / lines,
      serverCpuShare: cpu / seconds,
      rssGrowthMb: (rssMax - rssBefore) / 1_048_576,
      followersInStore: metrics.followers.length,
    }
  } finally {
    for (const { child } of crowds) child.kill('SIGKILL')
    await server.stop()
  }
}

/**
 * Viewers in a process of their own; `ask({ until, skip })` waits until they have seen that many lines, and
 * leaves the first few latencies out.
 */
export async function openCrowd(socketPath, kind, count) {
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
