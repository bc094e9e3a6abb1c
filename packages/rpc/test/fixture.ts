// What the tests of sockets share: a folder of their own, a server in it, raw requests.
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { request as httpRequest } from 'node:http'
import type { IncomingMessage, OutgoingHttpHeaders } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { WebSocket } from 'ws'
import { createDispatcher } from '../src/dispatcher.js'
import { defineMethod } from '../src/method.js'
import { Type } from '../src/schema.js'
import { listenRpc } from '../src/server.js'
import { listenTcp } from '../src/tcp-server.js'
import type { ListenTcpOptions, TcpServer } from '../src/tcp-server.js'
import type { ListenRpcOptions, RpcServer } from '../src/server.js'

export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'rpc-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

export const echo = defineMethod({
  name: 'echo',
  summary: 'Gives back what it got.',
  params: Type.Object({ text: Type.String() }),
  result: Type.String(),
  handler: ({ text }) => text,
})

export const refuse = defineMethod({
  name: 'refuse',
  summary: 'Always fails.',
  params: Type.Object({}),
  result: Type.Null(),
  handler: () => {
    throw Object.assign(new Error('Not now'), { code: 'Conflict', hint: 'Later' })
  },
})

export async function startServer(options: Partial<ListenRpcOptions> = {}): Promise<RpcServer> {
  const server = await listenRpc({
    socketPath: join(temporaryFolder(), 'rpc.sock'),
    dispatcher: createDispatcher({ methods: [echo, refuse] }),
    ...options,
  })
  onTestFinished(() => server.close())
  return server
}

export async function startTcp(options: Partial<ListenTcpOptions> = {}): Promise<TcpServer> {
  const server = await listenTcp({
    host: '127.0.0.1',
    port: 0,
    dispatcher: createDispatcher({ methods: [echo, refuse] }),
    ...options,
  })
  onTestFinished(() => server.close())
  return server
}

/** A WebSocket to a Unix socket, or to a TCP server with its own origin. */
export async function openSocket(at: RpcServer | TcpServer, path = '/ws'): Promise<WebSocket> {
  const socket =
    'socketPath' in at
      ? new WebSocket(`ws+unix:${at.socketPath}:${path}`)
      : new WebSocket(`ws://127.0.0.1:${at.port}${path}`, { origin: `http://127.0.0.1:${at.port}` })
  onTestFinished(() => socket.terminate())
  await once(socket, 'open')
  return socket
}

/** What a server answers to an upgrade that it refuses. */
export function refusedUpgrade(url: string, headers: OutgoingHttpHeaders = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(url, { headers })
    socket.once('open', () => reject(new Error('Expected a refusal')))
    socket.once('error', () => undefined)
    socket.once('unexpected-response', (_request, response: IncomingMessage) => {
      void read(response).then(resolve, reject)
    })
  })
}

async function read(response: IncomingMessage): Promise<Answer> {
  const chunks: Buffer[] = []
  for await (const chunk of response as AsyncIterable<Buffer>) chunks.push(chunk)
  const { statusCode: status = 0, headers } = response
  return { status, headers, body: Buffer.concat(chunks).toString() }
}

export interface Answer {
  readonly status: number
  readonly headers: IncomingMessage['headers']
  readonly body: string
}

export interface Ask {
  readonly method?: string
  readonly path?: string
  readonly headers?: OutgoingHttpHeaders
  readonly body?: string | Buffer
}

/** Where to ask: a Unix socket's path or a TCP port of this machine. */
export type Target = string | number

/** One request on a connection of its own. */
export function ask(target: Target, options: Ask = {}): Promise<Answer> {
  const { method = 'GET', path = '/', headers = {}, body } = options
  const at = typeof target === 'string' ? { socketPath: target } : { port: target }
  return new Promise((resolve, reject) => {
    const request = httpRequest({ host: '127.0.0.1', ...at, method, path, headers, agent: false })
    request.once('error', reject)
    request.once('response', (response) => void read(response).then(resolve, reject))
    request.end(body)
  })
}

export function post(target: Target, body: string | Buffer): Promise<Answer> {
  const headers = { 'content-type': 'application/json' }
  return ask(target, { method: 'POST', path: '/rpc', headers, body })
}
