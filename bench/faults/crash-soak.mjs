// Many services that crash at random. Afterwards the log must tell the story of every run in order: its
// start, its lines from the first to the last, its end; and no restart may have come before its time.
import { setTimeout as sleep } from 'node:timers/promises'
import { openLogReader } from '@hero/logs'
import { addServices, openPlace, readAll } from './place.mjs'

const SERVICES = 50
const BACKOFF_MIN_MS = 50
const BACKOFF_MAX_MS = 1_000
/** The delay begins at the end that is announced, a little before its marker is written. */
const EARLY_MS = 30

// Prints numbered lines and ends in one of four ways, by chance.
const CRASHES = `
i=0
while :; do
  i=$((i+1)); echo "$HERO_PROC_RUN $i"
  case $(($(od -An -N2 -tu2 /dev/urandom) % 40)) in
    0) exit 1;; 1) exit 0;; 2) kill -9 $$;; 3) kill -SEGV $$;;
  esac
  sleep 0.02
done`
const CRASHING = Array.from({ length: SERVICES }, (_, i) => ({
  name: `crashes-${i}`,
  command: ['sh', '-c', CRASHES],
  capture: i % 2 === 0 ? 'pty' : 'pipe',
  restart: 'always',
  backoff_min_ms: BACKOFF_MIN_MS,
  backoff_max_ms: BACKOFF_MAX_MS,
}))

export const crashSoak = {
  id: 'CRASH',
  what: '50 services that crash at random',
  bound: 'start, lines and end of every run in order, restarts not before their back-off, 0 lost',
  async run({ count }) {
    const seconds = Math.max(5, Math.round(count * 1.5))
    const place = openPlace()
    const failures = []
    let figure = ''
    try {
      const server = await place.serve()
      await addServices(server.client, CRASHING)
      for (let second = 0; second < seconds; second += 5) {
        await sleep(Math.min(5, seconds - second) * 1_000)
        process.stderr.write(`CRASH: ${second} of ${seconds} s\r`)
      }
      const stats = await server.client.call('log_batcher.stats')
      if (stats.totals.dropped_total > 0) failures.push(`${stats.totals.dropped_total} dropped`)
      const code = await server.end('SIGTERM')
      if (code !== 0) failures.push(`serve exited with ${code}`)
      const told = await readStory(place.logsDir, failures)
      figure = `${seconds} s, ${told.runs} runs, ${told.lines} lines, ${failures.length} faults`
    } finally {
      place.remove()
    }
    return { figure, failures }
  },
}

async function readStory(logsDir, failures) {
  const reader = openLogReader({ dir: logsDir })
  const told = { runs: 0, lines: 0 }
  try {
    for (let i = 0; i < SERVICES; i++) {
      const source = `crashes-${i}`
      const entries = await readAll(reader, { sources: [source] })
      checkStory(source, entries, told, failures)
    }
    return told
  } finally {
    reader.close()
  }
}

function checkStory(source, entries, told, failures) {
  let run = 0
  let line = 0
  let isRunning = false
  let ended = { ts: 0, failures: 0 }
  const wrong = (what) => failures.push(`${source} run ${run}: ${what}`)
  for (const { text, ts, fields = {}, run: of } of entries) {
    if (fields.event === 'run.started') {
      if (isRunning) wrong('the next run began before its end')
      run += 1
      if (of !== run) wrong(`expected its start, got that of ${of}`)
      told.runs += 1
      line = 0
      isRunning = true
      const delayMs = Math.min(BACKOFF_MAX_MS, BACKOFF_MIN_MS * 2 ** (ended.failures - 1))
      const waitedMs = (ts - ended.ts) / 1_000
      if (run > 1 && waitedMs < delayMs - EARLY_MS)
        wrong(`restarted after ${waitedMs} ms, not ${delayMs}`)
    } else if (fields.event === 'run.exited') {
      if (!isRunning) wrong('an end without a start')
      isRunning = false
      // A run of ten seconds is a good one: none here is.
      ended = { ts, failures: ended.failures + 1 }
    } else {
      line += 1
      told.lines += 1
      if (!isRunning) wrong(`line ${text} outside a run`)
      if (text !== `${run} ${line}`) wrong(`expected line ${run} ${line}, got ${text}`)
    }
  }
  if (isRunning) wrong('has no end')
}
