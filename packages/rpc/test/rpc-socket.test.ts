import { once } from 'node:events'
import { expect, test } from 'vitest'
import { createDispatcher } from '../src/dispatcher.js'
import type { AuditedCall } from '../src/dispatcher.js'
import { defineMethod } from '../src/method.js'
import { Type } from '../src/schema.js'
import { echo, openSocket, post, startServer } from './fixture.js'

const count = defineMethod({
  name: 'count',
  summary: 'Answers, then counts.',
  params: Type.Object({ to: Type.Integer() }),
  result: Type.String(),
  needsSession: true,
  handler: ({ to }, { session }) => {
    session!.afterAnswer(() => {
      for (let n = 1; n <= to; n += 1) session!.notify('counted', [`[${n},`, Buffer.from('"ä"]')])
    })
    return 'begun'
  },
})

test('a method may go on speaking after its answer', async () => {
  const server = await startServer({ dispatcher: createDispatcher({ methods: [echo, count] }) })
  const socket = await openSocket(server)
  const heard: unknown[] = []
  socket.on('message', (data: Buffer) => heard.push(JSON.parse(String(data))))
  socket.send('{"jsonrpc":"2.0","id":1,"method":"count","params":[2]}')
  while (heard.length < 3) await once(socket, 'message')
  expect(heard).toEqual([
    { jsonrpc: '2.0', id: 1, result: 'begun' },
    { jsonrpc: '2.0', method: 'counted', params: [1, 'ä'] },
    { jsonrpc: '2.0', method: 'counted', params: [2, 'ä'] },
  ])
})

test('a method that needs a session says so over HTTP', async () => {
  const { socketPath } = await startServer({ dispatcher: createDispatcher({ methods: [count] }) })
  const { body } = await post(socketPath, '{"jsonrpc":"2.0","id":1,"method":"count","params":[2]}')
  expect(JSON.parse(body)).toEqual({
    jsonrpc: '2.0',
    id: 1,
    error: {
      code: -32600,
      message: 'Expected count over a WebSocket',
      data: {
        code: 'InvalidRequest',
        hint: 'Connect a WebSocket to /ws, or read GET /events',
      },
    },
  })
})

test('binary messages close the connection', async () => {
  const socket = await openSocket(await startServer())
  socket.send(Buffer.from('{}'))
  expect((await once(socket, 'close'))[0]).toBe(1003)
})

test('more messages than are answered at once are all answered', async () => {
  const socket = await openSocket(await startServer())
  const ids = new Set<number>()
  const all = new Promise<void>((resolve) => {
    socket.on('message', (data: Buffer) => {
      ids.add((JSON.parse(String(data)) as { id: number }).id)
      if (ids.size === 500) resolve()
    })
  })
  for (let id = 0; id < 500; id += 1) {
    socket.send(`{"jsonrpc":"2.0","id":${id},"method":"echo","params":["x"]}`)
  }
  await all
})

test('S2: every call that does more than read is audited with who called', async () => {
  const calls: AuditedCall[] = []
  const change = defineMethod({
    name: 'change',
    summary: 'Changes.',
    effect: 'changes',
    params: Type.Object({ fails: Type.Boolean() }),
    result: Type.Null(),
    handler: ({ fails }) => {
      if (fails) throw new Error('No')
      return null
    },
  })
  const dispatcher = createDispatcher({
    methods: [echo, change],
    audit: (call) => calls.push(call),
  })
  const server = await startServer({ dispatcher, peerOf: () => ({ uid: 0, gid: 0, pid: 77 }) })
  const socket = await openSocket(server)
  const call = (method: string, params: string): string =>
    `{"jsonrpc":"2.0","id":1,"method":"${method}","params":${params}}`
  await post(server.socketPath, call('echo', '["x"]'))
  await post(server.socketPath, call('change', '[false]'))
  await post(server.socketPath, call('change', '[]'))
  socket.send(call('change', '[true]'))
  await once(socket, 'message')
  const caller = { transport: 'unix', address: 'unix', uid: 0, gid: 0, pid: 77 }
  const audited = { method: 'change', effect: 'changes', caller }
  expect(calls).toEqual([
    audited,
    { ...audited, failure: 'InvalidParams' },
    { ...audited, failure: 'Internal' },
  ])
})
