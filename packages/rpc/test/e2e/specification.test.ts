// The examples of the JSON-RPC 2.0 specification over all three transports.
import { once } from 'node:events'
import { describe, expect, test } from 'vitest'
import { createDispatcher } from '../../src/dispatcher.js'
import { openSocket, post, startServer, startTcp } from '../fixture.js'
import { SPECIFICATION, SPECIFICATION_METHODS } from '../specification.js'

/** Gives the answer to a request as text; undefined if there is none. */
type Send = (request: string, hasAnswer: boolean) => Promise<string | undefined>

const dispatcher = createDispatcher({ methods: SPECIFICATION_METHODS })

async function sendOverHttp(target: string | number, request: string): Promise<string | undefined> {
  const { status, body } = await post(target, request)
  expect(status).toBe(body === '' ? 204 : 200)
  return body === '' ? undefined : body
}

const AFTER = '{"jsonrpc":"2.0","method":"get_data","id":"after"}'

const TRANSPORTS: readonly [name: string, connect: () => Promise<Send>][] = [
  [
    'a Unix socket',
    async () => {
      const { socketPath } = await startServer({ dispatcher })
      return (request) => sendOverHttp(socketPath, request)
    },
  ],
  [
    'TCP',
    async () => {
      const { port } = await startTcp({ dispatcher })
      return (request) => sendOverHttp(port, request)
    },
  ],
  [
    'a WebSocket',
    async () => {
      const socket = await openSocket(await startServer({ dispatcher }))
      return async (request, hasAnswer) => {
        const next = once(socket, 'message')
        socket.send(request)
        // What has no answer is followed by the answer to the next call.
        if (!hasAnswer) socket.send(AFTER)
        const text = String((await next)[0])
        return text.includes('"after"') ? undefined : text
      }
    },
  ],
]

describe.each(TRANSPORTS)('JSON-RPC over %s answers as the specification does', (_, connect) => {
  test.each(SPECIFICATION)('%s', async (_name, request, expected) => {
    const send = await connect()
    const answer = await send(request, expected !== undefined)
    expect(answer === undefined ? undefined : JSON.parse(answer)).toEqual(expected)
  })
})
