// How long `hero_proc logs` takes to its first line on a large store, beside `node -e 0` in turns: what
// somebody who types it waits for. Exits with 1 if the ratio of the medians is above its bound.
//
//   node bench/first-line.mjs [--lines 10000000] [--repetitions 10]
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { openLogs } from '@hero/logs'
import { median } from './figures.mjs'
import { openLineSource } from './line-source.mjs'

const RATIO_MAX = 4
const SOURCES = 10
const SYNC_BATCHES = 20
/** About what a read of a pipe brings. */
const BATCH_LINES = 400
const MAIN = fileURLToPath(new URL('../packages/cli/dist/main.js', import.meta.url))

const { values } = parseArgs({
  options: {
    lines: { type: 'string', default: '10000000' },
    repetitions: { type: 'string', default: '10' },
  },
})
const folder = mkdtempSync(join(tmpdir(), 'hero-first-line-'))
try {
  await makeStore(join(folder, 'logs'), Number(values.lines))
  const commands = {
    'node -e 0': ['-e', '0'],
    'logs -n 10': [MAIN, 'logs', '-n', '10', '--data-dir', folder],
    logs: [MAIN, 'logs', '--data-dir', folder],
    'logs SOURCE': [MAIN, 'logs', 'source3', '--data-dir', folder],
  }
  const times = Object.fromEntries(Object.keys(commands).map((name) => [name, []]))
  for (let i = 0; i < Number(values.repetitions); i++) {
    for (const [name, args] of Object.entries(commands)) times[name].push(await firstOutput(args))
  }
  const nodeMs = median(times['node -e 0'])
  for (const [name, all] of Object.entries(times)) {
    const ms = median(all)
    const ratio = ms / nodeMs
    console.log(`${name.padEnd(12)} ${ms.toFixed(0).padStart(6)} ms  ${ratio.toFixed(2)} x`)
    if (ratio > RATIO_MAX) process.exitCode = 1
  }
  console.log(`bound ${RATIO_MAX} x: ${process.exitCode ? 'NOT reached' : 'reached'}`)
} finally {
  rmSync(folder, { recursive: true, force: true })
}

async function makeStore(dir, lines) {
  const logs = await openLogs({ dir })
  const next = openLineSource().lines(1)
  const sinks = Array.from({ length: SOURCES }, (_, i) =>
    logs.sink({ source: `source${i}`, origin: 'pipe', settings: { overflow: 'block' } }),
  )
  for (let made = 0; made < lines; made += BATCH_LINES) {
    const count = Math.min(BATCH_LINES, lines - made)
    const bytes = Buffer.concat(Array.from({ length: count }, next))
    const whole = { start: 0, end: bytes.length, part: 'none', terminated: true }
    const region = { ...whole, bytes, lines: count, ts: Date.now() * 1000, stream: 'stdout' }
    const dropped = sinks[(made / BATCH_LINES) % SOURCES].writeLines(region, 1)
    if (dropped !== undefined) throw new Error(`Expected no drops, got ${dropped}`)
    if (made % (SYNC_BATCHES * BATCH_LINES) === 0) await logs.sync()
  }
  await logs.close()
}

/** Milliseconds to the first byte on stdout, or to the end of a process that prints nothing. */
function firstOutput(args) {
  return new Promise((resolve, reject) => {
    const startMs = performance.now()
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'ignore'] })
    let firstMs
    child.stdout.once('data', () => {
      firstMs = performance.now() - startMs
      child.stdout.resume()
      // What else it prints is not waited for.
      child.kill()
    })
    child.on('error', reject)
    child.on('close', () => resolve(firstMs ?? performance.now() - startMs))
  })
}
