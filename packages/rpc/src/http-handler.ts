// HTTP requests, whichever socket they came from: `POST /rpc` goes to the dispatcher, everything else to
// routes. A Unix socket and TCP differ in what stands in front of this, not in what is behind.
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import { INTERNAL_ERROR, toErrorObject } from './codes.js'
import type { Dispatcher } from './dispatcher.js'
import { httpFault, isJson, readBody, sendError, sendJson } from './http-body.js'
import type { RpcContext } from './method.js'
import { createRouter } from './router.js'
import type { Route, RouteMatch } from './router.js'

/** What `GET /health` answers; status 200 if ok, else 503. */
export interface Health {
  readonly ok: boolean
  readonly [detail: string]: unknown
}

export interface HttpHandlerOptions {
  readonly dispatcher: Dispatcher
  /** Further routes. `POST /rpc` and `GET /health` are taken. */
  readonly routes?: readonly Route[]
  /** @default answers `{"ok": true}` */
  readonly health?: () => Health | Promise<Health>
  /** Gets every error that the caller was only told `Internal error` about. */
  readonly onInternalError?: (error: unknown, where: string) => void
}

/**
 * Makes the listener for a server's `request` event.
 *
 * @param closing Aborted when the server closes: streams have to end.
 * @throws {TypeError} If two routes are the same.
 */
export function createHttpHandler(
  options: HttpHandlerOptions,
  transport: RpcContext['transport'],
  closing: AbortSignal,
): RequestListener {
  const { dispatcher, routes = [], health = () => ({ ok: true }), onInternalError } = options
  const route = createRouter([rpcRoute(dispatcher, transport), healthRoute(health), ...routes])
  return (request, response) => {
    const gone = new AbortController()
    const abort = (): void => gone.abort(closing.reason)
    closing.addEventListener('abort', abort)
    response.once('close', () => {
      closing.removeEventListener('abort', abort)
      gone.abort()
    })
    if (closing.aborted) abort()
    answer(route, request, response, gone.signal).catch((error: unknown) => {
      const known = toErrorObject(error)
      if (known === undefined) onInternalError?.(error, `${request.method} ${pathOf(request)}`)
      sendError(response, known ?? INTERNAL_ERROR)
    })
  }
}

async function answer(
  route: (method: string, path: string) => RouteMatch,
  request: IncomingMessage,
  response: ServerResponse,
  signal: AbortSignal,
): Promise<void> {
  const path = pathOf(request)
  const found = route(request.method ?? '', path)
  if (found.route === undefined) return refuse(request, response, path, found.allowed)
  const query = new URLSearchParams((request.url ?? '').slice(path.length + 1))
  await found.route.handler(request, response, found.params, { query, signal })
}

function refuse(
  request: IncomingMessage,
  response: ServerResponse,
  path: string,
  allowed: readonly string[],
): void {
  if (allowed.length === 0) {
    return sendError(response, httpFault(`There is nothing at ${path}`, 'NotFound'), 404)
  }
  response.setHeader('allow', allowed.join(', '))
  const message = `Expected ${allowed.join(' or ')} for ${path}, got ${request.method}`
  sendError(response, httpFault(message, 'InvalidRequest'), 405)
}

function rpcRoute(dispatcher: Dispatcher, transport: RpcContext['transport']): Route {
  return {
    method: 'POST',
    path: '/rpc',
    handler: async (request, response, _params, { signal }) => {
      if (!isJson(request)) {
        const message = 'Expected content type application/json'
        return sendError(response, httpFault(message, 'InvalidRequest'), 415)
      }
      const text = await dispatcher.receive(await readBody(request), { transport, signal })
      if (text !== undefined) return sendJson(response, 200, text)
      response.writeHead(204, { 'cache-control': 'no-store' }).end()
    },
  }
}

function healthRoute(health: () => Health | Promise<Health>): Route {
  return {
    method: 'GET',
    path: '/health',
    handler: async (_request, response) => {
      const state = await health()
      sendJson(response, state.ok ? 200 : 503, JSON.stringify(state))
    },
  }
}

function pathOf(request: IncomingMessage): string {
  return (request.url ?? '').split('?', 1)[0] ?? ''
}
