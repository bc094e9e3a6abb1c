// Who may speak over TCP. A Unix socket is guarded by its file's mode; a TCP port is open to every
// program of the machine and, through a browser, to every page that is open in it. Three checks stand in
// front of all routes:
//
//   Host     a name that we were given, so that a foreign name that resolves to us is refused (rebinding)
//   Origin   our own or one that was allowed; a WebSocket, which no browser asks about first, needs one
//   token    if there is one, every request has to carry it
import { createHash, timingSafeEqual } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { RPC_CODES } from './codes.js'
import type { RpcErrorObject } from './codes.js'
import type { Caller } from './method.js'

export interface GuardOptions {
  /** Where the server listens. */
  readonly host: string
  readonly port: number
  /** Every request has to carry it as `Authorization: Bearer ...`. */
  readonly token?: string
  /** Further names under which the server may be asked, for example behind a proxy. */
  readonly allowedHosts?: readonly string[]
  /** Further origins of pages that may ask, for example `http://127.0.0.1:8080`. */
  readonly allowedOrigins?: readonly string[]
}

export interface Refusal {
  readonly status: 401 | 403
  readonly error: RpcErrorObject
}

/** Says why a request is refused; undefined if it may pass. */
export type Guard = (
  request: IncomingMessage,
  caller: Caller,
  isUpgrade: boolean,
) => Refusal | undefined

const LOOPBACK = ['127.0.0.1', 'localhost', '[::1]']

/** True for an address that only programs of this machine can reach. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(?:\.\d{1,3}){3}$/.test(host)
}

/** Makes the guard of a TCP server. */
export function createGuard(options: GuardOptions): Guard {
  const { host, port, token, allowedHosts = [], allowedOrigins = [] } = options
  const names = [...LOOPBACK, bracketed(host), ...allowedHosts].map((name) => name.toLowerCase())
  const authorities = new Set(names.flatMap((name) => authoritiesOf(name, port)))
  const origins = new Set([...authorities].map((one) => `http://${one}`).concat(allowedOrigins))
  return (request, _caller, isUpgrade) => {
    const hosts = valuesOf(request, 'host')
    const [name = ''] = hosts
    // Bound to every address, we are known by the one that was connected to.
    const isLocal = name === `${bracketed(request.socket.localAddress ?? '')}:${port}`
    if (hosts.length !== 1 || !(isLocal || authorities.has(name.toLowerCase()))) {
      return forbidden('Expected a Host that this server is known by', 'HERO_PROC_HTTP names it')
    }
    const fault = originFault(request, origins, isUpgrade)
    if (fault !== undefined) return forbidden(fault)
    if (token === undefined || isSame(request.headers.authorization, `Bearer ${token}`)) return
    return { status: 401, error: denied('Expected a valid token', 'Send Authorization: Bearer') }
  }
}

function originFault(
  { headers }: IncomingMessage,
  origins: ReadonlySet<string>,
  isUpgrade: boolean,
): string | undefined {
  const { origin } = headers
  if (origin === undefined) {
    if (isUpgrade) return 'Expected an Origin for a WebSocket, got none'
    const site = headers['sec-fetch-site'] ?? 'none'
    return site === 'none' || site === 'same-origin'
      ? undefined
      : 'Expected no page of another site'
  }
  return origins.has(origin.toLowerCase()) ? undefined : 'Expected an Origin of this server'
}

/** A name with a port of its own stands for itself. Browsers leave the port out if it is 80. */
function authoritiesOf(name: string, port: number): string[] {
  if (/[^\]:]:\d+$|\]:\d+$/.test(name)) return [name]
  return port === 80 ? [name, `${name}:80`] : [`${name}:${port}`]
}

function bracketed(host: string): string {
  return host.includes(':') ? `[${host}]` : host
}

/** All values of a header: Node keeps only the first one of those that may come once. */
function valuesOf({ rawHeaders }: IncomingMessage, name: string): string[] {
  return rawHeaders.filter(
    (_, index) => index % 2 === 1 && rawHeaders[index - 1]?.toLowerCase() === name,
  )
}

/** Compares digests: neither the length nor the first difference shows in the time it takes. */
function isSame(got: string | undefined, expected: string): boolean {
  if (got === undefined) return false
  const [a, b] = [got, expected].map((text) => createHash('sha256').update(text).digest())
  return timingSafeEqual(a as Buffer, b as Buffer)
}

function forbidden(message: string, hint?: string): Refusal {
  return { status: 403, error: denied(message, hint) }
}

function denied(message: string, hint?: string): RpcErrorObject {
  const data = { code: 'PermissionDenied', ...(hint === undefined ? {} : { hint }) }
  return { code: RPC_CODES.PermissionDenied, message, data }
}
