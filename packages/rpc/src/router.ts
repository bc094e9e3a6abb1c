// Which handler answers a path. Patterns are few and short, so a list is searched; a literal segment
// wins over a parameter, whatever the order of registration.
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Caller } from './method.js'
import type { SocketConnection } from './socket-connection.js'

/** For packages that write routes and have no sockets of their own. */
export type RouteRequest = IncomingMessage
export type RouteResponse = ServerResponse

/** What a route's handler knows besides the request. */
export interface RouteContext {
  /** The query string. A name may come more than once. */
  readonly query: URLSearchParams
  readonly caller: Caller
  /** Aborted when the connection is gone or the server closes. */
  readonly signal: AbortSignal
}

/**
 * An HTTP route. What the handler throws is answered as a JSON error, if nothing was sent yet; an open
 * response has to end when `context.signal` aborts.
 */
export interface Route {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  /** Segments, for example `/logs/:id/export`; `:id` matches one segment and is given URI-decoded. */
  readonly path: string
  readonly handler: (
    request: RouteRequest,
    response: RouteResponse,
    params: Readonly<Record<string, string>>,
    context: RouteContext,
  ) => void | Promise<void>
}

/**
 * A WebSocket route. The handler looks at the request first: what it throws is answered as an error of
 * HTTP, before the handshake. What it returns gets the connection. `context.signal` aborts at its end.
 */
export interface SocketRoute {
  readonly path: string
  readonly handler: (
    params: Readonly<Record<string, string>>,
    context: RouteContext,
  ) => SocketAcceptor | Promise<SocketAcceptor>
}

export type SocketAcceptor = (connection: SocketConnection) => void

interface Pattern {
  readonly method: string
  readonly path: string
}

export type RouteMatch<T = Route> =
  | { readonly route: T; readonly params: Readonly<Record<string, string>> }
  /** The path exists for these methods only. */
  | { readonly route?: undefined; readonly allowed: readonly string[] }

export type Router<T = Route> = (method: string, path: string) => RouteMatch<T>

/**
 * Makes a router.
 *
 * @throws {TypeError} If a pattern does not begin with `/`, or two routes are the same.
 */
export function createRouter<T extends Pattern>(routes: readonly T[]): Router<T> {
  const seen = new Set<string>()
  for (const { method, path } of routes) {
    if (!path.startsWith('/'))
      throw new TypeError(`Expected a path that begins with /, got ${path}`)
    const key = `${method} ${path.replaceAll(/:[^/]+/g, ':')}`
    if (seen.has(key)) throw new TypeError(`Expected one route ${method} ${path}, got two`)
    seen.add(key)
  }
  const compiled = routes
    .map((route) => ({ route, pattern: route.path.split('/') }))
    .toSorted((a, b) => rank(a.pattern) - rank(b.pattern))
  return (method, path) => {
    const segments = path.split('/')
    const allowed: string[] = []
    for (const { route, pattern } of compiled) {
      const params = match(pattern, segments)
      if (params === undefined) continue
      if (route.method === method) return { route, params }
      allowed.push(route.method)
    }
    return { allowed }
  }
}

function rank(pattern: readonly string[]): number {
  return pattern.filter((segment) => segment.startsWith(':')).length
}

function match(
  pattern: readonly string[],
  segments: readonly string[],
): Record<string, string> | undefined {
  if (pattern.length !== segments.length) return undefined
  const params = Object.create(null) as Record<string, string>
  for (const [index, expected] of pattern.entries()) {
    const segment = segments[index] ?? ''
    if (!expected.startsWith(':')) {
      if (segment !== expected) return undefined
      continue
    }
    const decoded = decode(segment)
    if (decoded === undefined || decoded === '') return undefined
    params[expected.slice(1)] = decoded
  }
  return params
}

function decode(segment: string): string | undefined {
  try {
    return decodeURIComponent(segment)
  } catch {
    return undefined
  }
}
