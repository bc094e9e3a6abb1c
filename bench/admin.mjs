// The admin page over a large store, in a real browser without a window: how soon it is there, how long a
// jump anywhere takes, whether a fast tail is smooth, and whether its memory grows.
//
//   npm run bench:admin                                  ten million lines; about eight minutes
//   npm run bench:admin -- --lines 100000 --seconds 20   a quick look
//   npm run bench:admin -- --corpus path/to/logs --json result.json
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { chromium } from 'playwright-core'
import { startAdmin } from '@hero/admin'
import { atLeast, atMost, checkTable, count, median, percentile } from './figures.mjs'
import { measureHeap, measureJumps, measureStarts, measureTail } from './admin/page-figures.mjs'
import { runPart } from './part.mjs'
import { clearProgress, say } from './progress.mjs'
import { startServer } from './serve/server.mjs'

const SOURCES = Array.from({ length: 10 }, (_, index) => `source${index + 1}`)
const TAIL_RATE = 2_000
const STARTS = 7
const JUMPS = 60
const TAIL_SECONDS = 20

const { values } = parseArgs({
  options: {
    lines: { type: 'string', default: '10000000' },
    seconds: { type: 'string', default: '300' },
    seed: { type: 'string', default: '1' },
    corpus: { type: 'string' },
    chromium: { type: 'string', default: '/usr/bin/chromium' },
    json: { type: 'string' },
  },
})
const lines = Number(values.lines)
const seconds = Number(values.seconds)
const seed = Number(values.seed)
if (!(lines >= 10_000) || !(seconds >= 10) || !(seed >= 1)) {
  console.error('bench: Expected --lines of 10000 or more, --seconds of 10 or more, --seed of 1')
  process.exit(2)
}

say(`admin: making a store of ${count(lines)} lines`)
const { corpus } = values
const folder = mkdtempSync(join(tmpdir(), 'hero-admin-'))
await runPart('build', { dir: join(folder, 'data/logs'), lines, sources: SOURCES, seed, corpus })
const server = await startServer(folder)
const admin = await startAdmin({
  targetPath: server.socketPath,
  socketPath: join(folder, 'admin.sock'),
  idleMs: 0,
})
const browser = await chromium.launch({
  executablePath: values.chromium,
  args: process.getuid() === 0 ? ['--no-sandbox'] : [],
})
let failed = true
try {
  failed = !(await measure())
} finally {
  await browser.close()
  await admin.close()
  await server.stop()
  rmSync(folder, { recursive: true, force: true })
}
process.exit(failed ? 1 : 0)

/** Prints all figures; true if every bound holds. */
async function measure() {
  const common = { browser, url: admin.url, client: server.client }
  say('admin: opening the page')
  const starts = await measureStarts(common, STARTS)
  say('admin: jumping')
  const jumps = await measureJumps(common, { jumps: JUMPS, lines, seed })
  say(`admin: following ${count(TAIL_RATE)} lines a second`)
  const tail = await measureTail(common, { rate: TAIL_RATE, seconds: TAIL_SECONDS })
  say(`admin: watching the heap for ${seconds} s`)
  const heap = await measureHeap(common, { rate: TAIL_RATE, seconds })
  clearProgress()
  const checks = [
    atMost('first paint, median', median(starts.paintMs), 1_000, 'ms'),
    atMost('first lines shown, median', median(starts.linesMs), 1_000, 'ms'),
    atMost('jump anywhere, p50', percentile(jumps.ms, 0.5), 300, 'ms'),
    atMost('jump anywhere, p99', percentile(jumps.ms, 0.99), 300, 'ms'),
    atLeast('frames a second while following', tail.framesPerSecond, 50, 'frames/s'),
    atMost('longest frame', tail.longestFrameMs, 100, 'ms'),
    atMost('lines behind at the end', tail.behindLines, TAIL_RATE, 'lines'),
    atMost('heap growth a minute', heap.growthMbPerMinute, 1, 'MB'),
  ]
  const load = loadavg()[0]
  console.log(`${count(lines)} lines; load ${load.toFixed(1)}`)
  for (const row of checkTable(checks)) console.log(row)
  console.log(`heap, MB: ${heap.mb.map((mb) => mb.toFixed(1)).join(' ')}`)
  if (values.json !== undefined) {
    const about = { date: new Date().toISOString(), node: process.version, lines, load }
    const result = { ...about, checks, starts, jumps, tail, heap }
    writeFileSync(values.json, `${JSON.stringify(result, null, 2)}\n`)
  }
  return checks.every(({ pass }) => pass)
}
