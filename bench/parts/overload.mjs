// A part: one service floods a pipe while every commit is slowed down, nine quiet services print a hundred
// lines a second each. The accounts are checked at random instants and at the end: the quiet ones lose
// nothing, gap entries tell every loss.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { setTimeout as sleep } from 'node:timers/promises'
import { createSupervisor } from '@hero/proc'
import { answerPart } from '../part.mjs'
import { createRandom } from '../random.mjs'

const CHECKS = 100
const IDLE_MS = 3_000
const FLOOD =
  'yes "2026-11-21T10:00:00.000Z INFO  http: GET /orders/7781 200 59210 bytes in 490 ms, again and again"'
const QUIET = 'i=0; while :; do i=$((i+1)); echo "tick $i"; sleep 0.01; done'
const QUIET_NAMES = Array.from({ length: 9 }, (_, i) => `quiet${i + 1}`)

answerPart(async ({ seconds, delayMs }) => {
  // Read by the writer's thread when the store is opened.
  process.env.HERO_PROC_TEST_COMMIT_DELAY_MS = String(delayMs)
  const { openLogsPlugin } = await import('@hero/proc-logs')
  const dataDir = mkdtempSync(join(tmpdir(), 'hero-overload-'))
  const plugin = await openLogsPlugin({ dir: join(dataDir, 'logs') })
  const supervisor = await createSupervisor({ dataDir, plugins: [plugin] })
  for (const name of QUIET_NAMES) await start(supervisor, name, QUIET)
  await sleep(IDLE_MS)
  const idleBytes = process.memoryUsage.rss()
  const delays = monitorEventLoopDelay({ resolution: 1 })
  delays.enable()
  await start(supervisor, 'flood', FLOOD)
  const watched = await watch(plugin.logs, seconds)
  delays.disable()
  await supervisor.stopAll()
  await plugin.logs.sync()
  const { sources, queue } = plugin.logs.stats()
  const told = await readGaps(plugin.logs)
  const lawBroken = [...watched.lawBroken, ...checkLaw(plugin.logs)]
  await supervisor.close()
  rmSync(dataDir, { recursive: true, force: true })
  return {
    flood: sources['pipe:flood'],
    quiet: QUIET_NAMES.map((name) => sources[`pipe:${name}`]),
    told,
    lawBroken,
    checks: CHECKS,
    queue,
    growthMib: (watched.rssMax - idleBytes) / 2 ** 20,
    delayMs: delays.percentile(99) / 1e6,
  }
})

async function start(supervisor, name, script) {
  await supervisor.add({ name, command: ['sh', '-c', script], capture: 'pipe', restart: 'never' })
  await supervisor.start(name)
}

/** Checks the law at random instants; the greatest resident memory seen. */
async function watch(logs, seconds) {
  const { next: random } = createRandom(1)
  const end = performance.now() + seconds * 1000
  const lawBroken = []
  let rssMax = 0
  for (let check = 0; check < CHECKS; check += 1) {
    await sleep(((end - performance.now()) / (CHECKS - check)) * (0.5 + random()))
    lawBroken.push(...checkLaw(logs))
    rssMax = Math.max(rssMax, process.memoryUsage.rss())
  }
  return { lawBroken, rssMax }
}

/** Accounts that do not add up, in lines or in bytes. */
function checkLaw(logs) {
  return Object.entries(logs.stats().sources).flatMap(([name, key]) =>
    [key, key.bytes].some(
      ({ received, sent, dropped, stored, queued }) =>
        received !== sent + dropped || sent !== stored + queued,
    )
      ? [`${name}: ${JSON.stringify(key)}`]
      : [],
  )
}

/** What the gap entries of the flood tell. */
async function readGaps(logs) {
  const told = { lines: 0, bytes: 0, entries: 0 }
  let query = { sources: ['flood'], origins: ['system'], limit: 10_000 }
  while (query !== undefined) {
    const page = await logs.query(query)
    for (const { gap } of page.entries) {
      if (!gap) continue
      told.lines += gap.lines
      told.bytes += gap.bytes
      told.entries += 1
    }
    query = page.next_cursor === null ? undefined : { ...query, after: page.next_cursor }
  }
  return told
}
