// R25: hours at a steady load, with readers, partitions that are closed and removed: nothing grows, nothing is
// dropped, and inserts take no longer at the end than at the beginning.
import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { openPlace, percentile } from './place.mjs'

const MINUTES = 120
const SERVICES = 4
const LINES_PER_SECOND = 1_000
const SLOPE_MIB_MAX = 5
const WAL_BYTES_MAX = 8 * 2 ** 20
const SLOWER_MAX = 1.5
/** The part of the time that warms up: not part of the slope. */
const WARM_UP = 0.25

const PRINTS = `
  let n = 0
  setInterval(() => {
    let text = ''
    for (let i = 0; i < ${LINES_PER_SECOND / 20}; i++)
      text += new Date().toISOString() + ' INFO request ' + ++n + ' took ' + (n * 7919 % 997) + ' ms\\n'
    process.stdout.write(text)
  }, 50)`

export const soak = {
  id: 'R25',
  what: '2 h of 4 services, inserts and readers, with rotation and retention',
  bound:
    'RSS < +5 MB/h after warm-up, WAL <= 8 MB, 0 drops, p99 insert within 1.5 x of the beginning',
  async run({ minutes = MINUTES }) {
    const place = openPlace(undefined, {
      HERO_PROC_PARTITION_BYTES: '2097152',
      HERO_PROC_KEEP_BYTES: '16777216',
    })
    const server = await place.serve()
    const samples = []
    const inserts = []
    try {
      for (let i = 0; i < SERVICES; i++) {
        const command = [process.execPath, '-e', PRINTS]
        const definition = { name: `prints-${i}`, command, capture: i % 2 ? 'pty' : 'pipe' }
        await server.client.call('service.add', { definition, start: true })
      }
      const begun = performance.now()
      const end = begun + minutes * 60_000
      while (performance.now() < end) {
        const at = performance.now()
        const entries = [{ text: `insert ${inserts.length}` }]
        await server.client.call('logs.insert', { source: 'inserts', entries, ack: 'commit' })
        inserts.push({ at: at - begun, ms: performance.now() - at })
        await server.client.call('logs.tail', { source: 'prints-0', lines: 100 })
        await server.client.call('logs.query', {
          contains: 'took 996 ms',
          order: 'desc',
          limit: 10,
        })
        const { store, totals } = await server.client.call('log_batcher.stats')
        const { wal_bytes: wal, removed } = store
        samples.push({
          hours: (at - begun) / 3_600_000,
          rss: rssBytes(server.child.pid),
          wal,
          totals,
          removed,
        })
        await sleep(200)
      }
      const code = await server.end('SIGTERM')
      return judge(samples, inserts, minutes, code)
    } finally {
      if (server.isAlive()) await server.end('SIGKILL')
      place.remove()
    }
  },
}

function judge(samples, inserts, minutes, code) {
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
    `${minutes} minutes, ${last.totals.received_total} lines, ${last.totals.dropped_total} dropped, RSS ` +
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
