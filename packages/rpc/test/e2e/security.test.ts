// What the surface refuses, at the figures of the threat model: the ids in the names are its rows. What
// bombs cost a server is measured from outside, in the tests of the command.
import { once } from 'node:events'
import { chmodSync, statSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import type { Socket } from 'node:net'
import { dirname, join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { describe, expect, onTestFinished, test } from 'vitest'
import { WebSocket } from 'ws'
import { createDispatcher } from '../../src/dispatcher.js'
import { readBody, sendJson } from '../../src/http-body.js'
import { defineMethod } from '../../src/method.js'
import type { Route } from '../../src/router.js'
import { Type } from '../../src/schema.js'
import {
  ask,
  echo,
  openSocket,
  post,
  refusedUpgrade,
  startServer,
  startTcp,
  temporaryFolder,
} from '../fixture.js'

const HELLO = '{"jsonrpc":"2.0","id":1,"method":"echo","params":{"text":"hello"}}'
const JSON_TYPE = { 'content-type': 'application/json' }
const MIB = 1_048_576

describe('S1: the socket is private', () => {
  test('S1: whatever the umask and the folder were: folder 0700, socket 0600', async () => {
    const umask = process.umask(0)
    onTestFinished(() => void process.umask(umask))
    const modeOf = (path: string): number => statSync(path).mode & 0o777
    for (const mask of [0o000, 0o002, 0o022, 0o027, 0o077]) {
      process.umask(mask)
      const socketPath = join(temporaryFolder(), 'made', 'rpc.sock')
      await startServer({ socketPath })
      expect([modeOf(dirname(socketPath)), modeOf(socketPath)]).toEqual([0o700, 0o600])
    }
  })

  test('S1: a path of 108 bytes is refused, a live socket and a file are left alone', async () => {
    const folder = temporaryFolder()
    await expect(startServer({ socketPath: `/${'x'.repeat(107)}` })).rejects.toThrow(/107 bytes/)
    writeFileSync(join(folder, 'file'), 'mine')
    await expect(startServer({ socketPath: join(folder, 'file') })).rejects.toMatchObject({
      code: 'Conflict',
    })
    const { socketPath } = await startServer()
    await expect(startServer({ socketPath })).rejects.toMatchObject({ code: 'Conflict' })
    expect((await post(socketPath, HELLO)).status).toBe(200)
  })

  test('S1, S2: a process of another user is refused even where the mode lets it in', async () => {
    const { socketPath } = await startServer({ peerOf: () => ({ uid: 4242, gid: 1, pid: 7 }) })
    chmodSync(socketPath, 0o666)
    for (let round = 0; round < 100; round += 1) {
      expect((await post(socketPath, HELLO)).status).toBe(403)
    }
    const refused = await refusedUpgrade(`ws+unix:${socketPath}:/ws`)
    expect([refused.status, refused.body]).toEqual([
      403,
      '{"error":{"code":-32007,"message":"Expected a process of the same user","data":{"code":"PermissionDenied"}}}',
    ])
  })
})

describe('S3: TCP', () => {
  test.each(['0.0.0.0', '::', '192.0.2.1', 'example.org'])('S3: %s needs a token', async (host) => {
    await expect(startTcp({ host })).rejects.toThrow(/Expected a token for/)
  })

  test('S3: a short token is refused', async () => {
    await expect(startTcp({ token: 'secret' })).rejects.toThrow(/16 or more printable characters/)
  })

  test('S3: with a token, nothing is answered without it', async () => {
    const token = 'correct-horse-battery'
    const { port } = await startTcp({ token })
    const paths = ['/health', '/openrpc.json', '/rpc', '/metrics', '/nothing']
    for (const authorization of [
      undefined,
      '',
      token,
      `Bearer ${token}x`,
      'Bearer ',
      `bearer ${token}`,
    ]) {
      for (const path of paths) {
        const headers = authorization === undefined ? {} : { authorization }
        expect([path, (await ask(port, { path, headers })).status]).toEqual([path, 401])
      }
    }
    const headers = { authorization: `Bearer ${token}` }
    expect((await ask(port, { path: '/health', headers })).status).toBe(200)
    const origin = `http://127.0.0.1:${port}`
    expect((await refusedUpgrade(`ws://127.0.0.1:${port}/ws`, { origin })).status).toBe(401)
  })
})

/** Names under which a page could reach us, with the port where one fits. */
const hostileHosts = (port: number): readonly string[] => [
  'evil.example',
  `evil.example:${port}`,
  `localhost.evil.example:${port}`,
  `127.0.0.1.evil.example:${port}`,
  `evil.example@127.0.0.1:${port}`,
  `127.0.0.1:${port + 1}`,
  '127.0.0.1',
  'localhost',
  `127.0.0.2:${port}`,
  `0.0.0.0:${port}`,
  `0x7f000001:${port}`,
  `2130706433:${port}`,
  `127.1:${port}`,
  `[::ffff:127.0.0.1]:${port}`,
  `localhost.:${port}`,
  `127.0.0.1:${port}.`,
  `127.0.0.1:${port},evil.example`,
  `localhost:${port}/`,
  ` :${port}`,
  `*:${port}`,
]

describe('S4: DNS rebinding', () => {
  test('S4: 20 of 20 hostile Host headers are refused, over HTTP and for WebSockets', async () => {
    const { port } = await startTcp()
    const statuses: number[] = []
    for (const host of hostileHosts(port)) {
      statuses.push((await ask(port, { path: '/health', headers: { host } })).status)
      const origin = `http://127.0.0.1:${port}`
      const url = `ws://127.0.0.1:${port}/ws`
      statuses.push((await refusedUpgrade(url, { host, origin })).status)
    }
    expect(statuses).toEqual(Array(40).fill(403))
  })

  test.each(['127.0.0.1', 'localhost', '[::1]', 'LOCALHOST'])('S4: %s is us', async (name) => {
    const { port } = await startTcp()
    const headers = { host: `${name}:${port}` }
    expect((await ask(port, { path: '/health', headers })).status).toBe(200)
  })

  test('S4: two Host headers, or none, are refused', async () => {
    const { port } = await startTcp()
    const hosts = [`Host: 127.0.0.1:${port}\r\nHost: evil.example\r\n`, '']
    for (const lines of hosts) {
      const socket = connect({ port, host: '127.0.0.1' })
      socket.end(`GET /health HTTP/1.1\r\n${lines}Connection: close\r\n\r\n`)
      const [first] = (await once(socket, 'data')) as [Buffer]
      expect(first.toString()).toMatch(/^HTTP\/1.1 40[03] /)
    }
  })
})

describe('S5: WebSockets across sites', () => {
  const own = (port: number): string => `http://127.0.0.1:${port}`

  test.each([
    ['none', () => undefined],
    ['null', () => 'null'],
    ['a foreign one', () => 'http://evil.example'],
    ['one that begins like ours', (port: number) => `${own(port)}.evil.example`],
    ['ours on another port', (port: number) => own(port + 1)],
    ['ours over another scheme', (port: number) => `https://127.0.0.1:${port}`],
  ])('S5: over TCP an Origin is refused before the handshake: %s', async (_, make) => {
    const { port } = await startTcp()
    const origin = make(port)
    const headers = origin === undefined ? {} : { origin }
    expect((await refusedUpgrade(`ws://127.0.0.1:${port}/ws`, headers)).status).toBe(403)
  })

  test('S5: over a Unix socket none is needed; over TCP an allowed one will do', async () => {
    const unix = await openSocket(await startServer())
    expect(unix.readyState).toBe(WebSocket.OPEN)
    const { port } = await startTcp({ allowedOrigins: ['http://127.0.0.1:9999'] })
    const socket = new WebSocket(`ws://127.0.0.1:${port}/ws`, { origin: 'http://127.0.0.1:9999' })
    await once(socket, 'open')
    socket.terminate()
  })
})

describe('S6: requests that a page can send without asking', () => {
  test.each([
    ['a form', 'application/x-www-form-urlencoded', 415],
    ['a form with a file', 'multipart/form-data; boundary=x', 415],
    ['plain text', 'text/plain', 415],
    ['no type', undefined, 415],
  ])('S6: %s is answered %s %i', async (_, type, status) => {
    const { port } = await startTcp()
    const headers = type === undefined ? {} : { 'content-type': type }
    expect((await ask(port, { method: 'POST', path: '/rpc', headers, body: HELLO })).status).toBe(
      status,
    )
  })

  test.each([
    [{ origin: 'http://evil.example' }],
    [{ origin: 'null' }],
    [{ 'sec-fetch-site': 'cross-site' }],
    [{ 'sec-fetch-site': 'same-site' }],
  ])('S6: JSON with %o is refused', async (headers) => {
    const { port } = await startTcp()
    const options = { method: 'POST', path: '/rpc', headers: { ...JSON_TYPE, ...headers } }
    expect((await ask(port, { ...options, body: HELLO })).status).toBe(403)
  })

  test('S6: a GET changes nothing, and no answer may be read across sites', async () => {
    const { port } = await startTcp()
    expect((await ask(port, { path: `/rpc?method=echo` })).status).toBe(405)
    const { headers } = await ask(port, { path: '/health' })
    expect(headers['access-control-allow-origin']).toBeUndefined()
  })
})

const whole: Route = {
  method: 'POST',
  path: '/whole',
  handler: async (request, response) => {
    sendJson(response, 200, JSON.stringify((await readBody(request)).length))
  },
}

describe('S11: too much, too slow, too deep', () => {
  test('S11: a body of 1 GB is refused after 8 MB', async () => {
    const { socketPath } = await startServer()
    const socket = connect({ path: socketPath })
    socket.on('error', () => undefined)
    socket.write(
      'POST /rpc HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n',
    )
    const answered = once(socket, 'data') as Promise<[Buffer]>
    const chunk = Buffer.concat([
      Buffer.from('100000\r\n'),
      Buffer.alloc(MIB, 0x20),
      Buffer.from('\r\n'),
    ])
    let sent = 0
    let isOver = false
    socket.once('close', () => (isOver = true))
    void answered.then(() => (isOver = true))
    while (!isOver && sent < 1024) {
      sent += 1
      if (!socket.write(chunk)) await Promise.race([once(socket, 'drain'), answered])
    }
    expect((await answered)[0].toString()).toMatch(/^HTTP\/1.1 413 /)
    expect(sent).toBeLessThan(64)
    socket.destroy()
  })

  test('S11: who sends all of a body that is too large before it looks sees the answer', async () => {
    const { socketPath } = await startServer()
    const socket = connect({ path: socketPath })
    onTestFinished(() => void socket.destroy())
    const head = 'POST /rpc HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n'
    const body = Buffer.alloc(32 * MIB, 0x20)
    socket.write(`${head}Content-Length: ${body.length}\r\n\r\n`)
    await new Promise<void>((resolve, reject) => {
      socket.write(body, (error) => (error ? reject(error) : resolve()))
    })
    const [answer] = (await once(socket, 'data')) as [Buffer]
    expect(answer.toString()).toMatch(/^HTTP\/1.1 413 /)
  })

  test('S11: a gzip bomb is refused at 8 MB', async () => {
    const { socketPath } = await startServer({ routes: [whole] })
    const bomb = gzipSync(Buffer.alloc(256 * MIB, 0x20))
    const headers = { ...JSON_TYPE, 'content-encoding': 'gzip' }
    for (const path of ['/rpc', '/whole']) {
      const answer = await ask(socketPath, { method: 'POST', path, headers, body: bomb })
      expect(answer.status).toBe(413)
    }
    const body = gzipSync(HELLO)
    const packed = await ask(socketPath, { method: 'POST', path: '/rpc', headers, body })
    expect(JSON.parse(packed.body)).toMatchObject({ result: 'hello' })
  })

  test.each([
    ['gzip that is none', 'gzip', Buffer.from('not gzip'), 400],
    ['gzip cut short', 'gzip', gzipSync(HELLO).subarray(0, 30), 400],
    ['another encoding', 'br', Buffer.from(HELLO), 400],
    ['bytes that are not UTF-8', 'identity', Buffer.from([0x22, 0xff, 0x22]), 400],
  ])('S11: %s is refused', async (_, encoding, body, status) => {
    const { socketPath } = await startServer()
    const headers = { ...JSON_TYPE, 'content-encoding': encoding }
    const answer = await ask(socketPath, { method: 'POST', path: '/rpc', headers, body })
    expect(answer.status).toBe(status)
  })

  test.each([
    ['100,000 levels', `${'['.repeat(100_000)}${']'.repeat(100_000)}`],
    [
      'an object of 400,000 keys',
      `{${Array.from({ length: 400_000 }, (_, i) => `"k${i}":1`).join(',')}}`,
    ],
    [
      '400,000 params',
      `{"jsonrpc":"2.0","id":1,"method":"echo","params":{${Array.from({ length: 400_000 }, (_, i) => `"k${i}":1`).join(',')}}}`,
    ],
    ['10,000 calls', `[${Array(10_000).fill(HELLO).join(',')}]`],
    [
      '__proto__',
      '{"jsonrpc":"2.0","id":1,"method":"__proto__","params":{"__proto__":{"text":1}}}',
    ],
    ['constructor', '{"jsonrpc":"2.0","id":1,"method":"constructor"}'],
    [
      '__proto__ in params',
      '{"jsonrpc":"2.0","id":1,"method":"echo","params":{"__proto__":{"text":"x"}}}',
    ],
  ])('S11: %s is a short error', async (_, body) => {
    const { socketPath } = await startServer()
    const { status, body: text } = await post(socketPath, body)
    expect(status).toBe(200)
    expect(JSON.parse(text)).toMatchObject({ error: { code: expect.any(Number) } })
    expect(text.length).toBeLessThan(1_000)
    expect(({} as { text?: unknown }).text).toBeUndefined()
  })

  test('S11: 500 connections that say little by little nothing are cut off; others are served', async () => {
    const { socketPath } = await startServer({ headersTimeoutMs: 300 })
    const sockets: Socket[] = []
    onTestFinished(() => sockets.forEach((one) => one.destroy()))
    for (let index = 0; index < 500; index += 1) {
      const socket = connect({ path: socketPath })
      socket.on('error', () => undefined)
      socket.write('POST /rpc HTTP/1.1\r\nX-Slow: ')
      sockets.push(socket)
    }
    const closed = Promise.all(sockets.map((one) => once(one.resume(), 'close')))
    expect((await post(socketPath, HELLO)).status).toBe(200)
    await closed
  })

  test('S11: a frame of more than 1 MB closes the WebSocket with 1009', async () => {
    const server = await startServer()
    for (const [size, code] of [
      [MIB + 1, 1009],
      [100 * MIB, 1009],
    ] as const) {
      const socket = await openSocket(server)
      socket.on('error', () => undefined)
      socket.send('x'.repeat(size))
      expect((await once(socket, 'close'))[0]).toBe(code)
    }
    const socket = await openSocket(server)
    socket.send(HELLO.replace('hello', 'x'.repeat(900_000)))
    expect(JSON.parse(String((await once(socket, 'message'))[0])).result).toHaveLength(900_000)
  })
})

describe('S14: what an error says', () => {
  test('S14: 30 internal failures let out no SQL, path or stack', async () => {
    const secrets = ['SELECT * FROM blocks', '/var/lib/secret/id', 'at Object.<anonymous>']
    const failures: unknown[] = secrets.flatMap((text) => [
      new Error(text),
      new TypeError(text),
      new RangeError(text),
      Object.assign(new Error(text), { code: 'SQLITE_CORRUPT' }),
      Object.assign(new Error(text), { code: 'ENOENT', path: text }),
      Object.assign(new Error(text), { code: 'EACCES' }),
      text,
      { message: text },
      new AggregateError([new Error(text)], text),
      Object.assign(new Error(text), { code: 0 }),
    ])
    expect(failures).toHaveLength(30)
    const fail = defineMethod({
      name: 'fail',
      summary: 'Fails.',
      params: Type.Object({ index: Type.Integer() }),
      result: Type.Null(),
      handler: ({ index }) => {
        throw failures[index]
      },
    })
    const route: Route = {
      method: 'GET',
      path: '/fail/:index',
      handler: (_request, _response, { index }) => {
        throw failures[Number(index)]
      },
    }
    const dispatcher = createDispatcher({ methods: [echo, fail] })
    const sockets = [
      {
        path: '/fail/:index',
        handler: ({ index }: Readonly<Record<string, string>>) => {
          throw failures[Number(index)]
        },
      },
    ]
    const server = await startServer({ dispatcher, routes: [route], sockets })
    const { socketPath } = server
    const socket = await openSocket(server)
    for (const index of failures.keys()) {
      const call = `{"jsonrpc":"2.0","id":1,"method":"fail","params":[${index}]}`
      const answered = once(socket, 'message')
      socket.send(call)
      const bodies = [
        (await post(socketPath, call)).body,
        (await ask(socketPath, { path: `/fail/${index}` })).body,
        (await refusedUpgrade(`ws+unix:${socketPath}:/fail/${index}`)).body,
        String((await answered)[0]),
      ]
      for (const body of bodies) {
        expect(JSON.parse(body).error).toEqual({
          code: -32009,
          message: 'Internal error',
          data: { code: 'Internal' },
        })
      }
    }
  })
})
