import { createServer } from 'node:http'
import { mkdirSync } from 'node:fs'
import { createServer as createRawServer } from 'node:net'
import { dirname, join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { checkServiceHealth } from '../src/service-health.js'
import type { ServiceStatus } from '../src/service-status.js'
import { temporaryFolder } from './fixture.js'

async function listen(path: string, status: number | 'refuses'): Promise<void> {
  mkdirSync(dirname(path), { recursive: true })
  const server =
    status === 'refuses'
      ? createRawServer((socket) => socket.destroy())
      : createServer((_request, response) => response.writeHead(status).end())
  onTestFinished(() => void server.close())
  await new Promise<void>((resolve) => void server.listen(path, resolve))
}

const running = { name: 'db', state: 'running', pid: 7 } as ServiceStatus

test('checkServiceHealth() asks every socket of both layouts', async () => {
  const dir = temporaryFolder()
  await listen(join(dir, 'db/rpc.sock'), 200)
  await listen(join(dir, 'db/admin.sock'), 404)
  await listen(join(dir, 'db/root/tables.sock'), 503)
  await listen(join(dir, 'db_server/root/files.sock'), 'refuses')
  await listen(join(dir, 'db_ui.sock'), 200)
  await listen(join(dir, 'db_ui/ui.sock'), 200)
  await listen(join(dir, 'dbx/rpc.sock'), 500)
  const health = await checkServiceHealth(running, dir)
  expect(health.ok).toBe(false)
  expect(health.layers.map((one) => Object.values(one).join(' ')).toSorted()).toEqual([
    'admin admin db/admin.sock new true status 404',
    'admin admin db_ui.sock old true status 200',
    'admin admin db_ui/ui.sock old true status 200',
    'domain root/files db_server/root/files.sock old false no answer',
    'domain root/tables db/root/tables.sock new false status 503',
    'process process true running, pid 7',
    'service service db/rpc.sock new true status 200',
  ])
})

test('a service without sockets is as well as its process', async () => {
  const dir = temporaryFolder()
  expect(await checkServiceHealth(running, dir)).toMatchObject({ ok: true })
  const failed = { ...running, state: 'failed', pid: null } as ServiceStatus
  expect(await checkServiceHealth(failed, dir)).toEqual({
    service: 'db',
    ok: false,
    layers: [{ layer: 'process', name: 'process', ok: false, detail: 'failed' }],
  })
})
