// R5: fdatasync fails under a serving hero_proc, once and then for as long as the fault lasts. strace
// puts the error in, from outside, and is taken away again.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { openLogReader } from '@hero/logs'
import { integrityFailures, openPlace, readAll, until } from './place.mjs'

const CALLS = 'fdatasync,fsync'
const FAULT_MS = 3_000
const HEAL_MS_MAX = 20_000

export const syncError = {
  id: 'R5',
  what: 'EIO from fdatasync, once and for 3 s',
  bound: 'nothing acked that is not kept, degraded < 1 s, inserts go on afterwards, integrity ok',
  needs: ['strace'],
  async run() {
    const failures = []
    const once = await underFault({ name: 'once', when: '1' }, failures)
    const lasting = await underFault({ name: 'lasting', when: '1+' }, failures)
    return { figure: `once: ${once}; lasting: ${lasting}`, failures }
  },
}

async function underFault({ name, when }, failures) {
  const place = openPlace()
  const fail = (text) => failures.push(`${name}: ${text}`)
  const state = { acked: [], isOver: false }
  const server = await place.serve()
  try {
    const inserting = insert(server.client, state)
    if (!(await until(() => (state.acked.length > 20 ? true : undefined), HEAL_MS_MAX))) {
      throw new Error(`nothing was acknowledged before the fault: ${server.said()}`)
    }
    const trace = await inject(server.child.pid, when, join(place.folder, 'trace'))
    const failedAt = await until(() => trace.firstFault(), HEAL_MS_MAX)
    if (failedAt === undefined) throw new Error(`no call of ${CALLS} was made to fail`)
    const degradedMs = await until(() => degradedSince(server.client, failedAt), FAULT_MS)
    await sleep(FAULT_MS)
    await trace.end()
    const before = state.acked.length
    const begun = performance.now()
    const healed = await until(() => (state.acked.length > before ? true : undefined), HEAL_MS_MAX)
    const healMs = performance.now() - begun
    state.isOver = true
    if (!server.isAlive()) fail(`serve ended: ${server.said()}`)
    if (healed === undefined)
      fail(`no insert was acknowledged within ${HEAL_MS_MAX} ms after the fault: ${state.said}`)
    // One failed call may be mended before anybody could ask.
    if (name === 'lasting' && !(degradedMs < 1000)) {
      fail(degradedMs === undefined ? 'health never said so' : `degraded after ${degradedMs} ms`)
    }
    await server.end('SIGKILL')
    await inserting
    const lost = await countLost(place, state.acked)
    if (lost > 0) fail(`${lost} acknowledged rows lost`)
    const broken = integrityFailures(place.logsDir)
    if (broken.length > 0) fail(`not whole: ${broken.join(', ')}`)
    const degraded =
      degradedMs === undefined ? 'never seen degraded' : `degraded in ${degradedMs.toFixed(0)} ms`
    return `${state.acked.length} acked, ${lost} lost, ${degraded}, acked again ${healMs.toFixed(0)} ms after`
  } finally {
    state.isOver = true
    if (server.isAlive()) await server.end('SIGKILL')
    place.remove()
  }
}

async function insert(client, state) {
  for (let i = 1; !state.isOver; i++) {
    const text = `entry ${i}`
    try {
      const entries = [{ text }]
      const { accepted } = await client.call('logs.insert', {
        source: 'acked',
        entries,
        ack: 'commit',
      })
      if (accepted === 1) state.acked.push(text)
    } catch (error) {
      if (state.isOver) return
      state.said = error.message
      await sleep(20)
    }
  }
}

/** Milliseconds from the fault until health, or the writer's figures, said so. */
async function degradedSince(client, failedAt) {
  const health = await client.call('rpc.health')
  const { writer } = await client.call('log_batcher.stats')
  return health.ok === false || writer.failing !== null
    ? Math.max(0, Date.now() - failedAt)
    : undefined
}

async function inject(pid, when, path) {
  const strace = spawn(
    'strace',
    [
      '-f',
      '-ttt',
      '-o',
      path,
      '-e',
      `trace=${CALLS}`,
      '-e',
      `inject=${CALLS}:error=EIO:when=${when}`,
      '-p',
      String(pid),
    ],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  )
  const ended = once(strace, 'exit')
  const [said] = await Promise.race([once(strace.stderr, 'data'), ended])
  if (!String(said).includes('attached')) throw new Error(`strace could not attach: ${said}`)
  return {
    /** When the first call failed, milliseconds since the epoch. */
    firstFault() {
      if (!existsSync(path)) return undefined
      const line = readFileSync(path, 'utf8')
        .split('\n')
        .find((row) => row.includes('INJECTED'))
      return line === undefined ? undefined : Number(/(\d+\.\d+)/.exec(line)[1]) * 1000
    },
    /** Lets the process go on without it. */
    async end() {
      strace.kill('SIGINT')
      await ended
    },
  }
}

async function countLost(place, acked) {
  const server = await place.serve()
  await server.end('SIGTERM')
  const reader = openLogReader({ dir: place.logsDir })
  const texts = new Set(
    (await readAll(reader, { sources: ['acked'] })).map(({ text }) => String(text)),
  )
  reader.close()
  return acked.filter((text) => !texts.has(text)).length
}
