// The routes that every service of ours has, whatever it does besides: calls, the document, the manifest,
// and how it is.
import type { ServerResponse } from 'node:http'
import type { Dispatcher } from './dispatcher.js'
import { drainRest, httpFault, isJson, sendError, sendJson } from './http-body.js'
import { readBounded } from './json-body.js'
import { OPEN_METRICS_TYPE, writeOpenMetrics } from './open-metrics.js'
import type { MetricFamily } from './open-metrics.js'
import type { Route } from './router.js'

/** What `GET /health` answers; status 200 if ok, else 503. */
export interface Health {
  readonly ok: boolean
  readonly [detail: string]: unknown
}

/** What `GET /ready` answers; status 200 if ready, else 503 with the checks that fail. */
export interface Readiness {
  readonly ready: boolean
  /** Check by check: what is wrong, or `ok`. */
  readonly checks: Readonly<Record<string, string>>
}

/** What a service serves besides calls and routes of its own. */
export interface BuiltInOptions {
  readonly dispatcher: Dispatcher
  /** @default answers `{"ok": true}` */
  readonly health?: () => Health | Promise<Health>
  /** @default ready as soon as it listens */
  readonly ready?: () => Readiness | Promise<Readiness>
  /** @default none */
  readonly metrics?: () => readonly MetricFamily[]
  /** What `GET /.well-known/heroservice.json` says besides name and version. */
  readonly manifest?: Readonly<Record<string, unknown>>
}

/** Paths that no route of a plugin can have. */
export function builtInRoutes(options: BuiltInOptions): readonly Route[] {
  const { dispatcher, manifest = {} } = options
  const { health = () => ({ ok: true }), metrics = () => [] } = options
  const { ready = () => ({ ready: true, checks: {} }) } = options
  const document = JSON.stringify(dispatcher.document)
  const { title, version, description } = dispatcher.document.info
  const about = JSON.stringify({
    name: title,
    version,
    ...(description === undefined ? {} : { description }),
    protocol: 'jsonrpc-2.0',
    endpoints: { rpc: '/rpc', websocket: '/ws', openrpc: '/openrpc.json', health: '/health' },
    ...manifest,
  })
  return [
    rpcRoute(dispatcher),
    get('/openrpc.json', (response) => sendJson(response, 200, document)),
    get('/.well-known/heroservice.json', (response) => sendJson(response, 200, about)),
    get('/health', async (response) => {
      const state = await health()
      sendJson(response, state.ok ? 200 : 503, JSON.stringify(state))
    }),
    get('/ready', async (response) => {
      const state = await ready()
      sendJson(response, state.ready ? 200 : 503, JSON.stringify(state))
    }),
    get('/metrics', (response) => {
      const headers = { 'content-type': OPEN_METRICS_TYPE, 'cache-control': 'no-store' }
      response.writeHead(200, headers).end(writeOpenMetrics(metrics()))
    }),
  ]
}

function get(path: string, answer: (response: ServerResponse) => void | Promise<void>): Route {
  return { method: 'GET', path, handler: (_request, response) => answer(response) }
}

function rpcRoute(dispatcher: Dispatcher): Route {
  return {
    method: 'POST',
    path: '/rpc',
    handler: async (request, response, _params, context) => {
      if (!isJson(request)) {
        const message = 'Expected content type application/json'
        return sendError(response, httpFault(message, 'InvalidRequest'), 415)
      }
      const body = await readBounded(request)
      if (body.excess !== undefined) drainRest(request)
      const { caller } = context
      const text = await dispatcher.receive(body, {
        transport: caller.transport,
        caller,
        get signal() {
          return context.signal
        },
      })
      if (text !== undefined) return sendJson(response, 200, text)
      response.writeHead(204, { 'cache-control': 'no-store' }).end()
    },
  }
}
