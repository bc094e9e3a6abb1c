// Trial: who sends how much, asked of hero_proc itself once a second while it runs: services at a steady rate
// through each kind of capture, one without limits, clients that insert, and sysmon.
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { bars, count, median, short } from '../figures.mjs'
import { openInput } from '../generate.mjs'
import { createProducer } from '../serve/producer.mjs'
import { checkLaw, startServer } from '../serve/server.mjs'

const DRIP = fileURLToPath(new URL('../parts/drip.mjs', import.meta.url))
const SYSMON_SECONDS = 1
const WARM_UP_SECONDS = 2

/** Lines a second of each steady service, by capture. */
const STEADY = { pipe: 5_000, pty: 2_000, tee: 500 }
const INSERTED = 1_000

export async function run({ seconds, say, ...options }) {
  const longest = seconds + 2 * WARM_UP_SECONDS
  const most = Math.max(...Object.values(STEADY))
  const input = openInput({ ...options, lines: most * longest })
  const server = await startServer(undefined, ['--sysmon-interval', String(SYSMON_SECONDS)])
  try {
    for (const [capture, rate] of Object.entries(STEADY)) {
      const drip = `exec "${process.execPath}" "${DRIP}" ${rate} ${longest} < "${input.path}"`
      await startService(server, `steady-${capture}`, capture, drip)
    }
    await startService(server, 'flat-out', 'pty', `while :; do cat "${input.path}"; done`)
    const producer = createProducer(server.client, { source: 'client', rate: INSERTED })
    await sleep(WARM_UP_SECONDS * 1000)
    const samples = await sample(server.client, seconds, say)
    await producer.end()
    await server.client.call('service.stop', { name: 'flat-out' })
    return report(samples, await checkLaw(server.client))
  } finally {
    await server.stop()
  }
}

function startService({ client }, name, capture, script) {
  const definition = { name, command: ['sh', '-c', script], capture, restart: 'never' }
  return client.call('service.add', { definition, start: true })
}

/** The rates of every producer, once a second. */
async function sample(client, seconds, say) {
  const samples = []
  for (let second = 1; second <= seconds; second += 1) {
    await sleep(1000)
    const { sources, queue } = await client.call('log_batcher.stats')
    samples.push({ sources, queue })
    const sent = Object.values(sources).reduce((sum, { rate_1s }) => sum + rate_1s, 0)
    say(`${second}/${seconds} s: ${count(sent)} lines/s, ${count(queue.bytes)} bytes queued`)
  }
  return samples
}

function report(samples, accounts) {
  const rateOf = (key) => median(samples.map(({ sources }) => sources[key]?.rate_1s ?? 0))
  const keys = Object.keys(accounts).toSorted((a, b) => rateOf(b) - rateOf(a))
  const dropped = keys.filter((key) => accounts[key].dropped > 0)
  const queued = Math.max(...samples.map(({ queue }) => queue.bytes))
  return {
    tables: [
      {
        rows: [
          ['origin:source', 'lines/s, median', 'received', 'stored', 'dropped', 'held ms'],
          ...keys.map((key) => [
            key,
            short(rateOf(key)),
            count(accounts[key].received),
            count(accounts[key].stored),
            count(accounts[key].dropped),
            count(accounts[key].held_ms),
          ]),
        ],
      },
    ],
    notes: [
      `Asked ${samples.length} times, once a second; at the end received = stored + dropped for each`,
      `Most that was queued at one of these instants: ${count(queued)} bytes`,
      `sysmon looks every ${SYSMON_SECONDS} s here; without a flag it is every 10 s`,
    ],
    charts: [
      bars(
        'rates',
        'Lines a second by producer, from log_batcher.stats',
        'lines/s',
        ['lines/s'],
        keys.filter((key) => rateOf(key) > 0).map((key) => [key, [rateOf(key)]]),
      ),
    ],
    failures: dropped.map((key) => `${key}: ${accounts[key].dropped} lines were dropped`),
    data: { rates: Object.fromEntries(keys.map((key) => [key, rateOf(key)])), accounts },
  }
}
