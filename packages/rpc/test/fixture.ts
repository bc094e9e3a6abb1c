// What the tests of sockets share: a folder of their own, a server in it, raw requests.
import { mkdtempSync, rmSync } from 'node:fs'
import { request as httpRequest } from 'node:http'
import type { IncomingMessage, OutgoingHttpHeaders } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { createDispatcher } from '../src/dispatcher.js'
import { defineMethod } from '../src/method.js'
import { Type } from '../src/schema.js'
import { listenRpc } from '../src/server.js'
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

/** One request on a connection of its own. */
export function ask(socketPath: string, options: Ask = {}): Promise<Answer> {
  const { method = 'GET', path = '/', headers = {}, body } = options
  return new Promise((resolve, reject) => {
    const request = httpRequest({ socketPath, method, path, headers, agent: false })
    request.once('error', reject)
    request.once('response', (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.once('error', reject)
      response.once('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          body: Buffer.concat(chunks).toString(),
        }),
      )
    })
    request.end(body)
  })
}

export function post(socketPath: string, body: string | Buffer): Promise<Answer> {
  const headers = { 'content-type': 'application/json' }
  return ask(socketPath, { method: 'POST', path: '/rpc', headers, body })
}
