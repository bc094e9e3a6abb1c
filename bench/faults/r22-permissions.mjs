// R22: what hero_proc needs is missing: the data dir has no rights or is of somebody else, its file system is
// read-only, the socket dir is not there. Runs as a user without rights of its own. Looks at what it says and
// takes meanwhile, whether it is well again by itself once all is mended, and whether every line is there.
import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, chownSync, existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createRpcClient } from '@hero/rpc'
import { COMMAND, until } from './place.mjs'

const NOBODY = 65_534
const START_MS_MAX = 20_000
const HEAL_MS_MAX = 10_000
const ENTRIES = ['first', 'second', 'third']

/** Each breaks something and mends it. `says`: what is wrong by then; nothing if it need not be mended. */
const CASES = {
  'data dir without rights': {
    breakIt: ({ data }) => chmodSync(data, 0),
    mend: ({ data }) => chmodSync(data, 0o700),
    says: /Cannot write to the data dir .*: permission denied/,
  },
  'data dir of another owner': {
    breakIt: ({ data }) => chownSync(data, 0, 0),
    mend: ({ data }) => chownSync(data, NOBODY, NOBODY),
    says: /Cannot write to the data dir .*: permission denied/,
  },
  'socket dir missing': { breakIt: ({ run }) => rmSync(run, { recursive: true }) },
  'file system is read-only': {
    breakIt: ({ data }) => execFileSync('mount', ['-o', 'remount,ro', data]),
    mend: ({ data }) => execFileSync('mount', ['-o', 'remount,rw', data]),
    says: /Cannot write to the data dir .*: read-only file system/,
  },
}

export const permissions = {
  id: 'R22',
  what: 'rights are missing at the start, and come back',
  bound: 'starts degraded with the exact error, heals < 10 s without a restart: 4 of 4',
  needs: ['root', 'setpriv'],
  async run() {
    const failures = []
    const told = []
    for (const [name, one] of Object.entries(CASES)) {
      const fail = (text) => failures.push(`${name}: ${text}`)
      for (const isMended of one.says === undefined ? [true] : [true, false]) {
        const place = openPlace()
        try {
          one.breakIt(place)
          const said = await underFault(place, one, fail, isMended)
          if (isMended) told.push(`${name}: ${said}`)
        } catch (error) {
          fail(error.message)
        } finally {
          place.remove()
        }
      }
    }
    return { figure: told.join('; '), failures }
  },
}

/** A data dir that is a file system of its own, and a socket dir beside it. */
function openPlace() {
  const folder = mkdtempSync(join(tmpdir(), 'hero-fault-'))
  const place = { folder, data: join(folder, 'data'), run: join(folder, 'run') }
  for (const dir of [place.data, place.run]) mkdirSync(dir, { mode: 0o700 })
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64m,mode=700', 'tmpfs', place.data])
  for (const dir of [folder, place.data, place.run]) chownSync(dir, NOBODY, NOBODY)
  return {
    ...place,
    remove: () => {
      execFileSync('umount', ['--lazy', place.data])
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** Starts it and looks at it; ends it while the fault is there unless it `isMended`. */
async function underFault(place, { mend, says }, fail, isMended) {
  const server = serve(place)
  try {
    const isUp = await until(() => (server.hasEnded() ? false : server.isUp()), START_MS_MAX)
    if (isUp !== true) throw new Error(`does not start: ${server.said().trim()}`)
    if (says !== undefined) await lookAtDegraded(server, says, fail)
    else if (!(await server.call('rpc.health')).ok) fail('is not well')
    if (!isMended) return 'not mended'
    const healMs = says === undefined ? 0 : await heal(server, () => mend(place), fail)
    if (says === undefined) await server.insert(ENTRIES, 'queued')
    await lookAtLines(server, fail)
    return says === undefined ? 'serves' : `degraded, healed in ${healMs.toFixed(0)} ms`
  } finally {
    const code = await server.end()
    if (code !== 0) fail(`exits ${code} at SIGTERM ${isMended ? 'once mended' : 'while degraded'}`)
  }
}

async function lookAtDegraded(server, says, fail) {
  const { ok, pid, plugins } = await server.call('rpc.health')
  if (ok || pid !== server.pid) fail(`health says ok ${ok}, pid ${pid} instead of ${server.pid}`)
  if (!says.test(plugins.logs.detail)) fail(`health says ${plugins.logs.detail}`)
  if (!says.test(server.said())) fail(`stderr says ${server.said()}`)
  const { accepted, dropped } = await server.insert(ENTRIES, 'queued')
  if (accepted !== ENTRIES.length || dropped !== 0) fail(`takes ${accepted} queued entries`)
  for (const refused of [server.insert(['refused'], 'commit'), server.call('service.list')]) {
    const { code, message } = await refused.catch((error) => error)
    if (code !== -32_006 || !says.test(message)) fail(`answers ${code} ${message}`)
  }
}

/** Mends what is wrong and waits until it is well: the same process, with nothing done to it. */
async function heal(server, mend, fail) {
  const begun = performance.now()
  mend()
  const isWell = async () => ((await server.call('rpc.health')).ok ? true : undefined)
  const healed = await until(isWell, 2 * HEAL_MS_MAX)
  const healMs = performance.now() - begun
  if (healed !== true || healMs > HEAL_MS_MAX) fail(`not healed after ${healMs.toFixed(0)} ms`)
  if ((await server.call('rpc.health')).pid !== server.pid) fail('another process answers')
  return healMs
}

/** What was taken is there once, in order, with numbers from 1, and the accounts add up. */
async function lookAtLines(server, fail) {
  await server.insert(['last'], 'commit')
  const { entries } = await server.call('logs.query', { sources: ['x'], order: 'asc' })
  const found = entries.map(({ n, text }) => `${n} ${text}`).join(', ')
  const expected = [...ENTRIES, 'last'].map((text, index) => `${index + 1} ${text}`).join(', ')
  if (found !== expected) fail(`has ${found}`)
  const { sources } = await server.call('log_batcher.stats')
  const { received, sent, stored, queued, dropped } = sources['rpc:x']
  const isWhole = received === sent + dropped && sent === stored + queued && dropped === 0
  if (!isWhole || received !== ENTRIES.length + 1) {
    fail(`accounts say ${JSON.stringify({ received, sent, stored, queued, dropped })}`)
  }
}

function serve({ folder, data, run }) {
  const user = ['--reuid', String(NOBODY), '--regid', String(NOBODY), '--clear-groups']
  const child = spawn('setpriv', [...user, COMMAND, 'serve'], {
    cwd: folder,
    env: { ...process.env, HOME: folder, HERO_PROC_DATA_DIR: data, HERO_SOCKET_DIR: run },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let said = ''
  child.stderr.setEncoding('utf8').on('data', (text) => (said += text))
  const ended = once(child, 'close').then(([code]) => code)
  const socketPath = join(run, 'hero_proc/rpc.sock')
  const client = createRpcClient({ socketPath })
  const call = (method, params = {}) => client.call(method, params, { timeoutMs: 5_000 })
  return {
    pid: child.pid,
    call,
    insert: (texts, ack) =>
      call('logs.insert', { source: 'x', entries: texts.map((text) => ({ text })), ack }),
    said: () => said,
    isUp: () =>
      /hero_proc: (Ready|Degraded) at /.test(said) && existsSync(socketPath) ? true : undefined,
    hasEnded: () => child.exitCode !== null || child.signalCode !== null,
    async end() {
      child.kill('SIGTERM')
      const code = await ended
      client.close()
      return code
    },
  }
}
