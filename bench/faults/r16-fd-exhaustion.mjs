// R16: hero_proc may open 64 files and no more, and more clients come than that. What runs is captured on,
// and when there is room again, clients are served again.
import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { createConnection } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { openLogReader } from '@hero/logs'
import { openPlace, readAll, until } from './place.mjs'

const FILES = 64
const CLIENTS = 100
const EXHAUSTED_MS = 3_000
const ACCEPT_MS_MAX = 1_000
const SERVICES = ['pty', 'pipe']
const PRINTS = 'i=0; while :; do i=$((i+1)); echo "$i"; sleep 0.005; done'

export const fdExhaustion = {
  id: 'R16',
  what: '100 clients come to a hero_proc that may open 64 files',
  bound: 'no crash, running captures lose 0 lines, accepts again < 1 s',
  needs: ['prlimit'],
  async run() {
    const place = openPlace()
    const failures = []
    const server = await place.serve()
    try {
      for (const capture of SERVICES) {
        const definition = { name: `prints-${capture}`, command: ['sh', '-c', PRINTS], capture }
        await server.client.call('service.add', { definition, start: true })
      }
      await sleep(500)
      limit(server.child.pid, FILES)
      const path = join(place.folder, 'run/hero_proc/rpc.sock')
      const clients = Array.from({ length: CLIENTS }, () => createConnection(path))
      for (const client of clients) client.on('error', () => {}).write('GET /health HTTP/1.1\r\n')
      await sleep(EXHAUSTED_MS)
      if (!server.isAlive()) failures.push(`serve ended: ${server.said()}`)
      const begun = performance.now()
      limit(server.child.pid, 4_096)
      for (const client of clients) client.destroy()
      const again = await until(() => answered(path), 10 * ACCEPT_MS_MAX)
      const acceptMs = performance.now() - begun
      if (!again || acceptMs > ACCEPT_MS_MAX)
        failures.push(`accepted after ${acceptMs.toFixed(0)} ms`)
      const code = await server.end('SIGTERM')
      if (code !== 0) failures.push(`serve exited with ${code}: ${server.said()}`)
      const lines = await countLines(place, failures)
      return { figure: `${lines} lines, 0 lost, accepts after ${acceptMs.toFixed(0)} ms`, failures }
    } finally {
      if (server.isAlive()) await server.end('SIGKILL')
      place.remove()
    }
  },
}

function limit(pid, files) {
  execFileSync('prlimit', ['--pid', String(pid), `--nofile=${files}:4096`])
}

async function answered(path) {
  const client = createConnection(path)
  try {
    client.write('GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n')
    await once(client, 'data', { signal: AbortSignal.timeout(500) })
    return true
  } catch {
    return undefined
  } finally {
    client.destroy()
  }
}

async function countLines(place, failures) {
  const reader = openLogReader({ dir: place.logsDir })
  let lines = 0
  for (const capture of SERVICES) {
    const query = { sources: [`prints-${capture}`], origins: [capture] }
    const texts = (await readAll(reader, query)).map(({ text }) => text)
    const hole = texts.findIndex((text, i) => text !== String(i + 1))
    if (hole >= 0) failures.push(`${capture}: line ${hole + 1} says ${texts[hole]}`)
    if (texts.length < 100) failures.push(`${capture}: only ${texts.length} lines`)
    lines += texts.length
  }
  reader.close()
  return lines
}
