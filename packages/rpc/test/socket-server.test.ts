import { once } from 'node:events'
import { connect } from 'node:net'
import { describe, expect, onTestFinished, test } from 'vitest'
import { RpcError } from '../src/codes.js'
import type { SocketRoute } from '../src/router.js'
import type { SocketConnection } from '../src/socket-connection.js'
import { openSocket, refusedUpgrade, startServer } from './fixture.js'

/** A route that hands its connections to the test. */
function catching(path: string): { route: SocketRoute; next: () => Promise<SocketConnection> } {
  const waiting: ((connection: SocketConnection) => void)[] = []
  const route: SocketRoute = {
    path,
    handler: () => (connection) => waiting.shift()?.(connection),
  }
  return { route, next: () => new Promise((resolve) => waiting.push(resolve)) }
}

function upgradeOf(path: string): string {
  return (
    `GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n` +
    'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n'
  )
}

describe('serveSockets()', () => {
  test('takes text and bytes, and sends both as text', async () => {
    const { route, next } = catching('/cups/:id')
    const caught = next()
    const socket = await openSocket(await startServer({ sockets: [route] }), '/cups/7')
    const connection = await caught
    const heard: unknown[] = []
    const two = new Promise<void>((resolve) => {
      connection.onMessage(({ text, bytes }) => {
        heard.push(text ?? [...bytes])
        if (heard.length === 2) resolve()
      })
    })
    socket.send('ä')
    socket.send(Buffer.from([0, 255]))
    await two
    expect(heard).toEqual(['ä', [0, 255]])
    const answers: string[] = []
    socket.on('message', (data: Buffer, isBinary) => answers.push(`${String(data)} ${isBinary}`))
    connection.send('one')
    connection.send(Buffer.from('zwölf'))
    connection.close()
    await once(socket, 'close')
    expect(answers).toEqual(['one false', 'zwölf false'])
  })

  test('lets a handler speak a last time when the other end closes', async () => {
    const { route, next } = catching('/cups')
    const caught = next()
    const socket = await openSocket(await startServer({ sockets: [route] }), '/cups')
    const connection = await caught
    connection.onClosing(() => connection.send('bye'))
    const said = once(socket, 'message')
    socket.close(1000)
    expect(String((await said)[0])).toBe('bye')
    expect((await once(socket, 'close'))[0]).toBe(1000)
  })

  test('answers what a handler throws before the handshake', async () => {
    const route: SocketRoute = {
      path: '/cups',
      handler: () => {
        throw new RpcError(-32002, 'Expected a cursor')
      },
    }
    const { socketPath } = await startServer({ sockets: [route] })
    const refused = await refusedUpgrade(`ws+unix:${socketPath}:/cups`)
    expect([refused.status, JSON.parse(refused.body)]).toEqual([
      400,
      {
        error: { code: -32002, message: 'Expected a cursor', data: { code: 'InvalidCursor' } },
      },
    ])
    expect((await refusedUpgrade(`ws+unix:${socketPath}:/nothing`)).status).toBe(404)
  })

  test('cuts off a connection that answers no ping, and leaves the others', async () => {
    const { route, next } = catching('/cups')
    const server = await startServer({ sockets: [route], pingMs: 30 })
    const first = next()
    // A raw connection that shakes hands and then says nothing, as one behind a broken link.
    const dead = connect({ path: server.socketPath })
    onTestFinished(() => void dead.destroy())
    dead.write(upgradeOf('/cups'))
    const connection = await first
    const second = next()
    const living = await openSocket(server, '/cups')
    const other = await second
    const isGone = new Promise((resolve) => connection.signal.addEventListener('abort', resolve))
    await Promise.all([once(dead.resume(), 'close'), isGone])
    expect([living.readyState, other.isOpen]).toEqual([living.OPEN, true])
  })

  test('does not take for dead whom it does not read itself', async () => {
    const { route, next } = catching('/cups')
    const caught = next()
    const socket = await openSocket(await startServer({ sockets: [route], pingMs: 10 }), '/cups')
    const connection = await caught
    const heard: string[] = []
    connection.onMessage(({ text }) => heard.push(text ?? ''))
    connection.pause()
    socket.send('in time')
    for (let round = 0; round < 5; round += 1) await once(socket, 'ping')
    expect([connection.isOpen, heard]).toEqual([true, []])
    connection.resume()
    connection.onClosing(() => connection.send(heard.join()))
    const said = once(socket, 'message')
    socket.close()
    expect(String((await said)[0])).toBe('in time')
  })

  test('tell() cuts off who reads nothing of what it is told', async () => {
    const { route, next } = catching('/cups')
    const caught = next()
    const socket = await openSocket(await startServer({ sockets: [route] }), '/cups')
    const connection = await caught
    socket.pause()
    const closed = new Promise((resolve) => connection.signal.addEventListener('abort', resolve))
    const text = 'x'.repeat(1_000)
    let told = 0
    for (; connection.isOpen && told < 100_000; told += 1) connection.tell(text)
    expect(told).toBeLessThan(1_100)
    await closed
  })

  test('tells how much a slow reader has not taken, and when it has', async () => {
    const { route, next } = catching('/cups')
    const caught = next()
    const socket = await openSocket(await startServer({ sockets: [route] }), '/cups')
    const connection = await caught
    socket.pause()
    const piece = Buffer.alloc(65_536, 0x20)
    while (connection.bufferedBytes < 1_048_576) connection.send(piece)
    const drained = connection.untilBuffered(65_536)
    socket.resume()
    await drained
    expect(connection.bufferedBytes).toBeLessThanOrEqual(65_536)
  })

  test('a refused handshake ends, and the server with it, though the other end stays', async () => {
    const server = await startServer({ closeGraceMs: 3_600_000 })
    const raw = connect({ path: server.socketPath, allowHalfOpen: true })
    onTestFinished(() => void raw.destroy())
    raw.write(upgradeOf('/nothing'))
    const [answer] = (await once(raw, 'data')) as [Buffer]
    expect(answer.toString()).toMatch(/^HTTP\/1\.1 404 /)
    await once(raw, 'end')
    await server.close()
  })

  test('a handshake that nobody answers is cut off with the server', async () => {
    let reached: () => void = () => undefined
    const asked = new Promise<void>((resolve) => {
      reached = resolve
    })
    const route: SocketRoute = {
      path: '/cups',
      handler: () => {
        reached()
        return new Promise(() => undefined)
      },
    }
    const server = await startServer({ sockets: [route], closeGraceMs: 1 })
    const raw = connect({ path: server.socketPath })
    onTestFinished(() => void raw.destroy())
    raw.write(upgradeOf('/cups'))
    await asked
    await server.close()
  })

  test('ends with the server: the other end is told that it goes away', async () => {
    const { route } = catching('/cups')
    const server = await startServer({ sockets: [route] })
    const socket = await openSocket(server, '/cups')
    const closed = once(socket, 'close')
    await server.close()
    expect((await closed)[0]).toBe(1001)
  })
})
