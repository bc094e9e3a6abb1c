// R4: the store lies on a file system of 16 MB that is filled by its own load and by a foreign file, and
// gets space back when that goes. Needs root: it mounts a tmpfs.
import { execFileSync } from 'node:child_process'
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeSync,
} from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { integrityFailures, openPlace, until } from './place.mjs'
import { fillStore } from './store.mjs'

const PRODUCER = fileURLToPath(new URL('r4-producer.mjs', import.meta.url))
const CAPTURES = ['pty', 'pipe', 'pty']
const LINES_PER_SECOND = 2_000
const STARTED_LINES = 30_000
const PARTITION_BYTES = 1_048_576
const BLOCKED_MS_MAX = 100
const UNLINK_MS_MAX = 5_000
const RESUME_MS_MAX = 2_000
const FULL_MS = 6_000
/** How long the test waits for what should have come long before. */
const WAIT_MS = 20_000

export const diskFull = {
  id: 'R4',
  what: 'a disk of 16 MB, filled by load and by a foreign file',
  bound:
    'no crash, writes of services < 100 ms, all drops disk_full, oldest partition unlinked < 5 s, inserts < 2 s after space, integrity ok',
  needs: ['root'],
  async run() {
    const outer = openPlace()
    const disk = join(outer.folder, 'disk')
    mkdirSync(disk)
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=16m', 'tmpfs', disk])
    const place = openPlace(join(disk, 'data'))
    try {
      return await fill(place, disk)
    } finally {
      execFileSync('umount', ['--lazy', disk])
      place.remove()
      outer.remove()
    }
  },
}

async function fill(place, disk) {
  const failures = []
  await fillStore(place.logsDir, { lines: STARTED_LINES, partitionBytes: PARTITION_BYTES })
  const server = await place.serve()
  try {
    const reports = await addProducers(place, server.client)
    await until(() => (reports.every((path) => existsSync(path)) ? true : undefined), WAIT_MS)
    const foreign = join(disk, 'foreign')
    const first = partitions(place.logsDir)[0]
    const filledAt = performance.now()
    writeUntilFull(foreign)
    const isGone = () => (partitions(place.logsDir).includes(first) ? undefined : performance.now())
    const [drop, unlinked] = await Promise.all([
      until(() => firstDrop(server.client), WAIT_MS),
      until(isGone, WAIT_MS),
    ])
    const unlinkMs = unlinked === undefined ? undefined : unlinked - filledAt
    // What was unlinked made room: the foreign file takes that as well.
    const times = FULL_MS / 500
    for (let i = 0; i < times; i++) {
      writeUntilFull(foreign)
      await sleep(500)
    }
    const blockedMs = Math.max(...reports.map((path) => Number(readFileSync(path, 'utf8'))))
    rmSync(foreign)
    const resumeMs = await insertAgain(server.client)
    const stats = await server.client.call('log_batcher.stats')
    const code = server.isAlive() ? await server.end('SIGTERM') : server.child.exitCode
    judge({ failures, code, server, blockedMs, stats, unlinkMs, resumeMs, place })
    const told = `${stats.totals.dropped_total} dropped by ${JSON.stringify(stats.totals.dropped_by)}`
    const figure =
      `longest write of a service ${blockedMs.toFixed(0)} ms, ${told}` +
      `${drop === undefined ? '' : ' (full)'}, oldest unlinked ${ms(unlinkMs)}, inserts again ${ms(resumeMs)}`
    return { figure, failures }
  } finally {
    if (server.isAlive()) await server.end('SIGKILL')
  }
}

function judge({ failures, code, server, blockedMs, stats, unlinkMs, resumeMs, place }) {
  if (code !== 0) failures.push(`serve ended with ${code}: ${server.said().slice(-500)}`)
  if (!(blockedMs < BLOCKED_MS_MAX))
    failures.push(`a write of a service took ${blockedMs.toFixed(0)} ms`)
  const reasons = Object.keys(stats.totals.dropped_by).filter(
    (reason) => stats.totals.dropped_by[reason] > 0,
  )
  const others = reasons.filter((reason) => reason !== 'disk_full')
  if (others.length > 0) failures.push(`drops counted as ${others.join(', ')}`)
  const { received_total, sent_total, dropped_total, stored_total, queued_total } = stats.totals
  if (received_total !== sent_total + dropped_total || sent_total !== stored_total + queued_total) {
    failures.push(`the accounts do not add up: ${JSON.stringify(stats.totals)}`)
  }
  if (!(unlinkMs < UNLINK_MS_MAX))
    failures.push(`the oldest partition was unlinked ${ms(unlinkMs)}`)
  if (!(resumeMs < RESUME_MS_MAX)) failures.push(`inserts were taken again ${ms(resumeMs)}`)
  const broken = integrityFailures(place.logsDir)
  if (broken.length > 0) failures.push(`not whole: ${broken.join(', ')}`)
}

function ms(value) {
  return value === undefined ? 'never' : `after ${value.toFixed(0)} ms`
}

async function addProducers(place, client) {
  const reports = CAPTURES.map((_, i) => join(place.folder, `longest-${i}`))
  for (const [i, capture] of CAPTURES.entries()) {
    const command = [process.execPath, PRODUCER, reports[i], String(LINES_PER_SECOND)]
    const definition = { name: `fills-${i}`, command, capture }
    await client.call('service.add', { definition, start: true })
  }
  return reports
}

function partitions(logsDir) {
  return readdirSync(logsDir)
    .filter((name) => /^p-\d+\.db$/.test(name))
    .toSorted()
}

async function firstDrop(client) {
  const { totals } = await client.call('log_batcher.stats')
  return totals.dropped_total > 0 ? true : undefined
}

async function insertAgain(client) {
  const begun = performance.now()
  const insert = async () => {
    try {
      const params = { source: 'again', entries: [{ text: 'x' }], ack: 'commit' }
      const { accepted } = await client.call('logs.insert', params, { timeoutMs: 1_000 })
      return accepted === 1 ? true : undefined
    } catch {
      return undefined
    }
  }
  return (await until(insert, WAIT_MS)) && performance.now() - begun
}

/** Appends until nothing more fits. */
function writeUntilFull(path) {
  const file = openSync(path, 'a')
  try {
    for (const chunk of [Buffer.alloc(65_536), Buffer.alloc(512)]) writeAll(file, chunk)
  } finally {
    closeSync(file)
  }
}

function writeAll(file, chunk) {
  try {
    for (;;) if (writeSync(file, chunk) < chunk.length) return
  } catch (error) {
    if (error.code !== 'ENOSPC') throw error
  }
}
