// A hero_proc that has no data dir yet, asked over its real socket, and what becomes of what it was given
// when it starts on the same socket.
import { join } from 'node:path'
import { HeldLines } from '@hero/logs'
import type { LogsStats, WireEntry } from '@hero/logs'
import { ProcError, serveDegraded, startHeroProc } from '@hero/proc'
import type { HeroProcHealth, Serving } from '@hero/proc'
import { openLogsPlugin } from '@hero/proc-logs'
import { createHeldPlugin } from '@hero/proc-logs/held'
import { createRpcClient } from '@hero/rpc/client'
import { expect, onTestFinished, test } from 'vitest'
import { ask, openSocket, temporaryFolder } from './house.js'

const unavailable = (): Error => new ProcError('Unavailable', 'No rights', { hint: 'Give them' })
const REFUSAL = {
  code: -32_006,
  message: 'No rights',
  data: { code: 'Unavailable', hint: 'Give them' },
}

interface Degraded {
  readonly held: HeldLines
  readonly socketPath: string
  readonly call: <T>(method: string, params?: object) => Promise<T>
  /** Starts hero_proc on the sockets that are open. */
  readonly heal: (http?: { readonly host: string; readonly port: number }) => Promise<Serving>
}

async function openDegraded(): Promise<Degraded> {
  const dir = temporaryFolder()
  const socketPath = join(dir, 'rpc.sock')
  const held = new HeldLines()
  const standIn = createHeldPlugin(held, unavailable)
  const serving = await serveDegraded({
    dataDir: dir,
    socketPath,
    plugins: [standIn],
    unavailable,
  })
  const client = createRpcClient({ socketPath })
  onTestFinished(async () => {
    client.close()
    await serving.close()
    await standIn.close?.()
  })
  return {
    held,
    socketPath,
    call: (method, params = {}) => client.call(method, params),
    heal: async (http) => {
      const plugin = await openLogsPlugin({ dir: join(dir, 'logs'), flushDelayMs: 5, held })
      const server = await startHeroProc({
        dataDir: dir,
        socketPath,
        plugins: [plugin],
        serving,
        ...(http && { http }),
      })
      onTestFinished(() => server.close())
      return serving
    },
  }
}

const insert = (ack?: string, text = 'x'): object => ({
  source: 'web',
  entries: [{ text }, { text: 1 }],
  ...(ack && { ack }),
})

test('says why it is not well, and that nothing else can be done', async () => {
  const { call, socketPath } = await openDegraded()
  const health = await call<HeroProcHealth>('rpc.health')
  expect(health).toMatchObject({ ok: false, pid: process.pid, services: { total: 0, running: 0 } })
  expect(health.plugins['logs']).toEqual({
    ok: false,
    detail: 'No rights (0 lines are held, 0 were dropped)',
  })
  for (const path of ['/health', '/ready', '/logs/web', '/metrics']) {
    expect([path, (await ask(socketPath, path)).status]).toEqual([
      path,
      path === '/metrics' ? 200 : 503,
    ])
  }
  const { body } = await ask(socketPath, '/logs/web')
  expect(JSON.parse(body.toString())).toEqual({ error: REFUSAL })
  for (const method of ['service.list', 'logs.query', 'log_batcher.stats', 'log']) {
    await expect(call(method)).rejects.toMatchObject(REFUSAL)
  }
})

test('takes queued entries, and nothing of a call that waits for a commit', async () => {
  const { call, held } = await openDegraded()
  expect(await call('logs.insert', insert())).toMatchObject({
    accepted: 1,
    dropped: 0,
    first_seq: null,
    last_seq: null,
    errors: [{ index: 1, code: 'InvalidEntry' }],
  })
  const before = held.figures
  await expect(call('logs.insert', insert('commit'))).rejects.toMatchObject(REFUSAL)
  // But for the line that says who has called.
  expect(held.figures.lines - before.lines).toBeLessThanOrEqual(1)
})

test('starts on its socket: what was held is there once, and connections go on', async () => {
  const { call, heal, socketPath } = await openDegraded()
  await call('logs.insert', insert('queued', 'rpc, held'))
  const ingest = await openSocket(socketPath, '/ingest/web')
  ingest.socket.send('ws, held')
  await ingest.until((heard) => heard.at(-1)?.['accepted'] === 1)
  expect(ingest.heard.at(-1)).toEqual({ accepted: 1, dropped: 0, last_seq: null })

  await heal()
  ingest.socket.send('ws, after')
  await ingest.until((heard) => heard.at(-1)?.['accepted'] === 2)
  expect(ingest.heard.at(-1)?.['last_seq']).toBeGreaterThan(0)
  await call('logs.insert', insert('commit', 'rpc, after'))
  expect((await call<HeroProcHealth>('rpc.health')).ok).toBe(true)
  expect((await ask(socketPath, '/ready')).status).toBe(200)
  const { entries } = await call<{ entries: WireEntry[] }>('logs.query', { sources: ['web'] })
  expect(entries.map(({ n, origin, text }) => [n, origin, text])).toEqual([
    [1, 'rpc', 'rpc, held'],
    [2, 'ws', 'ws, held'],
    [3, 'ws', 'ws, after'],
    [4, 'rpc', 'rpc, after'],
  ])
  const { sources } = await call<LogsStats>('log_batcher.stats')
  for (const key of ['rpc:web', 'ws:web']) {
    expect(sources[key]).toMatchObject({ received: 2, sent: 2, stored: 2, queued: 0, dropped: 0 })
  }
  const own = await call<{ entries: WireEntry[] }>('logs.query', { contains: 'called by' })
  expect(own.entries.map(({ text }) => text?.split(' ')[0])).toContain('ingest')
})

test('listens on TCP when that is known only then', async () => {
  const { heal } = await openDegraded()
  const serving = await heal({ host: '127.0.0.1', port: 0 })
  const answer = await fetch(`http://127.0.0.1:${serving.http?.port}/health`)
  expect(answer.status).toBe(200)
})
