// R25: hours at half of what the store can take, with readers, partitions that are closed and removed: nothing
// grows, nothing is dropped, and inserts take no longer at the end than at the beginning.
import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { openPlace, percentile } from './place.mjs'

const MINUTES = 120
const SERVICES = 4
/** Half of the services' greatest rate is the load. */
const LOAD = 0.5
const FLOOD_SECONDS = 20
const SLOPE_MIB_MAX = 5
const WAL_BYTES_MAX = 8 * 2 ** 20
const SLOWER_MAX = 1.5
/** The part of the time that warms up: not part of the slope. */
const WARM_UP = 0.25

/** For `node -e`: prints argv[1] lines a second, in bursts of 50 ms; waits whenever its output is full. */
const PRINTS = `
  const rate = Number(process.argv[1])
  const begun = performance.now()
  let n = 0
  function print() {
    const due = Math.min(n + 2000, ((performance.now() - begun) / 1000) * rate)
    const now = new Date().toISOString()
    let text = ''
    while (n < due) text += now + ' INFO request ' + ++n + ' took ' + ((n * 7919) % 997) + ' ms\\n'
    if (text === '') setTimeout(print, 50)
    else if (process.stdout.write(text)) setImmediate(print)
    else process.stdout.once('drain', print)
  }
  print()`

export const soak = {
  id: 'R25',
  what: '2 h of 4 services at half capacity, inserts and readers, with rotation and retention',
  bound:
    'RSS < +5 MB/h after warm-up, WAL <= 8 MB, 0 drops, p99 insert within 1.5 x of the beginning',
  async run({ minutes = MINUTES }) {
    const place = openPlace(undefined, {
      HERO_PROC_PARTITION_BYTES: String(32 * 2 ** 20),
      HERO_PROC_KEEP_BYTES: String(256 * 2 ** 20),
    })
    const server = await place.serve()
    try {
      const capacity = await capacityOf(server.client)
      await runServices(server.client, 'prints', (LOAD * capacity) / SERVICES)
      const seen = await observe(server, minutes)
      const code = await server.end('SIGTERM')
      return judge({ ...seen, minutes, capacity, code })
    } finally {
      if (server.isAlive()) await server.end('SIGKILL')
      place.remove()
    }
  },
}

/** Lines a second that are stored while the services print without a limit. */
async function capacityOf(client) {
  await runServices(client, 'floods', 1e9)
  const stored = async () => (await client.call('log_batcher.stats')).totals.stored_total
  await sleep(2_000)
  const [begun, before] = [performance.now(), await stored()]
  await sleep(FLOOD_SECONDS * 1_000)
  const capacity = ((await stored()) - before) / ((performance.now() - begun) / 1_000)
  for (let i = 0; i < SERVICES; i++) await client.call('service.delete', { name: `floods-${i}` })
  return capacity
}

async function runServices(client, prefix, linesPerSecond) {
  const command = [process.execPath, '-e', PRINTS, String(linesPerSecond)]
  for (let i = 0; i < SERVICES; i++) {
    const definition = { name: `${prefix}-${i}`, command, capture: i % 2 ? 'pty' : 'pipe' }
    await client.call('service.add', { definition, start: true })
  }
}

/** Five times a second, what a user would do, and what it took. */
async function observe(server, minutes) {
  const samples = []
  const inserts = []
  const begun = performance.now()
  const end = begun + minutes * 60_000
  while (performance.now() < end) {
    const at = performance.now()
    const entries = [{ text: `insert ${inserts.length}` }]
    await server.client.call('logs.insert', { source: 'inserts', entries, ack: 'commit' })
    inserts.push({ at: at - begun, ms: performance.now() - at })
    await server.client.call('logs.tail', { source: 'prints-0', lines: 100 })
    await server.client.call('logs.query', { contains: 'took 996 ms', order: 'desc', limit: 10 })
    const { store, totals } = await server.client.call('log_batcher.stats')
    samples.push({
      hours: (at - begun) / 3_600_000,
      rss: rssBytes(server.child.pid),
      wal: store.wal_bytes,
      totals,
      removed: store.removed,
    })
    if (samples.length % 150 === 0)
      process.stderr.write(`R25: ${((at - begun) / 60_000).toFixed(0)} of ${minutes} minutes\r`)
    await sleep(200)
  }
  return { samples, inserts }
}

function judge({ samples, inserts, minutes, capacity, code }) {
  const failures = []
  const last = samples.at(-1)
  const warm = samples.filter(({ hours }) => hours >= (minutes / 60) * WARM_UP)
  const slope = slopeOf(warm) / 2 ** 20
  const walMax = Math.max(...warm.map(({ wal }) => wal))
  const p99 = (from, to) =>
    percentile(
      inserts
        .filter(({ at }) => at >= from * 60_000 * minutes && at < to * 60_000 * minutes)
        .map(({ ms }) => ms),
      0.99,
    )
  const [early, late] = [p99(0.05, 0.25), p99(0.8, 1)]
  if (slope > SLOPE_MIB_MAX) failures.push(`RSS grows by ${slope.toFixed(1)} MiB an hour`)
  if (walMax > WAL_BYTES_MAX) failures.push(`WAL of ${(walMax / 2 ** 20).toFixed(1)} MiB`)
  if (last.totals.dropped_total > 0) failures.push(`${last.totals.dropped_total} dropped`)
  if (late > early * SLOWER_MAX)
    failures.push(`inserts take ${late.toFixed(0)} ms after ${early.toFixed(0)}`)
  if (last.removed.partitions === 0) failures.push('nothing was removed: too short')
  if (code !== 0) failures.push(`serve exited with ${code}`)
  const figure =
    `${minutes} minutes at half of ${Math.round(capacity)} lines/s, ${last.totals.received_total} lines, ` +
    `${last.totals.dropped_total} dropped, RSS ` +
    `${(last.rss / 2 ** 20).toFixed(0)} MiB, ${slope.toFixed(1)} MiB/h, WAL at most ${(walMax / 2 ** 20).toFixed(1)} MiB, ` +
    `insert p99 ${early.toFixed(1)} then ${late.toFixed(1)} ms, ${last.removed.partitions} partitions removed`
  return { figure, failures }
}

/** Bytes an hour, by least squares. */
function slopeOf(samples) {
  const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length
  const x = mean(samples.map(({ hours }) => hours))
  const y = mean(samples.map(({ rss }) => rss))
  const above = samples.reduce((sum, { hours, rss }) => sum + (hours - x) * (rss - y), 0)
  return above / samples.reduce((sum, { hours }) => sum + (hours - x) ** 2, 0)
}

function rssBytes(pid) {
  return Number(/^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]) * 1024
}
