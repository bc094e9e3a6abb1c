// The demo: hero_proc with five small services in a folder of its own, their lines live in color, and
// every few seconds a line on what the batcher has counted. Ctrl-C stops everything in order and
// removes the folder; `--seconds N` does so by itself.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { fileURLToPath } from 'node:url'
import { runCommand, startCommand, stopAfter, waitUntilReady } from './hero-proc.mjs'

const FIGURES_MS = 5_000
const STOP_MS_MAX = 15_000
/** A line that is longer is passed on in pieces. */
const HELD_BYTES_MAX = 65_536

/** One of each kind that tends to make trouble; pipes where a program is not meant for a terminal. */
const SERVICES = [
  { name: 'chatty', capture: 'pty', command: [process.execPath, service('chatty.mjs')] },
  { name: 'crasher', capture: 'pty', command: ['sh', service('crasher.sh')] },
  { name: 'json-logger', capture: 'pipe', command: [process.execPath, service('json-logger.mjs')] },
  { name: 'noise', capture: 'pipe', command: [process.execPath, service('noise.mjs')] },
  { name: 'slow', capture: 'pty', command: ['sh', service('slow.sh')] },
]

const seconds = readSeconds()
const stop = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => stop.abort())
process.stdout.on('error', () => stop.abort())

const folder = mkdtempSync(join(tmpdir(), 'hero-'))
const env = {
  ...process.env,
  HERO_PROC_DATA_DIR: join(folder, 'data'),
  HERO_SOCKET_DIR: join(folder, 'run'),
}
const children = []
try {
  process.exitCode = await main()
} catch (error) {
  console.error(`demo: ${error.message}`)
  process.exitCode = 1
} finally {
  for (const child of children) {
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM')
    await stopAfter(child, STOP_MS_MAX)
  }
  rmSync(folder, { recursive: true, force: true })
}

async function main() {
  const server = startCommand(['serve'], env)
  children.push(server)
  // Nobody reads what it prints, but a full pipe would stop it.
  server.stdout.resume()
  await waitUntilReady(server, join(env.HERO_SOCKET_DIR, 'hero_proc', 'rpc.sock'))
  for (const { name, capture, command } of SERVICES) {
    const options = ['--capture', capture, '--restart', 'always']
    await runCommand(['service', 'add', name, ...options, '--', ...command], env)
  }
  const admin = startCommand(['admin', '--foreground', '--idle', '0'], env)
  children.push(admin)
  sayWhereThingsAre(await firstLine(admin.stdout))
  const logs = startCommand(['logs', '-f', '-n', '20'], { ...env, ...colorSettings() })
  children.push(logs)
  passLines(logs.stdout)
  const early = await watch(server, logs)
  logs.kill('SIGTERM')
  await stopAfter(logs, STOP_MS_MAX)
  if (early !== undefined) throw new Error(early)
  return await close(server)
}

/** Prints figures until it is time to stop; returns what went wrong if something ended before. */
async function watch(server, logs) {
  let early
  for (const [name, child] of Object.entries({ serve: server, logs })) {
    void child.ended.then(({ code, signal }) => {
      if (stop.signal.aborted) return
      early = `hero_proc ${name} ended by itself with ${code ?? signal}\n${child.talk()}`
      stop.abort()
    })
  }
  const limit = seconds === undefined ? undefined : setTimeout(() => stop.abort(), seconds * 1000)
  while (!stop.signal.aborted) {
    await pause(FIGURES_MS)
    if (!stop.signal.aborted) say(figuresOf(await readStats()))
  }
  clearTimeout(limit)
  return early
}

/** Stops the supervisor and says what it has counted. Returns the exit code of the demo. */
async function close(server) {
  const { received, sent, dropped } = totalsOf(await readStats())
  const startMs = performance.now()
  server.kill('SIGTERM')
  const { code, signal } = await stopAfter(server, STOP_MS_MAX)
  const took = `stopped in ${Math.round(performance.now() - startMs)} ms`
  const addsUp = received === sent + dropped
  const sum = `received ${count(received)} ${addsUp ? '=' : 'IS NOT'} sent ${count(sent)} + dropped ${count(dropped)}`
  say(`${took}; ${sum}`)
  if (code !== 0)
    console.error(`demo: hero_proc serve ended with ${code ?? signal}\n${server.talk()}`)
  return code === 0 && addsUp ? 0 : 1
}

function sayWhereThingsAre(adminUrl) {
  const places = `--data-dir ${env.HERO_PROC_DATA_DIR} --socket-dir ${env.HERO_SOCKET_DIR}`
  say(`${SERVICES.length} services are running; everything they print is kept in ${folder}`)
  say(`Look at it: ${adminUrl}`)
  say('Ctrl-C stops them and removes the folder. Meanwhile try, in another terminal:')
  say(`  npx hero_proc logs crasher -n 5 ${places}`)
  say(`  npx hero_proc logs -f -p warning ${places}`)
  say(`  npx hero_proc service list ${places}`)
  say(`  npx hero_proc stats ${places}`)
}

/** The first line that a child prints; nothing if it ends before. */
async function firstLine(stream) {
  let text = ''
  for await (const chunk of stream.iterator({ destroyOnReturn: false })) {
    text += String(chunk)
    if (text.includes('\n')) break
  }
  return text.split('\n', 1)[0]
}

async function readStats() {
  return JSON.parse(await runCommand(['stats', '--json'], env))
}

/** The totals in lines. */
function totalsOf({ totals }) {
  return {
    received: totals.received_total,
    sent: totals.sent_total,
    dropped: totals.dropped_total,
  }
}

function figuresOf(stats) {
  const { received, sent, dropped } = totalsOf(stats)
  const { bytes, bytes_max: bytesMax } = stats.queue
  const lines = `received ${count(received)}, sent ${count(sent)}, dropped ${count(dropped)}`
  return `log_batcher: ${lines}; queue ${kibibytes(bytes)} of ${kibibytes(bytesMax)}`
}

/** Passes output on in whole lines, so that the demo's own lines never cut one in two. */
function passLines(stream) {
  let held = Buffer.alloc(0)
  stream.on('data', (chunk) => {
    held = Buffer.concat([held, chunk])
    const end = held.length > HELD_BYTES_MAX ? held.length : held.lastIndexOf(10) + 1
    if (end === 0) return
    process.stdout.write(held.subarray(0, end))
    held = held.subarray(end)
  })
  stream.on('end', () => {
    if (held.length > 0) process.stdout.write(Buffer.concat([held, Buffer.from('\n')]))
  })
}

/** Waits, but not beyond the moment of stopping. */
function pause(ms) {
  return new Promise((resolve) => {
    const timer = setTimeout(done, ms)
    stop.signal.addEventListener('abort', done, { once: true })
    function done() {
      clearTimeout(timer)
      stop.signal.removeEventListener('abort', done)
      resolve()
    }
  })
}

/** The child's output is a pipe; it cannot know that a terminal is behind it. */
function colorSettings() {
  return process.stdout.isTTY && process.env.NO_COLOR === undefined ? { FORCE_COLOR: '1' } : {}
}

function say(text) {
  const bold = 'FORCE_COLOR' in colorSettings() ? ['\u001b[1m', '\u001b[0m'] : ['', '']
  process.stdout.write(`${bold[0]}-- ${text}${bold[1]}\n`)
}

function readSeconds() {
  const { values } = parseArgs({ options: { seconds: { type: 'string' } } })
  if (values.seconds === undefined) return undefined
  const number = Number(values.seconds)
  if (number > 0) return number
  console.error(`demo: Expected --seconds to be a number above 0, got '${values.seconds}'`)
  process.exit(2)
}

function service(name) {
  return fileURLToPath(new URL(`services/${name}`, import.meta.url))
}

function kibibytes(bytes) {
  return `${count(Math.round(bytes / 1024))} KiB`
}

function count(number) {
  return number.toLocaleString('en')
}
