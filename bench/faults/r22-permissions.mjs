// R22: what hero_proc needs is missing: the data dir has no rights or is of somebody else, its file system is
// read-only, the socket dir is not there. Runs as a user without rights of its own.
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
const REFUSED = 5

/** Each breaks something, starts hero_proc, and mends it: `{ start, isServed }`. */
const CASES = {
  'data dir without rights': {
    breakIt: ({ data }) => chmodSync(data, 0),
    mend: ({ data }) => chmodSync(data, 0o700),
  },
  'data dir of another owner': {
    breakIt: ({ data }) => chownSync(data, 0, 0),
    mend: ({ data }) => chownSync(data, NOBODY, NOBODY),
  },
  'socket dir missing': { breakIt: ({ run }) => rmSync(run, { recursive: true }), mend: () => {} },
  'file system is read-only': {
    breakIt: ({ disk }) => execFileSync('mount', ['-o', 'remount,ro', disk]),
    mend: ({ disk }) => execFileSync('mount', ['-o', 'remount,rw', disk]),
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
      const disk = mkdtempSync(join(tmpdir(), 'hero-fault-'))
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64m,mode=755', 'tmpfs', disk])
      const place = { disk, data: join(disk, 'data'), run: join(disk, 'run') }
      for (const dir of [place.data, place.run]) {
        mkdirSync(dir, { mode: 0o700 })
        chownSync(dir, NOBODY, NOBODY)
      }
      chownSync(disk, NOBODY, NOBODY)
      try {
        told.push(
          `${name}: ${await underFault(place, one, (text) => failures.push(`${name}: ${text}`))}`,
        )
      } finally {
        execFileSync('umount', ['--lazy', disk])
        rmSync(disk, { recursive: true, force: true })
      }
    }
    return { figure: told.join('; '), failures }
  },
}

async function underFault(place, { breakIt, mend }, fail) {
  breakIt(place)
  const server = serve(place)
  const isUp = await until(() => server.isReady() || server.hasEnded(), START_MS_MAX)
  if (isUp !== 'ready') {
    const { code, said } = await server.ended
    fail(`exits ${code} instead of starting: ${said.trim().split('\n').at(-1)}`)
    if (code !== REFUSED) return `exits ${code}`
    mend(place)
    const again = serve(place)
    const begun = performance.now()
    const ready = await until(() => again.isReady() || again.hasEnded(), START_MS_MAX)
    await again.end()
    if (ready !== 'ready') fail('does not start once it is mended')
    return `exits ${REFUSED} and says why; starts ${(performance.now() - begun).toFixed(0)} ms after it was mended`
  }
  try {
    const insert = () => inserted(server.client)
    mend(place)
    const begun = performance.now()
    const healed = await until(async () => ((await insert()) ? true : undefined), 2 * HEAL_MS_MAX)
    const healMs = performance.now() - begun
    if (!healed || healMs > HEAL_MS_MAX) fail(`not healed after ${healMs.toFixed(0)} ms`)
    return `serves, healed in ${healMs.toFixed(0)} ms`
  } finally {
    await server.end()
  }
}

async function inserted(client) {
  const params = { source: 'x', entries: [{ text: 'x' }], ack: 'commit' }
  try {
    return (await client.call('logs.insert', params, { timeoutMs: 2_000 })).accepted === 1
  } catch {
    return false
  }
}

function serve({ data, run, disk }) {
  const user = ['--reuid', String(NOBODY), '--regid', String(NOBODY), '--clear-groups']
  const child = spawn('setpriv', [...user, COMMAND, 'serve'], {
    cwd: disk,
    env: { ...process.env, HOME: disk, HERO_PROC_DATA_DIR: data, HERO_SOCKET_DIR: run },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let said = ''
  child.stderr.setEncoding('utf8').on('data', (text) => (said += text))
  const ended = once(child, 'close').then(([code]) => ({ code, said }))
  const socketPath = join(run, 'hero_proc/rpc.sock')
  const client = createRpcClient({ socketPath })
  return {
    client,
    ended,
    isReady: () =>
      said.includes('hero_proc: Ready at ') && existsSync(socketPath) ? 'ready' : undefined,
    hasEnded: () => (child.exitCode === null ? undefined : 'ended'),
    async end() {
      child.kill('SIGTERM')
      await ended
      client.close()
    },
  }
}
