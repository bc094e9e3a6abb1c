// JSON-RPC over a WebSocket, at `/ws`: one message is one request or batch. Unlike HTTP it lasts, so
// methods may go on speaking through its session.
import type { Dispatcher } from './dispatcher.js'
import { toBounded } from './json-body.js'
import type { BoundedText } from './json-body.js'
import type { RpcContext, RpcSession } from './method.js'
import type { SocketRoute } from './router.js'
import { CLOSE_CODES } from './socket-connection.js'
import type { SocketConnection } from './socket-connection.js'

/** Messages of one connection that are answered at once; beyond it reading waits. */
const MESSAGES_AT_ONCE_MAX = 32
/** Answers that may wait for a slow reader before its next message is read, in bytes. */
const BUFFERED_BYTES_MAX = 8_388_608

/** The route over a dispatcher; each message is answered by the one that `current` gives then. */
export function rpcSocketRoute(current: () => Dispatcher): SocketRoute {
  return {
    path: '/ws',
    handler: (_params, { caller }) => {
      return (connection) => {
        const { signal } = connection
        serve(connection, current, { transport: 'websocket', caller, signal })
      }
    },
  }
}

function serve(connection: SocketConnection, current: () => Dispatcher, context: RpcContext): void {
  let running = 0
  connection.onMessage(({ text, bytes }) => {
    if (text === undefined) {
      return connection.close(CLOSE_CODES.unsupported, 'Expected text messages')
    }
    running += 1
    if (running >= MESSAGES_AT_ONCE_MAX) connection.pause()
    void answer(connection, current(), context, toBounded(text, bytes)).finally(() => {
      running -= 1
      if (running < MESSAGES_AT_ONCE_MAX) connection.resume()
    })
  })
}

async function answer(
  connection: SocketConnection,
  dispatcher: Dispatcher,
  context: RpcContext,
  request: BoundedText,
): Promise<void> {
  const afterwards: (() => void)[] = []
  const session = sessionOf(connection, (work) => afterwards.push(work))
  const answered = await dispatcher.receive(request, { ...context, session })
  if (answered !== undefined) connection.send(answered)
  for (const work of afterwards) work()
  await connection.untilBuffered(BUFFERED_BYTES_MAX)
}

function sessionOf(
  connection: SocketConnection,
  afterAnswer: RpcSession['afterAnswer'],
): RpcSession {
  return {
    signal: connection.signal,
    afterAnswer,
    notify: (method, params) => {
      const head = `{"jsonrpc":"2.0","method":${JSON.stringify(method)},"params":`
      connection.sendParts(joinText([head, ...params, '}']))
    },
    get bufferedBytes() {
      return connection.bufferedBytes
    },
    untilBuffered: (bytes) => connection.untilBuffered(bytes),
  }
}

/** Text between shared buffers becomes one buffer each. */
function joinText(parts: readonly (string | Buffer)[]): Buffer[] {
  const joined: Buffer[] = []
  let text = ''
  for (const part of parts) {
    if (typeof part === 'string') {
      text += part
      continue
    }
    if (text !== '') joined.push(Buffer.from(text))
    text = ''
    joined.push(part)
  }
  if (text !== '') joined.push(Buffer.from(text))
  return joined
}
