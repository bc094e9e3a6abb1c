// The client half: calls and event streams over a Unix socket. One agent keeps a few connections open.
// It is also the subpath `@hero/rpc/client`: a program that only asks loads neither the server nor the
// schemas.
import { Agent, request as httpRequest } from 'node:http'
import type { IncomingMessage, RequestOptions } from 'node:http'
import { CallScopes } from './call-scope.js'
import type { CallOptions } from './call-scope.js'
import { RPC_CODES, RpcError } from './codes.js'
import { parseAnswer, resultOf } from './rpc-answer.js'
import { checkSocketPath } from './socket-path.js'
import { SseParser } from './sse-parser.js'
import type { ServerEvent } from './sse-parser.js'
import { systemCode, TransportError } from './transport-error.js'

export type { CallOptions } from './call-scope.js'
export { errorCodeName, RPC_CODES, RpcError } from './codes.js'
export type { RpcCodeName, RpcErrorData, RpcErrorObject } from './codes.js'
export type { ServerEvent } from './sse-parser.js'
export { TransportError } from './transport-error.js'
export type { TransportErrorCode } from './transport-error.js'

/** Bytes of one answer: a page of 8 MiB of text may grow sixfold when it is written as JSON. */
const ANSWER_BYTES_MAX = 67_108_864
/** Connections of one client; further calls wait for one. */
const CONNECTIONS_MAX = 64

export interface RpcClientOptions {
  /** Where the server listens: at most 107 bytes. */
  readonly socketPath: string
  /**
   * How long a call may take unless it says otherwise, in milliseconds.
   * @default 30_000
   */
  readonly timeoutMs?: number
}

export interface EventsOptions {
  /** Resumes after this event. */
  readonly lastEventId?: string
  /** Told where to resume, also where there was no event. */
  readonly onId?: (id: string) => void
  /** Ends the iteration without an error. */
  readonly signal?: AbortSignal
}

export interface RpcClient {
  /**
   * Calls a method.
   *
   * @throws {RpcError} What the server answered; compare `error.data.code`.
   * @throws {TransportError} `Unavailable` if nobody listens, the connection broke or time is up;
   * `PermissionDenied`; `LimitExceeded` if the answer is larger than 64 MiB.
   */
  call<T = unknown>(method: string, params?: object, options?: CallOptions): Promise<T>
  /**
   * Reads a stream of server-sent events until the server ends it or `signal` aborts.
   *
   * @throws {RpcError} If the server refuses.
   * @throws {TransportError} As {@link RpcClient.call}; `Unavailable` if the connection breaks.
   */
  events(path: string, options?: EventsOptions): AsyncIterable<ServerEvent>
  /** Closes all connections; calls that are under way fail. Safe to call twice. */
  close(): void
}

/**
 * Makes a client. It connects when it is first used.
 *
 * @throws {RangeError} If the path is too long for a socket.
 */
export function createRpcClient(options: RpcClientOptions): RpcClient {
  const socketPath = checkSocketPath(options.socketPath)
  const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS_MAX, maxFreeSockets: 8 })
  const scopes = new CallScopes(options.timeoutMs)
  const post = async (body: string, signal: AbortSignal): Promise<unknown> => {
    try {
      return await answerOf(await open({ socketPath, agent, signal, ...RPC_REQUEST }, body))
    } catch (error) {
      throw explain(error, socketPath)
    }
  }
  return {
    call: (method, params = {}, options) => scopes.call(method, params, options, post),
    events: async function* (path, options = {}) {
      const { lastEventId, signal: cancel } = options
      const scope = scopes.begin({ timeoutMs: 0, ...(cancel && { signal: cancel }) })
      const headers = {
        accept: 'text/event-stream',
        ...(lastEventId === undefined ? {} : { 'last-event-id': lastEventId }),
      }
      try {
        // A stream has a connection of its own: it would keep one of the agent's from the calls.
        const { signal } = scope
        const request = { socketPath, agent: false, signal, method: 'GET', path, headers } as const
        yield* readEvents(request, options.onId)
      } catch (error) {
        if (!scope.signal.aborted) throw explain(error, socketPath)
      } finally {
        scope.end()
      }
    },
    close: () => {
      scopes.close()
      agent.destroy()
    },
  }
}

const RPC_REQUEST = {
  method: 'POST',
  path: '/rpc',
  headers: { 'content-type': 'application/json', accept: 'application/json' },
} as const

type OpenOptions = RequestOptions & { readonly signal: AbortSignal; readonly socketPath: string }

function open(options: OpenOptions, body?: string): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const request = httpRequest({ ...options, host: 'localhost' })
    request.once('response', resolve)
    request.once('error', reject)
    request.end(body)
  })
}

async function answerOf(response: IncomingMessage): Promise<unknown> {
  return resultOf(parseAnswer(await readText(response), response.statusCode))
}

async function readText(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of response as AsyncIterable<Buffer>) {
    bytes += chunk.length
    if (bytes > ANSWER_BYTES_MAX) {
      throw new TransportError(
        'LimitExceeded',
        `Expected at most ${ANSWER_BYTES_MAX} bytes, got more`,
      )
    }
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString()
}

async function* readEvents(
  options: OpenOptions,
  onId: EventsOptions['onId'],
): AsyncGenerator<ServerEvent> {
  const response = await open(options)
  if (response.statusCode !== 200) {
    await answerOf(response)
    throw new RpcError(RPC_CODES.InternalError, `Expected events, got ${response.statusCode}`)
  }
  response.setEncoding('utf8')
  const parser = new SseParser()
  for await (const piece of response as AsyncIterable<string>) {
    for (const event of parser.push(piece)) {
      onId?.(event.id)
      yield event
    }
    if (parser.id !== '') onId?.(parser.id)
  }
}

function explain(error: unknown, socketPath: string): unknown {
  switch (systemCode(error)) {
    case 'ENOENT':
    case 'ECONNREFUSED':
      return new TransportError('Unavailable', `Nobody listens at ${socketPath}`, {
        hint: 'Start the server, or check the socket folder',
        cause: error,
      })
    case 'ECONNRESET':
    case 'EPIPE':
      return new TransportError('Unavailable', `The connection to ${socketPath} broke`, {
        cause: error,
      })
    case 'EACCES':
    case 'EPERM':
      return new TransportError('PermissionDenied', `Not allowed to connect to ${socketPath}`, {
        cause: error,
      })
    default:
      return error
  }
}
