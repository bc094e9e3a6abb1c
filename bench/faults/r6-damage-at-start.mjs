// R6: nine kinds of damage to the newest partition, each found by a start. hero_proc must start, set
// aside what it cannot use, say so in its own log, and read everything else.
import {
  cpSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { createRandom } from '../random.mjs'
import { integrityFailures, openDatabase, openPlace, readAll } from './place.mjs'
import { fillStore } from './store.mjs'

const START_MS_MAX = 2_000

/** What is done to the database file `path`; `foreign` is a WAL of another store. */
const DAMAGES = {
  'header zeroed': (path) => overwrite(path, 0, Buffer.alloc(100)),
  truncated: (path) => truncateSync(path, Math.floor(statSync(path).size / 2)),
  'garbage page': (path) => overwrite(path, 4096, garbage(4096)),
  'garbage WAL': (path) => writeFileSync(`${path}-wal`, garbage(40_000)),
  'foreign WAL': (path, foreign) => writeFileSync(`${path}-wal`, foreign),
  '0 bytes': (path) => truncateSync(path, 0),
  'a directory': (path) => {
    rmSync(path)
    mkdirSync(path)
  },
  'missing -shm': (path) => rmSync(`${path}-shm`),
  'wrong schema version': (path) => {
    const db = openDatabase(path)
    db.prepare("UPDATE meta SET value = '999' WHERE name = 'schema_version'").run()
    db.close()
  },
}
/** Nothing is damaged for good: every row must be there, and nothing set aside. */
const HARMLESS = ['missing -shm']

export const damageAtStart = {
  id: 'R6',
  what: 'nine kinds of damage to the newest partition',
  bound: 'start < 2 s, set aside and said in an event, other partitions read, rest intact: 9 of 9',
  async run() {
    const made = openPlace()
    const failures = []
    const startMs = []
    let held = 0
    try {
      const killed = join(made.folder, 'killed')
      await fillStore(made.logsDir, { snapshotDir: killed })
      const foreign = await foreignWal(made.folder)
      for (const [name, damage] of Object.entries(DAMAGES)) {
        const found = await underDamage({ name, damage, killed, foreign })
        if (found.startMs !== undefined) startMs.push(found.startMs)
        if (found.failures.length === 0) held++
        for (const failure of found.failures) failures.push(`${name}: ${failure}`)
      }
    } finally {
      made.remove()
    }
    const figure = `${held} of ${Object.keys(DAMAGES).length} held, slowest start ${Math.max(...startMs).toFixed(0)} ms`
    return { figure, failures }
  },
}

async function underDamage({ name, damage, killed, foreign }) {
  const place = openPlace()
  const failures = []
  try {
    cpSync(killed, place.logsDir, { recursive: true })
    const partitions = readdirSync(killed)
      .filter((file) => /^p-\d+\.db$/.test(file))
      .toSorted()
    const newest = partitions.at(-1)
    const elsewhere = linesOf(killed, partitions.slice(0, -1), place.folder)
    const everywhere = linesOf(killed, partitions, place.folder)
    damage(join(place.logsDir, newest), foreign)
    const server = await place.serve()
    if (server.readyMs >= START_MS_MAX) failures.push(`ready after ${server.readyMs.toFixed(0)} ms`)
    const call = (method, params) => server.client.call(method, params)
    const lines = await readAll(readerOf(server.client), { origins: ['rpc'] })
    const events = await call('logs.query', { origins: ['system'], limit: 1000 })
    const { accepted } = await call('logs.insert', {
      source: 'after',
      entries: [{ text: 'x' }],
      ack: 'commit',
    })
    if (accepted !== 1) failures.push('no insert is taken')
    await server.end('SIGTERM')
    const isAside = readdirSync(place.logsDir, { recursive: true }).some((file) =>
      new RegExp(`${newest}(-wal)?\\.damaged`).test(String(file)),
    )
    const isTold = events.entries.some(({ text }) => String(text).includes(newest))
    const isComplete = lines.length === everywhere
    if (lines.length < elsewhere)
      failures.push(`${lines.length} lines read, ${elsewhere} lie elsewhere`)
    if (!isComplete && !isAside) failures.push(`lines are missing and ${newest} was not set aside`)
    if (isAside && !isTold) failures.push('no event names what was set aside')
    if (HARMLESS.includes(name) && !isComplete) failures.push('lines are missing without damage')
    const broken = integrityFailures(place.logsDir)
    if (broken.length > 0) failures.push(`not whole: ${broken.join(', ')}`)
    return { startMs: server.readyMs, failures }
  } catch (error) {
    return { failures: [...failures, error.message] }
  } finally {
    place.remove()
  }
}

function readerOf(client) {
  return { query: (query) => client.call('logs.query', query) }
}

/** Lines in these partitions, counted in a copy. */
function linesOf(dir, partitions, folder) {
  const copy = join(folder, 'count')
  cpSync(dir, copy, { recursive: true })
  let lines = 0
  for (const name of partitions) {
    const db = openDatabase(join(copy, name))
    lines += db.prepare('SELECT total(lines) FROM blocks').pluck().get()
    db.close()
  }
  rmSync(copy, { recursive: true })
  return lines
}

/** The WAL of another store, whole in itself. */
async function foreignWal(folder) {
  const snapshotDir = join(folder, 'foreign-killed')
  await fillStore(join(folder, 'foreign'), { snapshotDir, lines: 1000, partitionBytes: 2 ** 26 })
  const name = readdirSync(snapshotDir).find(
    (file) => file.endsWith('.db-wal') && file.startsWith('p-'),
  )
  const wal = readFileSync(join(snapshotDir, name))
  if (wal.length === 0) throw new Error('Expected a WAL with frames, got an empty one')
  return wal
}

function overwrite(path, at, bytes) {
  const all = readFileSync(path)
  bytes.copy(all, at, 0, Math.max(0, Math.min(bytes.length, all.length - at)))
  writeFileSync(path, all)
}

function garbage(length) {
  const random = createRandom(9)
  return Buffer.from(Array.from({ length }, () => random.integer(0, 255)))
}
