// HTTP requests, whichever socket they came from, on their way to a route. A Unix socket and TCP differ in
// what stands in front of this - a guard - not in what is behind.
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import { builtInRoutes } from './built-in-routes.js'
import type { BuiltInOptions } from './built-in-routes.js'
import { INTERNAL_ERROR, toErrorObject } from './codes.js'
import type { Guard } from './guard.js'
import { httpFault, sendError } from './http-body.js'
import type { Caller } from './method.js'
import { createRouter } from './router.js'
import type { Route, RouteContext, RouteMatch } from './router.js'

export interface HttpHandlerOptions extends BuiltInOptions {
  /** Further routes; those of {@link builtInRoutes} are taken. */
  readonly routes?: readonly Route[]
  /** Gets every error that the caller was only told `Internal error` about. */
  readonly onInternalError?: (error: unknown, where: string) => void
  /** Makes the error for a path that there is not. @default `NotFound` */
  readonly missing?: () => Error
}

/** What the server knows that the handler needs. */
export interface HandlerSeam {
  readonly callerOf: (request: IncomingMessage) => Caller
  readonly guard: Guard
  /** Aborted when the server closes: streams have to end. */
  readonly closing: AbortSignal
}

/**
 * Makes the listener for a server's `request` event.
 *
 * @throws {TypeError} If two routes are the same.
 */
export function createHttpHandler(options: HttpHandlerOptions, seam: HandlerSeam): RequestListener {
  const { routes = [], onInternalError, missing } = options
  const route = createRouter([...builtInRoutes(options), ...routes])
  return (request, response) => {
    const caller = seam.callerOf(request)
    const refusal = seam.guard(request, caller, false)
    if (refusal !== undefined) return sendError(response, refusal.error, refusal.status)
    const context = new RequestContext(request, response, caller, seam.closing)
    answer(route, request, response, context, missing).catch((error: unknown) => {
      const known = toErrorObject(error)
      if (known === undefined) onInternalError?.(error, `${request.method} ${pathOf(request)}`)
      sendError(response, known ?? INTERNAL_ERROR)
    })
  }
}

/**
 * What a route knows besides the request. Most requests are answered without asking for it: what costs
 * something is made when it is asked for.
 */
class RequestContext implements RouteContext {
  readonly caller: Caller
  readonly #request: IncomingMessage
  readonly #response: ServerResponse
  readonly #closing: AbortSignal
  #signal: AbortSignal | undefined

  constructor(
    request: IncomingMessage,
    response: ServerResponse,
    caller: Caller,
    closing: AbortSignal,
  ) {
    this.caller = caller
    this.#request = request
    this.#response = response
    this.#closing = closing
  }

  get query(): URLSearchParams {
    return queryOf(this.#request)
  }

  get signal(): AbortSignal {
    this.#signal ??= signalOf(this.#response, this.#closing)
    return this.#signal
  }
}

/** Aborts when the answer is finished or given up, and when the server closes. */
function signalOf(response: ServerResponse, closing: AbortSignal): AbortSignal {
  const gone = new AbortController()
  const abort = (): void => gone.abort(closing.reason ?? GONE)
  closing.addEventListener('abort', abort)
  response.once('close', () => {
    closing.removeEventListener('abort', abort)
    abort()
  })
  if (closing.aborted || response.closed) abort()
  return gone.signal
}

/** One for all: making an error for every answer that ends costs as much as the answer. */
const GONE = new Error('The connection is gone, or the answer is complete')

async function answer(
  route: (method: string, path: string) => RouteMatch,
  request: IncomingMessage,
  response: ServerResponse,
  context: RouteContext,
  missing: (() => Error) | undefined,
): Promise<void> {
  const path = pathOf(request)
  const found = route(request.method ?? '', path)
  if (found.route === undefined && missing !== undefined) throw missing()
  if (found.route === undefined) return refuse(request, response, path, found.allowed)
  await found.route.handler(request, response, found.params, context)
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

/** The path of a request, without its query string. */
export function pathOf(request: IncomingMessage): string {
  return (request.url ?? '').split('?', 1)[0] ?? ''
}

/** The query string of a request. */
export function queryOf(request: IncomingMessage): URLSearchParams {
  return new URLSearchParams((request.url ?? '').slice(pathOf(request).length + 1))
}
