// A hero_proc of its own for one trial: started from the built command, watched from outside, stopped and
// removed at the end.
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { get } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createRpcClient } from '@hero/rpc/client'
import { startNode, within } from './processes.mjs'

const MAIN = fileURLToPath(new URL('../../packages/cli/dist/main.js', import.meta.url))
const RSS_PERIOD_MS = 100

const READY_MS_MAX = 30_000
const STOP_MS_MAX = 30_000

export async function startServer() {
  const folder = mkdtempSync(join(tmpdir(), 'hero-serve-'))
  const remove = () => rmSync(folder, { recursive: true, force: true })
  process.once('exit', remove)
  const serve = [MAIN, 'serve', '--data-dir', join(folder, 'data'), '--socket-dir', folder]
  const child = startNode(serve, ['ignore', 'inherit', 'pipe'])
  const ready = new Promise((resolve) => {
    child.stderr.on('data', (chunk) => {
      if (String(chunk).includes('Ready')) resolve()
    })
  })
  await within(READY_MS_MAX, 'the start of hero_proc', ready, child)
  const socketPath = join(folder, 'hero_proc', 'rpc.sock')
  const client = createRpcClient({ socketPath })
  return {
    socketPath,
    client,
    rssBytes: () => statusBytes(child.pid, 'VmRSS'),
    cpuSeconds: () => cpuSeconds(child.pid),
    watchRss: () => watchRss(child.pid),
    metric: (name) => readMetric(socketPath, name),
    stop: async () => {
      client.close()
      const ended = once(child, 'exit')
      child.kill('SIGTERM')
      await within(STOP_MS_MAX, 'the stop of hero_proc', ended)
      remove()
      process.off('exit', remove)
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
