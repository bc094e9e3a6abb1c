import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { createRpcClient } from '../src/client.js'
import { createDispatcher } from '../src/dispatcher.js'
import { defineMethod } from '../src/method.js'
import { readBody } from '../src/http-body.js'
import type { Route } from '../src/router.js'
import type { RpcServer } from '../src/server.js'
import { Type } from '../src/schema.js'
import { ask, openSocket, post, refusedUpgrade, startServer, temporaryFolder } from './fixture.js'

const HELLO = '{"jsonrpc":"2.0","id":1,"method":"echo","params":{"text":"hello"}}'

describe('listenRpc()', () => {
  test('answers calls until it is closed, and can listen again', async () => {
    const socketPath = join(temporaryFolder(), 'rpc.sock')
    for (let round = 0; round < 3; round += 1) {
      const server = await startServer({ socketPath })
      const { status, headers, body } = await post(socketPath, HELLO)
      expect({ status, type: headers['content-type'], body: JSON.parse(body) }).toEqual({
        status: 200,
        type: 'application/json; charset=utf-8',
        body: { jsonrpc: '2.0', id: 1, result: 'hello' },
      })
      await Promise.all([server.close(), server.close()])
      expect(existsSync(socketPath)).toBe(false)
    }
  })

  test('refuses to listen where somebody does', async () => {
    const { socketPath } = await startServer()
    await expect(startServer({ socketPath })).rejects.toMatchObject({ code: 'Conflict' })
    expect((await post(socketPath, HELLO)).status).toBe(200)
  })

  test('leaves nothing running where it cannot listen', async () => {
    const { socketPath } = await startServer()
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
    onTestFinished(() => void vi.useRealTimers())
    await expect(startServer({ socketPath })).rejects.toMatchObject({ code: 'Conflict' })
    expect(vi.getTimerCount()).toBe(0)
  })

  test('reports nobody who hangs up in the middle of a body', async () => {
    const internal: unknown[] = []
    let refused: () => void = () => undefined
    const server = await startServer({
      onInternalError: (error) => internal.push(error),
      routes: [
        {
          method: 'POST',
          path: '/body',
          handler: async (request) => {
            await readBody(request).finally(() => refused())
          },
        },
      ],
    })
    for (const encoding of ['identity', 'gzip']) {
      const over = new Promise<void>((resolve) => {
        refused = resolve
      })
      const socket = connect({ path: server.socketPath })
      socket.write(
        `POST /body HTTP/1.1\r\nhost: x\r\ncontent-encoding: ${encoding}\r\ncontent-length: 9\r\n\r\n`,
        () => socket.destroy(),
      )
      await over
    }
    await server.close()
    expect(internal).toEqual([])
  })

  test('answers a notification with nothing', async () => {
    const { socketPath } = await startServer()
    const answer = await post(socketPath, '{"jsonrpc":"2.0","method":"echo","params":["x"]}')
    expect([answer.status, answer.body]).toEqual([204, ''])
  })

  test.each([
    ['text/plain', 415],
    ['application/x-www-form-urlencoded', 415],
    ['', 415],
    ['application/jsonp', 415],
    ['Application/JSON; charset=utf-8', 200],
  ])('answers content type "%s" with %i', async (type, status) => {
    const { socketPath } = await startServer()
    const headers = { 'content-type': type }
    const answer = await ask(socketPath, { method: 'POST', path: '/rpc', headers, body: HELLO })
    expect(answer.status).toBe(status)
  })

  test('takes a body of 8 MB and refuses a longer one, announced or not', async () => {
    const { socketPath } = await startServer()
    const empty = HELLO.replace('hello', '').length
    const fits = HELLO.replace('hello', 'x'.repeat(8_388_608 - empty))
    expect((await post(socketPath, fits)).status).toBe(200)
    const json = { 'content-type': 'application/json' }
    const announced = { ...json, 'content-length': 8_388_609, expect: '100-continue' }
    const ways = [announced, { ...json, 'transfer-encoding': 'chunked' }]
    for (const headers of ways) {
      const body = 'transfer-encoding' in headers ? `${fits} ` : undefined
      const options = {
        method: 'POST',
        path: '/rpc',
        headers,
        ...(body === undefined ? {} : { body }),
      }
      const { status, body: text } = await ask(socketPath, options)
      expect([status, JSON.parse(text)]).toEqual([
        413,
        {
          error: {
            code: -32005,
            message: 'Expected at most 8388608 bytes, got more',
            data: { code: 'LimitExceeded' },
          },
        },
      ])
    }
  })

  test.each([
    ['GET', '/nothing', 404, undefined],
    ['GET', '/rpc', 405, 'POST'],
    ['DELETE', '/cups/1', 405, 'GET, PUT'],
  ])('answers %s %s with %i', async (method, path, status, allow) => {
    const handler: Route['handler'] = (_request, response) => void response.end()
    const { socketPath } = await startServer({
      routes: [
        { method: 'GET', path: '/cups/:id', handler },
        { method: 'PUT', path: '/cups/:id', handler },
      ],
    })
    const answer = await ask(socketPath, { method, path })
    expect([answer.status, answer.headers['allow']]).toEqual([status, allow])
    expect(JSON.parse(answer.body)).toMatchObject({ error: { message: expect.any(String) } })
  })

  test('gives routes their params and query', async () => {
    const { socketPath } = await startServer({
      routes: [
        {
          method: 'GET',
          path: '/cups/:id',
          handler: (_request, response, params, { query }) =>
            void response.end(`${params['id']} ${query.getAll('q').join()}`),
        },
      ],
    })
    expect((await ask(socketPath, { path: '/cups/a%2Fb?q=1&q=%3F' })).body).toBe('a/b 1,?')
  })

  test.each([
    [Object.assign(new Error('No cup'), { code: 'NotFound' }), 404, 'No cup'],
    [Object.assign(new Error('Gone'), { code: 'MissedRotation' }), 410, 'Gone'],
    [new Error('/secret/path'), 500, 'Internal error'],
  ])('answers what a route throws: %s', async (error, status, message) => {
    const seen: unknown[] = []
    const { socketPath } = await startServer({
      onInternalError: (one) => seen.push(one),
      routes: [{ method: 'GET', path: '/', handler: () => Promise.reject(error) }],
    })
    const answer = await ask(socketPath)
    expect([answer.status, JSON.parse(answer.body).error.message]).toEqual([status, message])
    expect(seen).toEqual(status === 500 ? [error] : [])
  })

  test('tells its health', async () => {
    let ok = true
    const { socketPath } = await startServer({ health: () => ({ ok, cups: 3 }) })
    const well = await ask(socketPath, { path: '/health' })
    expect([well.status, JSON.parse(well.body)]).toEqual([200, { ok: true, cups: 3 }])
    ok = false
    expect((await ask(socketPath, { path: '/health' })).status).toBe(503)
  })

  test('tells a handler when its caller is gone', async () => {
    let reached: (signal: AbortSignal) => void = () => undefined
    const called = new Promise<AbortSignal>((resolve) => {
      reached = resolve
    })
    const wait = defineMethod({
      name: 'wait',
      summary: 'Waits for the caller to leave.',
      params: Type.Object({}),
      result: Type.Null(),
      handler: async (_params, { signal }) => {
        reached(signal)
        await once(signal, 'abort')
        return null
      },
    })
    const { socketPath } = await startServer({ dispatcher: createDispatcher({ methods: [wait] }) })
    const socket = connect({ path: socketPath })
    const body = '{"jsonrpc":"2.0","id":1,"method":"wait"}'
    socket.write(
      `POST /rpc HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
    )
    const signal = await called
    expect(signal.aborted).toBe(false)
    socket.destroy()
    if (!signal.aborted) await once(signal, 'abort')
  })
})

describe('RpcServer.close()', () => {
  test('lets a running call end', async () => {
    let go: () => void = () => undefined
    const gate = new Promise<void>((resolve) => {
      go = resolve
    })
    let reached: () => void = () => undefined
    const called = new Promise<void>((resolve) => {
      reached = resolve
    })
    const slow = defineMethod({
      name: 'slow',
      summary: 'Answers when it may.',
      params: Type.Object({}),
      result: Type.String(),
      handler: async () => {
        reached()
        await gate
        return 'done'
      },
    })
    const server = await startServer({
      dispatcher: createDispatcher({ methods: [slow] }),
      closeGraceMs: 30_000,
    })
    // It keeps its connection: the server has to end it after the answer.
    const rpc = createRpcClient({ socketPath: server.socketPath })
    onTestFinished(() => rpc.close())
    const answer = rpc.call('slow')
    await called
    const closed = server.close()
    expect(existsSync(server.socketPath)).toBe(false)
    for (let turn = 0; turn < 100; turn += 1) {
      await new Promise((resolve) => {
        setImmediate(resolve)
      })
    }
    go()
    expect(await answer).toBe('done')
    await closed
  })

  test('cuts off a call that does not end, and an idle connection', async () => {
    let reached: () => void = () => undefined
    const called = new Promise<void>((resolve) => {
      reached = resolve
    })
    const stuck: Route['handler'] = () => {
      reached()
      return new Promise<void>(() => undefined)
    }
    const server = await startServer({
      routes: [{ method: 'GET', path: '/stuck', handler: stuck }],
      closeGraceMs: 1,
    })
    const idle = connect({ path: server.socketPath })
    await once(idle, 'connect')
    const ended = once(idle, 'close')
    const answer = ask(server.socketPath, { path: '/stuck' })
    await called
    await server.close()
    await expect(answer).rejects.toMatchObject({ code: 'ECONNRESET' })
    await ended
  })
})

describe('serve()', () => {
  const later = defineMethod({
    name: 'later',
    summary: 'There is none at first.',
    params: Type.Object({}),
    result: Type.String(),
    handler: () => 'here',
  })
  const LATER = '{"jsonrpc":"2.0","id":7,"method":"later"}'
  const missing = (): Error => Object.assign(new Error('Not yet'), { code: 'Unavailable' })
  const NOT_YET = { code: -32_006, message: 'Not yet', data: { code: 'Unavailable' } }

  const starting = (): ReturnType<typeof startServer> =>
    startServer({ dispatcher: createDispatcher({ methods: [], missing }), missing })
  const started: Parameters<RpcServer['serve']>[0] = {
    dispatcher: createDispatcher({ methods: [later] }),
    routes: [
      { method: 'GET', path: '/later', handler: (_request, response) => void response.end('x') },
    ],
    sockets: [{ path: '/later', handler: () => (connection) => connection.send('here') }],
  }

  test('what there is not is answered as it is told, on every way', async () => {
    const { socketPath } = await starting()
    const answers = [
      (await post(socketPath, LATER)).body,
      (await post(socketPath, `[${LATER}]`)).body.slice(1, -1),
    ]
    for (const body of answers) {
      expect(JSON.parse(body)).toEqual({ jsonrpc: '2.0', id: 7, error: NOT_YET })
    }
    expect((await post(socketPath, '{"jsonrpc":"2.0","method":"later"}')).status).toBe(204)
    const { status, body } = await ask(socketPath, { path: '/later' })
    expect([status, JSON.parse(body)]).toEqual([503, { error: NOT_YET }])
    const refused = await refusedUpgrade(`ws+unix:${socketPath}:/later`)
    expect([refused.status, JSON.parse(refused.body)]).toEqual([503, { error: NOT_YET }])
    expect((await ask(socketPath, { path: '/health' })).status).toBe(200)
  })

  test('other answers from then on, on the connections that are open', async () => {
    const server = await starting()
    const socket = await openSocket(server)
    const said = async (): Promise<unknown> => {
      socket.send(LATER)
      const [data] = (await once(socket, 'message')) as [Buffer]
      return JSON.parse(data.toString())
    }
    expect(await said()).toMatchObject({ error: NOT_YET })
    server.serve(started)
    expect(await said()).toEqual({ jsonrpc: '2.0', id: 7, result: 'here' })
    expect((await ask(server.socketPath, { path: '/later' })).body).toBe('x')
    expect((await ask(server.socketPath, { path: '/nothing' })).status).toBe(404)
    await openSocket(server, '/later')
  })

  test('changes nothing if two routes are the same', async () => {
    const server = await starting()
    const [route] = started.routes!
    expect(() => server.serve({ ...started, routes: [route!, route!] })).toThrow(TypeError)
    const [socket] = started.sockets!
    expect(() => server.serve({ ...started, sockets: [socket!, socket!] })).toThrow(TypeError)
    expect((await ask(server.socketPath, { path: '/later' })).status).toBe(503)
    expect((await refusedUpgrade(`ws+unix:${server.socketPath}:/later`)).status).toBe(503)
    expect(JSON.parse((await post(server.socketPath, LATER)).body)).toMatchObject({
      id: 7,
      error: NOT_YET,
    })
  })
})
