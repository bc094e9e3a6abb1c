// R1: `hero_proc serve` is killed at random moments while 20 services print on PTYs and four clients
// insert and wait for the commit. What was acknowledged must be there, once.
import { setTimeout as sleep } from 'node:timers/promises'
import { openLogReader } from '@hero/logs'
import { createRandom } from '../random.mjs'
import { addServices, integrityFailures, openPlace, percentile, readAll } from './place.mjs'

const SERVICES = 20
const CLIENTS = 4
const ENTRIES = 20
/** For Perl: ends with its terminal, and starts no process for each line, which would be most of the load. */
const PRINTS = '$| = 1; while (print "tick ", ++$i, "\\n") { select(undef, undef, undef, 0.02) }'
const PRINTING = Array.from({ length: SERVICES }, (_, i) => ({
  name: `prints-${i}`,
  command: ['perl', '-e', PRINTS],
}))

export const killLoop = {
  id: 'R1',
  what: 'SIGKILL of serve at random moments, 20 PTY services and 4 inserting clients',
  bound: '0 acked lost, 0 twice, integrity_check and logs verify clean each time, ready < 1 s p99',
  needs: ['perl'],
  async run({ count, seed }) {
    const place = openPlace()
    const random = createRandom(seed)
    const state = { acked: new Set(), next: 0, readyMs: [], failures: [] }
    try {
      for (let kill = 0; kill < count; kill++) {
        await oneLife(place, state, { isFirst: kill === 0, forMs: random.integer(20, 600) })
        const broken = integrityFailures(place.logsDir)
        if (broken.length > 0)
          state.failures.push(`kill ${kill + 1}: not whole: ${broken.join(', ')}`)
        if (kill % 20 === 19) process.stderr.write(`R1: ${kill + 1} of ${count} kills\r`)
      }
      return await look(place, state, count)
    } finally {
      place.remove()
    }
  },
}

async function oneLife(place, state, { isFirst, forMs }) {
  const server = await place.serve()
  if (!isFirst) state.readyMs.push(server.readyMs)
  if (isFirst) await addServices(server.client, PRINTING)
  const stop = { isSet: false }
  const clients = Array.from({ length: CLIENTS }, (_, i) => insert(server.client, state, stop, i))
  await sleep(forMs)
  await server.end('SIGKILL')
  stop.isSet = true
  await Promise.all(clients)
}

async function insert(client, state, stop, i) {
  while (!stop.isSet) {
    const texts = Array.from({ length: ENTRIES }, () => `entry ${++state.next}`)
    const entries = texts.map((text) => ({ text }))
    try {
      const answer = await client.call('logs.insert', {
        source: `client-${i}`,
        entries,
        ack: 'commit',
      })
      if (answer.accepted === ENTRIES) for (const text of texts) state.acked.add(text)
    } catch {
      return
    }
  }
}

async function look(place, { acked, readyMs, failures }, count) {
  const server = await place.serve()
  readyMs.push(server.readyMs)
  for (let i = 0; i < SERVICES; i++)
    await server.client.call('service.delete', { name: `prints-${i}` })
  await server.end('SIGTERM')
  const reader = openLogReader({ dir: place.logsDir })
  const entries = await readAll(reader)
  reader.close()
  const seqs = new Set(entries.map(({ seq }) => seq))
  const numbers = new Set(entries.map(({ source, n }) => `${n} ${source}`))
  const inserted = entries.filter(({ source }) => source.startsWith('client-'))
  const texts = new Set(inserted.map(({ text }) => String(text)))
  const lost = [...acked].filter((text) => !texts.has(text)).length
  const twice = 2 * entries.length - seqs.size - numbers.size + inserted.length - texts.size
  const p99 = percentile(readyMs, 0.99)
  if (lost > 0) failures.push(`${lost} acknowledged rows lost`)
  if (twice > 0) failures.push(`${twice} rows twice`)
  if (acked.size === 0) failures.push('nothing was acknowledged')
  if (p99 >= 1000) failures.push(`ready after ${p99.toFixed(0)} ms (p99)`)
  const figure =
    `${count} kills, ${acked.size} acked rows, ${lost} lost, ${twice} twice of ${entries.length}; ` +
    `ready ${percentile(readyMs, 0.5).toFixed(0)} ms median, ${p99.toFixed(0)} ms p99`
  return { figure, failures }
}
