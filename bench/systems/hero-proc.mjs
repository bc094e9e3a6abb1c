// hero_proc itself: served as always, the services added over its socket, every default kept.
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { NEEDLE } from '../generate.mjs'
import { runPart } from '../part.mjs'
import { mainCommand, startServer } from '../serve/server.mjs'
import { askAll, shellQuestion } from './commands.mjs'
import { bytesIn } from './measure-feed.mjs'

export const HERO_PROCS = ['pipe', 'pty'].map((capture) => ({
  name: `hero_proc, ${capture === 'pty' ? 'PTY' : 'pipe'}`,
  reason: () => undefined,
  version: () => '',
  open: async ({ folder, services }) => {
    const server = await startServer(folder)
    const { client, dataDir } = server
    for (const { name, command } of services) {
      const definition = { name, command, capture, restart: 'never' }
      await client.call('service.add', { definition, start: true })
    }
    let stopped
    return {
      pids: () => [server.pid],
      /** A run has ended when its last byte is committed. */
      settle: async () => {
        while (await isRunning(client)) await sleep(2)
        await client.call('logs.sync')
      },
      finish: () => (stopped ??= stop(server)),
      stop: () => (stopped ??= stop(server)),
      bytes: bytesIn(dataDir),
      /** All that the sources printed, byte for byte: in one process, or starting them takes longest. */
      digests: (list) => {
        const sources = list.map(({ name }) => name)
        return runPart('read-back', { dir: join(dataDir, 'logs'), sources })
      },
      questions: () => askAll(questionsFor(client, dataDir)),
    }
  },
}))

/**
 * Stops it, and regroups what is left to regroup before its files are looked at. The CPU time of that does not
 * count: as much was left by the warm-up, and was regrouped while the clock ran.
 */
async function stop(server) {
  await server.stop()
  await runPart('compact', { dir: join(server.dataDir, 'logs') })
}

async function isRunning(client) {
  const { services } = await client.call('service.list')
  return services.some(({ pid }) => pid !== null)
}

function questionsFor(client, dataDir) {
  const found = async (method, params) => (await client.call(method, params)).entries.length
  const command = (what, ...args) => {
    const words = mainCommand(dataDir, ['logs', '-o', 'cat', '--no-pager', ...args])
    return shellQuestion(what, 'hero_proc logs', '"$@"', ...words)
  }
  return [
    {
      what: 'tail',
      how: 'call',
      ask: () => found('logs.tail', { source: 'service1', lines: 200 }),
    },
    { what: 'search', how: 'call', ask: () => searchAll(client) },
    command('tail', '-n', '200', 'service1'),
    command('search', '-n', 'all', '-F', NEEDLE),
  ]
}

/** Reads the answer to its end, page by page. */
async function searchAll(client) {
  let found = 0
  let params = { contains: NEEDLE, limit: 10_000 }
  while (params !== undefined) {
    const { entries, next_cursor } = await client.call('logs.query', params)
    found += entries.length
    params = next_cursor === null ? undefined : { ...params, after: next_cursor }
  }
  return found
}
