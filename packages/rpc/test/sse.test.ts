import { once } from 'node:events'
import { connect } from 'node:net'
import { expect, test } from 'vitest'
import { openEventStream } from '../src/sse.js'
import type { EventStream, EventStreamOptions } from '../src/sse.js'
import { ask, startServer } from './fixture.js'

async function serve(
  run: (stream: EventStream) => Promise<void>,
  options: EventStreamOptions = {},
): Promise<string> {
  const { socketPath } = await startServer({
    routes: [
      {
        method: 'GET',
        path: '/',
        handler: (_request, response) => run(openEventStream(response, options)),
      },
    ],
  })
  return socketPath
}

test('EventStream.send() writes ids, names and data of several lines', async () => {
  const socketPath = await serve(async (stream) => {
    await stream.send('1', 'a\nb\r\nc')
    await stream.send('2', { b: 1 }, 'gap')
    stream.close()
    stream.close()
    expect(await stream.send('3', 'late')).toBe(false)
  })
  const { headers, body } = await ask(socketPath)
  expect(body).toBe('id: 1\ndata: a\ndata: b\ndata: c\n\nevent: gap\nid: 2\ndata: {"b":1}\n\n')
  expect(headers).toMatchObject({
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-store, no-transform',
    'x-accel-buffering': 'no',
  })
})

test.each(['a\nb', 'a\rb', 'a\0'])('EventStream.send() refuses the id %j', async (id) => {
  let error: unknown
  const socketPath = await serve(async (stream) => {
    error = await stream.send(id, '').catch((caught: unknown) => caught)
    stream.close()
  })
  await ask(socketPath)
  expect(error).toBeInstanceOf(TypeError)
})

test('EventStream.send() waits for a slow reader, and is false when it leaves', async () => {
  const text = 'x'.repeat(65_536)
  let sent = 0
  let ended: (value: boolean) => void = () => undefined
  const over = new Promise<boolean>((resolve) => {
    ended = resolve
  })
  const socketPath = await serve(async (stream) => {
    while (await stream.send(String(sent), text)) sent += 1
    ended(stream.closed)
  })
  const socket = connect({ path: socketPath })
  socket.write('GET / HTTP/1.1\r\nhost: x\r\n\r\n')
  await once(socket, 'readable')
  // Nothing is read from here on: what the kernel and the response hold is all that can be sent.
  for (let turn = 0; turn < 1_000; turn += 1) {
    await new Promise((resolve) => {
      setImmediate(resolve)
    })
  }
  expect(sent).toBeLessThan(100)
  socket.destroy()
  expect(await over).toBe(true)
})

test('openEventStream() says something on a silent stream', async () => {
  let stream: EventStream | undefined
  const socketPath = await serve(
    (opened) => {
      stream = opened
      return Promise.resolve()
    },
    { keepaliveMs: 1 },
  )
  const socket = connect({ path: socketPath })
  socket.write('GET / HTTP/1.1\r\nhost: x\r\n\r\n')
  socket.setEncoding('utf8')
  let text = ''
  for await (const piece of socket as AsyncIterable<string>) {
    text += piece
    if (text.split(':\n\n').length > 3) break
  }
  expect(stream?.closed).toBe(false)
})

test('openEventStream() ends with its signal, also one that is aborted already', async () => {
  const socketPath = await serve(() => Promise.resolve(), { signal: AbortSignal.abort() })
  expect((await ask(socketPath)).body).toBe('')
})
