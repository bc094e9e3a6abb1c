// The client half for pages: calls over fetch, and connections that last over WebSocket. It is the subpath
// `@hero/rpc/browser`: nothing in its module graph needs Node.
import { CallScopes } from './call-scope.js'
import type { CallOptions } from './call-scope.js'
import { parseAnswer, resultOf } from './rpc-answer.js'
import type { RpcAnswer } from './rpc-answer.js'
import { TransportError } from './transport-error.js'

export type { CallOptions } from './call-scope.js'
export { errorCodeName, RPC_CODES, RpcError } from './codes.js'
export type { RpcCodeName, RpcErrorData, RpcErrorObject } from './codes.js'
export { TransportError } from './transport-error.js'
export type { TransportErrorCode } from './transport-error.js'

export interface BrowserClientOptions {
  /** Where the server is: its `/rpc` and `/ws` are taken to be below this address. */
  readonly url: string | URL
  /**
   * How long a call may take unless it says otherwise, in milliseconds.
   * @default 30_000
   */
  readonly timeoutMs?: number
}

/** A connection on which methods may go on speaking. */
export interface RpcConnection {
  /**
   * Calls a method.
   *
   * @throws {RpcError} What the server answered; compare `error.data.code`.
   * @throws {TransportError} `Unavailable` if the connection broke.
   */
  call<T = unknown>(method: string, params: object): Promise<T>
  /** Resolves when the connection is closed, whoever closed it. */
  readonly closed: Promise<void>
  /** Safe to call twice. */
  close(): void
}

export interface ConnectOptions {
  /** Told what the server says by itself. */
  readonly onNotification: (method: string, params: object) => void
  /** Closes the connection. */
  readonly signal?: AbortSignal
}

export interface BrowserClient {
  /**
   * Calls a method.
   *
   * @throws {RpcError} What the server answered; compare `error.data.code`.
   * @throws {TransportError} `Unavailable` if nobody listens, the connection broke or time is up.
   */
  call<T = unknown>(method: string, params?: object, options?: CallOptions): Promise<T>
  /**
   * Opens a connection.
   *
   * @throws {TransportError} `Unavailable` if nobody listens or the server refuses.
   */
  connect(options: ConnectOptions): Promise<RpcConnection>
  /** Closes all connections; calls that are under way fail. Safe to call twice. */
  close(): void
}

/**
 * Makes a client. It connects when it is first used.
 *
 * @throws {TypeError} If the address is none.
 */
export function createBrowserClient({ url, timeoutMs }: BrowserClientOptions): BrowserClient {
  const base = String(url).replace(/\/*$/, '/')
  const rpcUrl = new URL('rpc', base)
  const socketUrl = new URL('ws', base.replace(/^http/, 'ws'))
  const scopes = new CallScopes(timeoutMs)
  return {
    call: (method, params = {}, options) =>
      scopes.call(method, params, options, (body, signal) => post(rpcUrl, body, signal)),
    connect: async ({ onNotification, signal }) => {
      const scope = scopes.begin({ timeoutMs: 0, ...(signal && { signal }) })
      const connection = new SocketConnection(new WebSocket(socketUrl), onNotification)
      scope.signal.addEventListener('abort', () => connection.close())
      void connection.closed.then(() => scope.end())
      await connection.opened
      return connection
    },
    close: () => scopes.close(),
  }
}

async function post(url: URL, body: string, signal: AbortSignal): Promise<unknown> {
  const headers = { 'content-type': 'application/json', accept: 'application/json' }
  try {
    const response = await fetch(url, { method: 'POST', headers, body, signal })
    return resultOf(parseAnswer(await response.text(), response.status))
  } catch (error) {
    // What fetch throws says nothing that could be told apart.
    throw error instanceof TypeError ? broken(error) : error
  }
}

function broken(cause?: unknown): TransportError {
  return new TransportError('Unavailable', 'The connection to the server broke', { cause })
}

interface Waiting {
  readonly resolve: (answer: RpcAnswer) => void
  readonly reject: (error: unknown) => void
}

class SocketConnection implements RpcConnection {
  readonly opened: Promise<void>
  readonly closed: Promise<void>
  readonly #socket: WebSocket
  readonly #waiting = new Map<number, Waiting>()
  #lastId = 0
  #giveUp: () => void = () => undefined

  constructor(socket: WebSocket, onNotification: ConnectOptions['onNotification']) {
    this.#socket = socket
    this.closed = new Promise((resolve) => socket.addEventListener('close', () => resolve()))
    this.opened = new Promise((resolve, reject) => {
      socket.addEventListener('open', () => resolve())
      this.#giveUp = () => reject(broken())
      socket.addEventListener('close', this.#giveUp)
    })
    socket.addEventListener('message', ({ data }) => {
      const message = JSON.parse(data as string) as Incoming
      if ('method' in message) onNotification(message.method, message.params)
      else this.#take(message.id)?.resolve(message)
    })
    socket.addEventListener('close', () => {
      for (const id of this.#waiting.keys()) this.#take(id)?.reject(broken())
    })
  }

  async call<T>(method: string, params: object): Promise<T> {
    if (this.#socket.readyState !== WebSocket.OPEN) throw broken()
    this.#lastId += 1
    const id = this.#lastId
    const answer = new Promise<RpcAnswer>((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject })
    })
    this.#socket.send(JSON.stringify({ jsonrpc: '2.0', id, method, params }))
    return resultOf(await answer) as T
  }

  close(): void {
    if (this.#socket.readyState !== WebSocket.CONNECTING) return this.#socket.close()
    // Browsers complain about one that is closed before it is open.
    this.#giveUp()
    this.#socket.addEventListener('open', () => this.#socket.close())
  }

  #take(id: number): Waiting | undefined {
    const waiting = this.#waiting.get(id)
    this.#waiting.delete(id)
    return waiting
  }
}

type Incoming =
  | { readonly method: string; readonly params: object }
  | (RpcAnswer & { readonly id: number })
