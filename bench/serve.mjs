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
import { measureCrowd, measureStopped } from './serve/crowds.mjs'
import { measureInserts } from './serve/inserts.mjs'
import { within } from './serve/processes.mjs'

/** What a trial may take beside its time: starts, connections, stops. */
const SLACK_MS = 180_000

/** What a figure has to be: at least, or at most. */
const RATE = { entriesPerSecond: ['>=', 150_000] }
const CROWD = {
  incomplete: ['<=', 0],
  gaps: ['<=', 0],
  repeats: ['<=', 0],
  p99Ms: ['<=', 250],
  rssGrowthMb: ['<=', 150],
  serializedPerLine: ['<=', 1],
}

const BATCHES = { perRequest: 1_000, underWay: 4 }
const TRIALS = [
  {
    name: 'batches-commit',
    run: (seconds) => measureInserts({ ...BATCHES, ack: 'commit', seconds }),
    bounds: RATE,
  },
  {
    name: 'batches-queued',
    run: (seconds) => measureInserts({ ...BATCHES, ack: 'queued', seconds }),
    bounds: RATE,
  },
  {
    name: 'single',
    run: (seconds) => measureInserts({ perRequest: 1, underWay: 32, ack: 'queued', seconds }),
    bounds: { requestsPerSecond: ['>=', 5_000] },
  },
  {
    name: 'crowd-follow',
    run: (seconds) => measureCrowd({ kind: 'follow', count: 100, linesPerSecond: 2_000, seconds }),
    bounds: CROWD,
  },
  {
    name: 'crowd-stream',
    run: (seconds) => measureCrowd({ kind: 'stream', count: 500, linesPerSecond: 20, seconds }),
    bounds: CROWD,
  },
  {
    // R12: those that do not read harm nobody.
    name: 'crowd-stopped',
    run: (seconds) =>
      measureStopped({ kind: 'stream', count: 50, linesPerSecond: 200, stopped: 50, seconds }),
    bounds: { ...CROWD, p99Ratio: ['<=', 2] },
  },
]

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
for (const { name, run, bounds } of chosen) {
  const trial = within(seconds * 3_000 + SLACK_MS, name, run(seconds))
  const result = await trial.catch((error) => ({ error: error.message }))
  const load = loadavg()[0]
  const failed = Object.keys(bounds).filter((key) => !holds(result[key], bounds[key]))
  results.push({ name, seconds, load, failed, ...result })
  console.log(`${failed.length === 0 ? 'pass' : 'FAIL'} ${name} (load ${load.toFixed(1)})`)
  for (const [key, value] of Object.entries(result)) {
    const [sign, bound] = bounds[key] ?? []
    const verdict = failed.includes(key) ? 'FAIL' : 'ok'
    const about = sign === undefined ? '' : `   ${sign} ${shown(bound)} ${verdict}`
    console.log(`       ${key}: ${shown(value)}${about}`)
  }
}
if (values.json !== undefined) {
  const about = { date: new Date().toISOString(), node: process.version }
  writeFileSync(values.json, `${JSON.stringify({ ...about, results }, null, 2)}\n`)
}
process.exit(results.every(({ failed }) => failed.length === 0) ? 0 : 1)

function holds(value, [sign, bound]) {
  return sign === '>=' ? value >= bound : value <= bound
}

function shown(value) {
  if (typeof value !== 'number') return value
  return value >= 100 ? Math.round(value).toLocaleString('en') : Number(value.toPrecision(3))
}
