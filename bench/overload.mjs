// Overload, for as long as asked: one service floods a pipe while every commit is slowed down, nine quiet
// services print a hundred lines a second each. Checks the accounts at random instants and at the end:
// the quiet ones lose nothing, gap entries tell every loss, memory and the main thread stay calm.
//
//   node bench/overload.mjs [--seconds 60] [--delay-ms 60]
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { createSupervisor } from '@hero/proc'
import { createRandom } from './random.mjs'

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '60' },
    'delay-ms': { type: 'string', default: '60' },
  },
})
const seconds = Number(values.seconds)
// Read by the writer's thread when the store is opened.
process.env.HERO_PROC_TEST_COMMIT_DELAY_MS = values['delay-ms']
const { openLogsPlugin } = await import('@hero/proc-logs')

const CHECKS = 100
const FLOOD =
  'yes "2026-11-21T10:00:00.000Z INFO  http: GET /orders/7781 200 59210 bytes in 490 ms, again and again"'
const QUIET = 'i=0; while :; do i=$((i+1)); echo "tick $i"; sleep 0.01; done'

const failures = []
const dataDir = mkdtempSync(join(tmpdir(), 'hero-overload-'))
const plugin = await openLogsPlugin({ dir: join(dataDir, 'logs') })
const { logs } = plugin
const supervisor = await createSupervisor({ dataDir, plugins: [plugin] })
const quiet = Array.from({ length: 9 }, (_, i) => `quiet${i + 1}`)
for (const name of quiet) await start(name, QUIET)
await sleep(3_000)
const idleBytes = process.memoryUsage.rss()
const delays = monitorEventLoopDelay({ resolution: 1 })
delays.enable()
await start('flood', FLOOD)
const rssMax = await watch()
delays.disable()
await supervisor.stopAll()
await logs.sync()
await report()
await supervisor.close()
rmSync(dataDir, { recursive: true, force: true })
process.exit(failures.length === 0 ? 0 : 1)

async function start(name, script) {
  await supervisor.add({ name, command: ['sh', '-c', script], capture: 'pipe', restart: 'never' })
  await supervisor.start(name)
}

/** Checks the law at random instants; returns the greatest resident memory seen. */
async function watch() {
  const { next: random } = createRandom(1)
  const end = performance.now() + seconds * 1000
  let rss = 0
  for (let check = 0; check < CHECKS; check++) {
    await sleep(((end - performance.now()) / (CHECKS - check)) * (0.5 + random()))
    checkLaw(`check ${check}`)
    rss = Math.max(rss, process.memoryUsage.rss())
    if (check % 10 === 9) process.stderr.write(`${check + 1} of ${CHECKS} checks\r`)
  }
  return rss
}

function checkLaw(when) {
  for (const [name, key] of Object.entries(logs.stats().sources)) {
    for (const counts of [key, key.bytes]) {
      const adds = counts.received === counts.sent + counts.dropped
      if (!adds || counts.sent !== counts.stored + counts.queued) {
        failures.push(`${when}: ${name} does not add up: ${JSON.stringify(key)}`)
      }
    }
  }
}

async function report() {
  checkLaw('the end')
  const { sources, queue } = logs.stats()
  const gaps = await readGaps()
  const flood = sources['pipe:flood']
  const told = gaps.get('flood') ?? { lines: 0, bytes: 0, entries: 0 }
  print('flood', `${flood.received} received, ${flood.stored} stored, ${flood.dropped} dropped`)
  expect('gap entries tell every lost line', told.lines, flood.dropped)
  expect('gap entries tell every lost byte', told.bytes, flood.bytes.dropped)
  print('gap entries of flood', told.entries)
  for (const name of quiet) expect(`${name} lost`, sources[`pipe:${name}`].dropped, 0)
  print(
    'lines of each quiet service',
    quiet.map((name) => sources[`pipe:${name}`].stored).join(' '),
  )
  print('queue high water', `${queue.high_water} of ${queue.bytes_max} bytes`)
  const growth = (rssMax - idleBytes) / 2 ** 20
  atMost('memory above idle, MiB', growth, 64)
  atMost('event-loop delay p99, ms', delays.percentile(99) / 1e6, 20)
  for (const failure of failures) process.stdout.write(`FAILED ${failure}\n`)
  process.stdout.write(failures.length === 0 ? 'all held\n' : `${failures.length} failures\n`)
}

async function readGaps() {
  const sums = new Map()
  let query = { origins: ['system'], limit: 10_000 }
  while (query) {
    const page = await logs.query(query)
    for (const { source, gap } of page.entries) {
      if (!gap) continue
      const sum = sums.get(source) ?? { lines: 0, bytes: 0, entries: 0 }
      sums.set(source, {
        lines: sum.lines + gap.lines,
        bytes: sum.bytes + gap.bytes,
        entries: sum.entries + 1,
      })
    }
    query = page.next_cursor === null ? undefined : { ...query, after: page.next_cursor }
  }
  return sums
}

function expect(what, got, wanted) {
  print(what, got)
  if (got !== wanted) failures.push(`${what}: expected ${wanted}, got ${got}`)
}

function atMost(what, got, limit) {
  print(what, got.toFixed(1))
  if (got > limit) failures.push(`${what}: expected at most ${limit}, got ${got}`)
}

function print(what, value) {
  process.stdout.write(`${what}: ${value}\n`)
}
