import { expect, test } from 'vitest'
import { ask, startServer } from './fixture.js'

test('GET /health and /ready say 200 or 503 and why', async () => {
  let isWell = true
  const { socketPath } = await startServer({
    health: () => ({ ok: isWell, cups: 3 }),
    ready: () => ({ ready: isWell, checks: { shelf: isWell ? 'ok' : 'The shelf is empty' } }),
  })
  const both = async (): Promise<unknown[]> => {
    const answers = []
    for (const path of ['/health', '/ready']) {
      const { status, body } = await ask(socketPath, { path })
      answers.push(status, JSON.parse(body))
    }
    return answers
  }
  expect(await both()).toEqual([
    200,
    { ok: true, cups: 3 },
    200,
    { ready: true, checks: { shelf: 'ok' } },
  ])
  isWell = false
  expect(await both()).toEqual([
    503,
    { ok: false, cups: 3 },
    503,
    { ready: false, checks: { shelf: 'The shelf is empty' } },
  ])
})

test('GET /.well-known/heroservice.json names the service and its endpoints', async () => {
  const { socketPath } = await startServer({ manifest: { domains: ['logs'] } })
  const { status, body } = await ask(socketPath, { path: '/.well-known/heroservice.json' })
  expect([status, JSON.parse(body)]).toEqual([
    200,
    {
      name: 'JSON-RPC service',
      version: '0.0.0',
      protocol: 'jsonrpc-2.0',
      endpoints: {
        rpc: '/rpc',
        websocket: '/ws',
        openrpc: '/openrpc.json',
        health: '/health',
      },
      domains: ['logs'],
    },
  ])
})

test('GET /metrics answers OpenMetrics text', async () => {
  const { socketPath } = await startServer({
    metrics: () => [{ name: 'cups', type: 'gauge', help: 'Cups.', samples: [{ value: 3 }] }],
  })
  const { headers, body } = await ask(socketPath, { path: '/metrics' })
  expect(headers['content-type']).toBe('application/openmetrics-text; version=1.0.0; charset=utf-8')
  expect(body).toBe('# TYPE cups gauge\n# HELP cups Cups.\ncups 3\n# EOF\n')
})
