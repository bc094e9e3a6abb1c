// A hero_proc in a folder of its own: served, called over its socket, killed, and looked at from outside.
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { verifyStore } from '@hero/logs'
import { createRpcClient } from '@hero/rpc'

/** What npm links as `hero_proc`: it starts Node as users have it started. */
export const COMMAND = fileURLToPath(
  new URL('../../packages/cli/bin/hero_proc.js', import.meta.url),
)
const packageOfLogs = new URL('../../packages/logs/package.json', import.meta.url)
const requireOfLogs = createRequire(packageOfLogs)
const Database = requireOfLogs('better-sqlite3')

/** For `node -e`: begins a transaction in a database (path, SQL), says so, and keeps it until stdin ends. */
export const LOCKER = `
  const Database = require(${JSON.stringify(requireOfLogs.resolve('better-sqlite3'))})
  const db = new Database(process.argv[1])
  for (const sql of process.argv.slice(2)) db.exec(sql)
  console.log('held')
  process.stdin.resume().on('end', () => process.exit(0))
`

/** How long a start may take before the test is given up; the bounds are far below. */
const START_MS_MAX = 30_000

/** Makes a folder; `dataDir` lies in it unless it is given. `more`: environment of all that is run in it. */
export function openPlace(dataDir, more = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'hero-fault-'))
  const dir = dataDir ?? join(folder, 'data')
  const env = {
    ...process.env,
    HERO_PROC_DATA_DIR: dir,
    HERO_SOCKET_DIR: join(folder, 'run'),
    // The Node that runs the tests.
    PATH: `${dirname(process.execPath)}:${process.env.PATH}`,
    ...more,
  }
  return {
    folder,
    dataDir: dir,
    env,
    logsDir: join(dir, 'logs'),
    serve: () => serve(folder, env),
    /** Runs the command to its end. */
    run: (...args) =>
      spawnSync(COMMAND, args, {
        env,
        encoding: 'utf8',
        maxBuffer: 2 ** 30,
        timeout: START_MS_MAX,
      }),
    remove: () => rmSync(folder, { recursive: true, force: true, maxRetries: 3 }),
  }
}

/** Adds services and starts them, one after the other. */
export async function addServices(client, definitions) {
  for (const definition of definitions) {
    await client.call('service.add', { definition, start: true })
  }
}

/** Repetitions of a test that takes about twice as long as others. */
export function halfOf(count) {
  return Math.max(1, Math.round(count / 2))
}

async function serve(folder, env) {
  const begun = performance.now()
  const child = spawn(COMMAND, ['serve'], {
    env,
    cwd: folder,
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let said = ''
  child.stderr.setEncoding('utf8')
  const ended = once(child, 'exit')
  const client = createRpcClient({ socketPath: join(folder, 'run/hero_proc/rpc.sock') })
  const readyMs = await new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      child.kill('SIGKILL')
      reject(new Error(`serve was not ready after ${START_MS_MAX} ms: ${said}`))
    }, START_MS_MAX)
    child.stderr.on('data', (text) => {
      said += text
      if (!said.includes('hero_proc: Ready at ')) return
      clearTimeout(timer)
      resolve(performance.now() - begun)
    })
    void ended.then(([code, signal]) => {
      clearTimeout(timer)
      reject(new Error(`serve ended with ${code ?? signal}: ${said.trim()}`))
    })
  })
  return {
    child,
    client,
    readyMs,
    said: () => said,
    isAlive: () => child.exitCode === null && child.signalCode === null,
    /** Ends it and waits until it is gone. */
    async end(signal) {
      child.kill(signal)
      const [code] = await ended
      client.close()
      return code
    },
  }
}

/** Every database of a store that is not set aside, by name. */
export function databases(logsDir) {
  return readdirSync(logsDir).filter((name) => name.endsWith('.db'))
}

/** Opens a database of a store for the tests' own looking and damaging. */
export function openDatabase(path) {
  return new Database(path)
}

/** Checks copies of all databases, so that what the next start finds is untouched; names the bad ones. */
export function integrityFailures(logsDir) {
  const copy = mkdtempSync(join(tmpdir(), 'hero-fault-copy-'))
  try {
    cpSync(logsDir, copy, { recursive: true })
    const broken = databases(copy).filter((name) => !isWhole(join(copy, name)))
    return [...broken, ...verifyFailures(copy)]
  } finally {
    rmSync(copy, { recursive: true, force: true })
  }
}

/** What `hero_proc logs verify` would say. */
function verifyFailures(logsDir) {
  const steps = verifyStore(logsDir)
  let step = steps.next()
  while (!step.done) step = steps.next()
  return step.value.damage.map(({ partition, problem }) => `${partition}: ${problem}`)
}

function isWhole(path) {
  let db
  try {
    db = openDatabase(path)
    return db.pragma('integrity_check', { simple: true }) === 'ok'
  } catch {
    return false
  } finally {
    db?.close()
  }
}

/** Calls `look` until it gives something else than undefined; undefined after `limitMs`. */
export async function until(look, limitMs) {
  const end = performance.now() + limitMs
  for (;;) {
    const found = await look()
    if (found !== undefined) return found
    if (performance.now() > end) return undefined
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

/** Everything in a store that matches, page by page. */
export async function readAll(reader, query = {}) {
  const entries = []
  let place = {}
  for (;;) {
    const page = await reader.query({ ...query, ...place, order: 'asc', limit: 10_000 })
    for (const entry of page.entries) entries.push(entry)
    if (page.next_cursor === null) return entries
    place = { after: page.next_cursor }
  }
}

export function percentile(values, part) {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))]
}
