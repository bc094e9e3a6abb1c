import { once } from 'node:events'
import { chmodSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { createRpcClient } from '../src/client.js'
import type { RpcClient } from '../src/client.js'
import { createDispatcher } from '../src/dispatcher.js'
import type { Route } from '../src/router.js'
import { openEventStream } from '../src/sse.js'
import type { ServerEvent } from '../src/sse-parser.js'
import { startServer, temporaryFolder } from './fixture.js'

function client(socketPath: string): RpcClient {
  const made = createRpcClient({ socketPath })
  onTestFinished(() => made.close())
  return made
}

async function caught(promise: Promise<unknown>): Promise<Error & Record<string, unknown>> {
  return await promise.then(
    () => {
      throw new Error('Expected a rejection')
    },
    (error: unknown) => error as Error & Record<string, unknown>,
  )
}

const stuck: Route = {
  method: 'GET',
  path: '/stuck',
  handler: (_request, response) => void openEventStream(response),
}

describe('RpcClient.call()', () => {
  test('gives results, many at once', async () => {
    const { socketPath } = await startServer()
    const rpc = client(socketPath)
    const texts = Array.from({ length: 200 }, (_, index) => `ä${index}`)
    const answers = await Promise.all(texts.map((text) => rpc.call<string>('echo', { text })))
    expect(answers).toEqual(texts)
  })

  test('throws what the server answered', async () => {
    const { socketPath } = await startServer()
    const error = await caught(client(socketPath).call('refuse'))
    expect({ message: error.message, code: error['code'], data: error['data'] })
      .toMatchInlineSnapshot(`
      {
        "code": -32004,
        "data": {
          "code": "Conflict",
          "hint": "Later",
        },
        "message": "Not now",
      }
    `)
  })

  test('is Unavailable without a server, and works once there is one', async () => {
    const socketPath = join(temporaryFolder(), 'rpc.sock')
    const rpc = client(socketPath)
    expect(await caught(rpc.call('echo'))).toMatchObject({ code: 'Unavailable' })
    const server = await startServer({ socketPath })
    expect(await rpc.call('echo', { text: 'x' })).toBe('x')
    await server.close()
    expect(await caught(rpc.call('echo'))).toMatchObject({ code: 'Unavailable' })
    await startServer({ socketPath })
    expect(await rpc.call('echo', { text: 'y' })).toBe('y')
  })

  test.skipIf(process.getuid?.() === 0)('is PermissionDenied on a closed socket', async () => {
    const { socketPath } = await startServer()
    chmodSync(socketPath, 0)
    expect(await caught(client(socketPath).call('echo'))).toMatchObject({
      code: 'PermissionDenied',
    })
  })

  test('ends at its deadline, by its signal and with the client', async () => {
    const { socketPath } = await startServer({
      dispatcher: {
        ...createDispatcher({ methods: [] }),
        receive: () => new Promise(() => undefined),
      },
      closeGraceMs: 1,
    })
    const rpc = client(socketPath)
    const late = await caught(rpc.call('echo', {}, { timeoutMs: 20 }))
    expect(late).toMatchObject({ code: 'Unavailable' })
    expect(late.message).toMatchInlineSnapshot(`"Expected an answer within 20 ms, got none"`)
    const reason = new Error('Enough')
    const cancel = new AbortController()
    const cancelled = caught(rpc.call('echo', {}, { signal: cancel.signal }))
    cancel.abort(reason)
    expect(await cancelled).toBe(reason)
    expect(await caught(rpc.call('echo', {}, { signal: cancel.signal }))).toBe(reason)
    const open = caught(rpc.call('echo'))
    rpc.close()
    rpc.close()
    expect((await open).message).toBe('The client is closed')
    expect((await caught(rpc.call('echo'))).message).toBe('The client is closed')
  })
})

describe('RpcClient.events()', () => {
  const count: Route = {
    method: 'GET',
    path: '/count',
    handler: async (request, response, _params, { signal, query }) => {
      const stream = openEventStream(response, { signal })
      let id = Number(request.headers['last-event-id'] ?? 0)
      const end = Number(query.get('to') ?? Infinity)
      while (id < end && (await stream.send(String((id += 1)), { id }))) void 0
      stream.close()
    },
  }

  test('gives all events, and those after an id', async () => {
    const { socketPath } = await startServer({ routes: [count] })
    const rpc = client(socketPath)
    const ids = async (path: string, lastEventId: string) => {
      const events: ServerEvent[] = []
      for await (const event of rpc.events(path, { lastEventId })) events.push(event)
      return events
    }
    const all = await ids('/count?to=20000', '0')
    expect(all.map(({ id }) => Number(id))).toEqual(Array.from({ length: 20_000 }, (_, n) => n + 1))
    expect(all[6]).toEqual({ id: '7', event: 'message', data: '{"id":7}' })
    expect(await ids('/count?to=12', '10')).toHaveLength(2)
  })

  test('ends without an error when its signal aborts, and when it is left', async () => {
    const { socketPath } = await startServer({ routes: [count] })
    const rpc = client(socketPath)
    const cancel = new AbortController()
    let seen = 0
    for await (const { id } of rpc.events('/count', { signal: cancel.signal })) {
      seen = Number(id)
      if (seen === 100) cancel.abort()
      if (seen > 1_000_000) break
    }
    expect(seen).toBeGreaterThanOrEqual(100)
    for await (const { id } of rpc.events('/count')) if (id === '5') break
  })

  test('ends with the client', async () => {
    const { socketPath } = await startServer({ routes: [stuck], closeGraceMs: 1 })
    const rpc = client(socketPath)
    const open = rpc.events('/stuck')[Symbol.asyncIterator]().next()
    rpc.close()
    expect(await open).toEqual({ done: true, value: undefined })
    const next = rpc.events('/stuck')[Symbol.asyncIterator]().next()
    expect((await caught(next)).message).toBe('The client is closed')
  })

  test('ends when the server closes', async () => {
    const server = await startServer({ routes: [count] })
    const iterator = client(server.socketPath).events('/count')[Symbol.asyncIterator]()
    await iterator.next()
    const closed = server.close()
    let result = await iterator.next()
    while (result.done !== true) result = await iterator.next()
    await closed
  })

  test('throws what the server refuses with, and Unavailable without one', async () => {
    const server = await startServer()
    const rpc = client(server.socketPath)
    const next = () => rpc.events('/nothing')[Symbol.asyncIterator]().next()
    expect(await caught(next())).toMatchObject({ data: { code: 'NotFound' } })
    await server.close()
    expect(await caught(next())).toMatchObject({ code: 'Unavailable' })
  })
})

test('the server hears of a reader that leaves a silent stream', async () => {
  let reached: (signal: AbortSignal) => void = () => undefined
  const called = new Promise<AbortSignal>((resolve) => {
    reached = resolve
  })
  const { socketPath } = await startServer({
    routes: [
      {
        ...stuck,
        handler: (_request, response, _params, { signal }) => {
          openEventStream(response, { signal })
          reached(signal)
        },
      },
    ],
  })
  const cancel = new AbortController()
  const next = client(socketPath)
    .events('/stuck', { signal: cancel.signal })
    [Symbol.asyncIterator]()
  const ended = next.next()
  const signal = await called
  cancel.abort()
  if (!signal.aborted) await once(signal, 'abort')
  expect(await ended).toEqual({ done: true, value: undefined })
})

test('createRpcClient() refuses a path that no socket can have', () => {
  const make = () => createRpcClient({ socketPath: '/'.padEnd(108, 'x') })
  expect(make).toThrow(RangeError)
})

/** What a module imports at run time, and what that imports in turn. */
function importsOf(file: string, seen = new Set<string>()): Set<string> {
  if (seen.has(file)) return seen
  seen.add(file)
  if (!file.startsWith('.')) return seen
  const text = readFileSync(
    new URL(`../src/${file.replace('.js', '.ts')}`, import.meta.url),
    'utf8',
  )
  for (const [, from] of text.matchAll(/^(?:import|export) \{[^}]*\} from '([^']+)'/gm)) {
    importsOf(from!, seen)
  }
  return seen
}

test('@hero/rpc/client loads neither the server nor a library', () => {
  expect([...importsOf('./client.js')].toSorted()).toEqual([
    './call-scope.js',
    './client.js',
    './codes.js',
    './rpc-answer.js',
    './socket-path.js',
    './sse-parser.js',
    './transport-error.js',
    'node:http',
  ])
})
