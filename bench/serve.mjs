// The serving bench: what comes in over RPC, what goes out to viewers, and what it costs. Every trial has
// a hero_proc of its own and ends by itself. Clients run on the same machine and take their part of it:
// the load average is printed beside each figure.
//
//   npm run bench:serve                          all trials, about two minutes
//   npm run bench:serve -- batches crowd         those whose names begin so
//   npm run bench:serve -- --seconds 5 --json result.json
import { writeFileSync } from 'node:fs'
import { loadavg } from 'node:os'
import { parseArgs } from 'node:util'
import { measureCrowd } from './serve/crowds.mjs'
import { measureInserts } from './serve/inserts.mjs'

/** Name, what it does, the figures it has to reach. */
const TRIALS = [
  {
    name: 'batches-commit',
    run: (seconds) => measureInserts({ perRequest: 1_000, underWay: 4, ack: 'commit', seconds }),
    passes: ({ entriesPerSecond }) => entriesPerSecond >= 150_000,
    expects: '150,000 entries/s',
  },
  {
    name: 'batches-queued',
    run: (seconds) => measureInserts({ perRequest: 1_000, underWay: 4, ack: 'queued', seconds }),
    passes: ({ entriesPerSecond }) => entriesPerSecond >= 150_000,
    expects: '150,000 entries/s',
  },
  {
    name: 'single',
    run: (seconds) => measureInserts({ perRequest: 1, underWay: 32, ack: 'queued', seconds }),
    passes: ({ requestsPerSecond }) => requestsPerSecond >= 5_000,
    expects: '5,000 requests/s',
  },
  crowd('crowd-follow', { kind: 'follow', count: 100, linesPerSecond: 2_000 }),
  crowd('crowd-stream', { kind: 'stream', count: 500, linesPerSecond: 20 }),
  crowd('crowd-stopped', { kind: 'stream', count: 50, linesPerSecond: 200, stopped: 50 }),
]

function crowd(name, options) {
  return {
    name,
    run: (seconds) => measureCrowd({ ...options, seconds }),
    passes: ({ complete, viewers, repeats, p99Ms, rssGrowthMb }) =>
      complete === viewers && repeats === 0 && p99Ms <= 250 && rssGrowthMb <= 150,
    expects: 'all complete, no repeats, p99 250 ms, +150 MB',
  }
}

const { values, positionals } = parseArgs({
  options: { seconds: { type: 'string', default: '10' }, json: { type: 'string' } },
  allowPositionals: true,
})
const seconds = Number(values.seconds)
const chosen = TRIALS.filter(
  ({ name }) => positionals.length === 0 || positionals.some((word) => name.startsWith(word)),
)
if (!(seconds >= 1 && seconds <= 600) || chosen.length === 0) {
  console.error(
    `bench: Expected 1 to 600 seconds and some of ${TRIALS.map(({ name }) => name).join(', ')}`,
  )
  process.exit(2)
}
const results = []
for (const { name, run, passes, expects } of chosen) {
  const result = await run(seconds)
  const load = loadavg()[0]
  const isPassed = passes(result)
  results.push({ name, seconds, load, isPassed, ...result })
  console.log(`${isPassed ? 'pass' : 'FAIL'} ${name} (${expects}; load ${load.toFixed(1)})`)
  for (const [key, value] of Object.entries(result)) console.log(`       ${key}: ${shown(value)}`)
}
if (values.json !== undefined) {
  const about = { date: new Date().toISOString(), node: process.version }
  writeFileSync(values.json, `${JSON.stringify({ ...about, results }, null, 2)}\n`)
}
process.exit(results.every(({ isPassed }) => isPassed) ? 0 : 1)

function shown(value) {
  return value >= 100 ? Math.round(value).toLocaleString('en') : Number(value.toPrecision(3))
}
