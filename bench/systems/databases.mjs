// Databases behind a Node client that reads every service's pipe: a table of rows in SQLite, and Redis as
// the first hero_logger used it.
import { spawn } from 'node:child_process'
import { existsSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { NEEDLE } from '../generate.mjs'
import { openReadOnly } from '../shared/sqlite.mjs'
import { askAll, end, needsCommand, outputOf, packageVersion, shellQuestion } from './commands.mjs'
import { bytesIn } from './measure-feed.mjs'
import { endWithPipes, openPipes } from './pipe-loggers.mjs'

const ROWS_LOGGER = fileURLToPath(new URL('../parts/rows-logger.mjs', import.meta.url))
const REDIS_LOGGER = fileURLToPath(new URL('../parts/redis-logger.mjs', import.meta.url))

export const ROWS = {
  name: 'sqlite rows',
  reason: () => undefined,
  version: () => '',
  open: ({ folder, services }) => {
    const top = join(folder, 'logs')
    mkdirSync(top)
    const path = join(top, 'rows.db')
    return {
      ...openClient(folder, services, [ROWS_LOGGER, path]),
      bytes: bytesIn(top),
      read: (service) => readRows(path, service),
      questions: () => askAll(rowQuestions(path)),
    }
  },
}

export const REDIS = {
  name: 'redis v1',
  reason: needsCommand('redis-server'),
  version: () => packageVersion('redis-server'),
  open: async ({ folder, services }) => {
    const socket = join(folder, 'redis.sock')
    const flags = ['--port', '0', '--unixsocket', socket, '--save', '', '--appendonly', 'no']
    const server = spawn('redis-server', [...flags, '--dir', folder], { stdio: 'ignore' })
    while (!existsSync(socket)) await sleep(5)
    const client = openClient(folder, services, [REDIS_LOGGER, socket])
    return {
      pids: () => [...client.pids(), server.pid],
      finish: client.finish,
      stop: async () => {
        await client.stop()
        await end(server, 'SIGTERM')
      },
      // All of it is in memory.
      bytes: () => 0,
      read: ({ name }) => outputOf(['redis-cli', '-s', socket, 'LRANGE', name, '0', '-1']),
      questions: (list) => askAll(redisQuestions(socket, list)),
    }
  },
}

/** One Node process for all pipes: they are its descriptors 3 and up. */
function openClient(folder, services, args) {
  const pipes = openPipes(folder, services)
  const stdio = ['ignore', 'ignore', 'inherit', ...pipes.map(({ read }) => read)]
  const client = spawn(process.execPath, [...args, String(services.length)], { stdio })
  return endWithPipes(pipes, [client])
}

function* readRows(path, { name }) {
  const db = openReadOnly(path)
  const rows = db.prepare('SELECT line FROM logs WHERE source = ? ORDER BY id').pluck()
  for (const line of rows.iterate(Number(name.slice('service'.length)) - 1)) {
    yield Buffer.from(`${String(line)}\n`)
  }
  db.close()
}

function rowQuestions(path) {
  const rowsOf = (sql, ...values) => {
    const db = openReadOnly(path)
    const found = db.prepare(sql).all(...values).length
    db.close()
    return found
  }
  const tail = 'SELECT * FROM logs WHERE source = 0 ORDER BY id DESC LIMIT 200'
  const search = 'SELECT * FROM logs WHERE line LIKE ?'
  return [
    { what: 'tail', how: 'SELECT', ask: () => rowsOf(tail) },
    { what: 'search', how: 'LIKE', ask: () => rowsOf(search, `%${NEEDLE}%`) },
  ]
}

function redisQuestions(socket, list) {
  const names = list.map(({ name }) => name).join(' ')
  const all = `for list in ${names}; do redis-cli -s "$1" LRANGE $list 0 -1; done | grep -a -F "$2"`
  const tail = 'redis-cli -s "$1" LRANGE service1 -200 -1'
  return [
    shellQuestion('tail', 'redis-cli LRANGE', tail, socket),
    shellQuestion('search', 'LRANGE all | grep', all, socket, NEEDLE),
  ]
}
