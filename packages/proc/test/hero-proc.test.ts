import { createRpcClient, defineMethod, Type } from '@hero/rpc'
import type { RpcClient } from '@hero/rpc'
import { request } from 'node:http'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { startHeroProc } from '../src/hero-proc.js'
import type { HeroProc, HeroProcOptions } from '../src/hero-proc.js'
import type { Plugin } from '../src/plugin.js'
import type { ServiceStatus } from '../src/service-status.js'
import { Supervisor } from '../src/supervisor.js'
import { isAlive, Recorder, script, temporaryFolder } from './fixture.js'

const FOREVER = 'echo ready; exec sleep 1000'

async function start(
  options: Partial<HeroProcOptions> = {},
): Promise<HeroProc & { readonly rpc: RpcClient }> {
  const folder = temporaryFolder()
  const heroProc = await startHeroProc({
    dataDir: join(folder, 'data'),
    socketPath: join(folder, 'hero_proc', 'rpc.sock'),
    ...options,
  })
  const rpc = createRpcClient({ socketPath: heroProc.socketPath })
  onTestFinished(async () => {
    rpc.close()
    await heroProc.close()
  })
  return { ...heroProc, rpc }
}

describe('startHeroProc()', () => {
  test('serves the life of a service', async () => {
    const { rpc } = await start()
    const definition = script('web', FOREVER, { capture: 'pipe' })
    const added = await rpc.call<ServiceStatus>('service.add', { definition })
    expect(added).toMatchObject({ name: 'web', state: 'stopped', run: null })
    expect(added.definition).toMatchObject({ restart: 'on-failure', stop_deadline_ms: 5_000 })
    const { pid } = await rpc.call<ServiceStatus>('service.start', { name: 'web' })
    expect(isAlive(pid ?? 0)).toBe(true)
    expect(await rpc.call('service.list')).toMatchObject({
      services: [{ name: 'web', state: 'running', run: 1 }],
    })
    expect(await rpc.call('service.restart', { name: 'web' })).toMatchObject({ run: 2 })
    expect(await rpc.call('service.status', { name: 'web' })).toMatchObject({ run: 2 })
    expect(await rpc.call('service.stop', { name: 'web' })).toMatchObject({ state: 'stopped' })
    expect(await rpc.call('service.delete', { name: 'web' })).toEqual({ deleted: 'web' })
    expect(await rpc.call('service.list')).toEqual({ services: [] })
    const started = await rpc.call('service.add', { definition, start: true })
    expect(started).toMatchObject({ state: 'running', run: 3 })
  })

  test('tells conditions as errors with a name', async () => {
    const { rpc } = await start()
    const fault = async (method: string, params: object) =>
      await rpc.call(method, params).then(
        () => 'resolved',
        (error: { code: number; message: string; data: object }) => ({
          code: error.code,
          message: error.message,
          data: error.data,
        }),
      )
    await rpc.call('service.add', {
      definition: { name: 'web', command: ['no-such-command'], restart: 'never' },
    })
    expect([
      await fault('service.start', { name: 'nobody' }),
      await fault('service.add', { definition: { name: 'web', command: ['x'] } }),
      await fault('service.add', { definition: { name: 'a b', command: ['x'] } }),
      await fault('service.add', { definition: { name: 'db', command: ['x'], restrat: 1 } }),
      await fault('service.start', { name: 'web' }),
    ]).toMatchInlineSnapshot(`
      [
        {
          "code": -32001,
          "data": {
            "code": "NotFound",
          },
          "message": "There is no service "nobody"",
        },
        {
          "code": -32004,
          "data": {
            "code": "Conflict",
            "hint": "Delete it first or choose another name",
          },
          "message": "There is already a service web",
        },
        {
          "code": -32602,
          "data": {
            "code": "InvalidParams",
            "hint": "Use 1 to 128 of A-Z a-z 0-9 . _ - and begin with a letter, a digit or _; not ending in .state",
          },
          "message": "Expected a service name, got "a b"",
        },
        {
          "code": -32602,
          "data": {
            "code": "InvalidParams",
          },
          "message": "Unknown key "restrat" in params.definition, expected only name, command, cwd, env, user, umask, limits, capture, restart, backoff_min_ms, backoff_max_ms, give_up_after, stop_signal, stop_deadline_ms, when_orphaned, autostart, depends_on, ready, log",
        },
        {
          "code": -32006,
          "data": {
            "code": "Unavailable",
            "reason": "CommandNotFound",
            "service": "web",
            "state": "failed",
          },
          "message": "Service web did not start: Command not found: 'no-such-command'",
        },
      ]
    `)
  })

  test('tells its health, with that of its plugins', async () => {
    let ok = true
    const plugin: Plugin = {
      name: 'logs',
      health: () => Promise.resolve({ ok, detail: ok ? '' : 'The disk is full' }),
    }
    const { rpc, socketPath, supervisor } = await start({ plugins: [plugin] })
    await supervisor.add(script('web', FOREVER))
    await supervisor.start('web')
    const expected = {
      ok: true,
      pid: process.pid,
      version: expect.stringMatching(/^\d+\.\d+\.\d+/),
      uptime_ms: expect.any(Number),
      data_dir: expect.stringMatching(/data$/),
      services: { total: 1, running: 1 },
      plugins: { logs: { ok: true, detail: '' } },
    }
    expect(await rpc.call('rpc.health')).toEqual(expected)
    expect(await get(socketPath, '/health')).toEqual([200, expected])
    ok = false
    expect(await get(socketPath, '/health')).toMatchObject([503, { ok: false }])
  })

  test('serves methods and routes of plugins', async () => {
    const plugin: Plugin = {
      name: 'cups',
      methods: [
        defineMethod({
          name: 'cups.count',
          summary: 'Counts the cups.',
          params: Type.Object({}),
          result: Type.Integer(),
          handler: () => 3,
        }),
      ],
      routes: [
        {
          method: 'GET',
          path: '/cups/:id',
          handler: (_request, response, { id }) => void response.end(JSON.stringify({ id })),
        },
      ],
    }
    const { rpc, socketPath } = await start({ plugins: [plugin] })
    expect(await rpc.call('cups.count')).toBe(3)
    expect(await get(socketPath, '/cups/blue')).toEqual([200, { id: 'blue' }])
  })

  test('refuses plugins that bring the same method, and leaves nothing behind', async () => {
    const closed: string[] = []
    const plugin = (name: string): Plugin => ({
      name,
      methods: [
        defineMethod({
          name: 'cups.count',
          summary: 'Counts the cups.',
          params: Type.Object({}),
          result: Type.Integer(),
          handler: () => 3,
        }),
      ],
      close: () => {
        closed.push(name)
        return Promise.resolve()
      },
    })
    const folder = temporaryFolder()
    const socketPath = join(folder, 'rpc.sock')
    const plugins = [plugin('a'), plugin('b')]
    await expect(
      startHeroProc({ dataDir: folder, socketPath, plugins }),
    ).rejects.toThrowErrorMatchingInlineSnapshot(
      `[TypeError: Expected one method cups.count, got two]`,
    )
    expect(closed).toEqual(['b', 'a'])
    expect(existsSync(socketPath)).toBe(false)
  })

  test('listens no more when it cannot end what an earlier one has left behind', async () => {
    const folder = temporaryFolder()
    const socketPath = join(folder, 'rpc.sock')
    const ending = vi.spyOn(Supervisor.prototype, 'endOrphans')
    onTestFinished(() => ending.mockRestore())
    ending.mockRejectedValueOnce(new Error('Processes of web did not end: 7'))
    const starting = startHeroProc({ dataDir: folder, socketPath })
    await expect(starting).rejects.toThrow('did not end: 7')
    expect(existsSync(socketPath)).toBe(false)
  })

  test('waits for no service that starts when it is to stop', async () => {
    const dataDir = join(temporaryFolder(), 'data')
    const first = await start({ dataDir })
    const ready = { type: 'log', pattern: 'never said', deadline_ms: 3_600_000 } as const
    await first.supervisor.add(script('web', FOREVER, { ready }))
    await first.close()
    const stopping = new AbortController()
    const recorder = new Recorder()
    const starting = start({ dataDir, plugins: [recorder], signal: stopping.signal })
    await vi.waitFor(() => expect(recorder.runs).toHaveLength(1), { timeout: 30_000 })
    stopping.abort()
    const { supervisor } = await starting
    await supervisor.stopAll()
    expect(supervisor.status('web').state).toBe('stopped')
    const late = await start({ dataDir: join(temporaryFolder(), 'data'), signal: stopping.signal })
    await expect(late.supervisor.add(script('web', FOREVER))).rejects.toThrow('closing')
  })

  test('starts nothing where somebody already listens', async () => {
    const first = await start()
    const recorder = new Recorder()
    const dataDir = join(temporaryFolder(), 'data')
    const alone = await start({ dataDir })
    await alone.supervisor.add(script('web', FOREVER))
    await alone.close()
    const second = start({ dataDir, socketPath: first.socketPath, plugins: [recorder] })
    await expect(second).rejects.toMatchObject({ code: 'Conflict' })
    expect(recorder.runs).toEqual([])
    expect(await first.rpc.call('rpc.health')).toMatchObject({ ok: true })
  })

  test('closes services, socket and plugins, twice if asked', async () => {
    const recorder = new Recorder()
    const heroProc = await start({ plugins: [recorder] })
    const { supervisor, socketPath } = heroProc
    await supervisor.add(script('web', FOREVER))
    const { pid } = await supervisor.start('web')
    await Promise.all([heroProc.close(), heroProc.close()])
    expect(isAlive(pid ?? 0)).toBe(false)
    expect(existsSync(socketPath)).toBe(false)
  })
})

function get(socketPath: string, path: string): Promise<[number | undefined, unknown]> {
  return new Promise((resolve, reject) => {
    const asked = request({ socketPath, path, agent: false }, (response) => {
      let text = ''
      response.setEncoding('utf8')
      response.on('data', (piece: string) => (text += piece))
      response.once('end', () => resolve([response.statusCode, JSON.parse(text)]))
    })
    asked.once('error', reject)
    asked.end()
  })
}
