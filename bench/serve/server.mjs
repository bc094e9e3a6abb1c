// A hero_proc of its own for one trial: started from the built command, watched from outside, stopped and
// removed at the end.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { get } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createRpcClient } from '@hero/rpc/client'

const MAIN = fileURLToPath(new URL('../../packages/cli/dist/main.js', import.meta.url))
const RSS_PERIOD_MS = 100

/** The program and the arguments of a verb that reads or serves a data folder. */
export function mainCommand(dataDir, [verb, ...args]) {
  return [process.execPath, MAIN, verb, '--data-dir', dataDir, ...args]
}

/** Starts it with everything in a folder, which is removed at its end unless it was given. */
export async function startServer(given, flags = []) {
  const folder = given ?? mkdtempSync(join(tmpdir(), 'hero-serve-'))
  const dataDir = join(folder, 'data')
  const [program, ...args] = mainCommand(dataDir, ['serve', '--socket-dir', folder, ...flags])
  const child = spawn(program, args, { stdio: ['ignore', 'inherit', 'pipe'] })
  await new Promise((resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`hero_proc ended with ${code}`)))
    child.stderr.on('data', (chunk) => {
      if (String(chunk).includes('Ready')) resolve()
    })
  })
  const socketPath = join(folder, 'hero_proc', 'rpc.sock')
  const client = createRpcClient({ socketPath })
  return {
    pid: child.pid,
    dataDir,
    socketPath,
    client,
    rssBytes: () => statusBytes(child.pid, 'VmRSS'),
    cpuSeconds: () => cpuSeconds(child.pid),
    watchRss: () => watchRss(child.pid),
    metric: (name) => readMetric(socketPath, name),
    stop: async () => {
      client.close()
      const ended = new Promise((resolve) => child.once('exit', resolve))
      child.kill('SIGTERM')
      await ended
      if (given === undefined) rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** One figure of `GET /metrics`. */
async function readMetric(socketPath, name) {
  const [response] = await once(get({ socketPath, path: '/metrics', agent: false }), 'response')
  let text = ''
  for await (const piece of response.setEncoding('utf8')) text += piece
  return Number(new RegExp(`^${name} (\\d+)$`, 'm').exec(text)[1])
}

/** Looks at the resident memory until it is stopped; `stop()` gives the greatest that was seen. */
function watchRss(pid) {
  let most = 0
  const look = () => {
    most = Math.max(most, statusBytes(pid, 'VmRSS'))
  }
  const timer = setInterval(look, RSS_PERIOD_MS)
  look()
  return {
    stop: () => {
      look()
      clearInterval(timer)
      return most
    },
  }
}

function statusBytes(pid, key) {
  const text = readFileSync(`/proc/${pid}/status`, 'utf8')
  return Number(new RegExp(`${key}:\\s+(\\d+)`).exec(text)[1]) * 1024
}

/** Time that all its threads have worked. */
function cpuSeconds(pid) {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ')
  return (Number(fields[11]) + Number(fields[12])) / 100
}

/** Throws unless what was received of every producer is stored, dropped or queued. */
export async function checkLaw(client) {
  await client.call('logs.sync')
  const { sources } = await client.call('log_batcher.stats')
  for (const [key, { received, stored, dropped, queued }] of Object.entries(sources)) {
    if (received !== stored + dropped + queued) {
      throw new Error(`${key}: received ${received}, but ${stored} + ${dropped} + ${queued}`)
    }
  }
  return sources
}
