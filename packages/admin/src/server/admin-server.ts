// The admin process: serves the page and its files, and hands everything that the page asks on to the
// socket of hero_proc. It keeps nothing, and ends by itself some time after the last viewer has gone.
//
// Over TCP a viewer needs the key of this process: a port is open to every user of the machine, whereas
// the socket of hero_proc is not. The first address carries it, from then on a cookie does.
import { join } from 'node:path'
import { createGateway } from '@hero/rpc'
import type { Gateway, RouteRequest, RouteResponse, Via } from '@hero/rpc'
import { createKey } from './key.js'
import type { Key } from './key.js'
import { idleTimer } from './idle-timer.js'
import { loadPageFiles } from './page-files.js'
import type { PageFile } from './page-files.js'

/** How long nobody looks before the process ends, in milliseconds. */
export const IDLE_MS_DEFAULT = 300_000

export interface AdminServerOptions {
  /** The socket of hero_proc. */
  readonly targetPath: string
  /** Where to listen besides TCP, mode 0600. */
  readonly socketPath: string
  /**
   * The TCP port on 127.0.0.1; 0 lets the system choose one.
   * @default 0
   */
  readonly port?: number
  /**
   * How long nobody looks before {@link AdminServer.idle} resolves, in milliseconds; 0 for never.
   * @default 300_000
   */
  readonly idleMs?: number
}

export interface AdminServer {
  /** The address of the page, with the key. */
  readonly url: string
  /** Resolves when nobody has looked for `idleMs`. */
  readonly idle: Promise<void>
  /** Cuts all viewers off. Safe to call twice. */
  close(): Promise<void>
}

/** What the page asks of hero_proc: reading, calls, and nothing that writes logs. */
const PASSED =
  /^\/(?:rpc|ws|events|export|logs(?:\/.*)?|stream\/.+|openrpc\.json|health|ready|metrics|\.well-known\/heroservice\.json)$/

const HOST = '127.0.0.1'

/** Nothing comes from elsewhere, nothing inline runs, and no other page may show this one in a frame. */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  "img-src 'self'",
  "frame-ancestors 'none'",
  "base-uri 'none'",
  "form-action 'none'",
].join('; ')

const HEADERS = {
  'content-security-policy': CONTENT_SECURITY_POLICY,
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
} as const

/**
 * Serves the admin page.
 *
 * @throws {TransportError} `Conflict` if another admin process listens at the socket or the port is taken.
 */
export async function startAdmin(options: AdminServerOptions): Promise<AdminServer> {
  const { targetPath, socketPath, port = 0, idleMs = IDLE_MS_DEFAULT } = options
  const files = await loadPageFiles(join(import.meta.dirname, '..', 'page'))
  const key = createKey()
  const timer = idleTimer(idleMs)
  let url = ''
  const gateway = createGateway({
    targetPath,
    passes: (path) => PASSED.test(path),
    refuses: (request) => key.refuses(request),
    onBusy: timer.onBusy,
    answer: (request, response, via) => answer({ files, key, url, via }, request, response),
  })
  try {
    const bound = await listen(gateway, socketPath, port)
    url = `http://${HOST}:${bound}/?key=${key.text}`
    key.bind(bound)
  } catch (error) {
    await gateway.close()
    throw error
  }
  return { url, idle: timer.idle, close: () => gateway.close() }
}

/** The socket first: it says whether there is an admin process already. */
async function listen(gateway: Gateway, socketPath: string, port: number): Promise<number> {
  await gateway.listenUnix(socketPath)
  return (await gateway.listenTcp({ host: HOST, port })).port
}

interface Served {
  readonly files: ReadonlyMap<string, PageFile>
  readonly key: Key
  readonly url: string
  readonly via: Via
}

function answer(
  { files, url, via, key }: Served,
  request: RouteRequest,
  response: RouteResponse,
): boolean {
  if (request.method !== 'GET' && request.method !== 'HEAD') return false
  const [path = '', query = ''] = (request.url ?? '').split('?', 2)
  // Who can reach the socket may know where the page is.
  if (via === 'unix' && path === '/admin.json') {
    sendText(response, 'application/json; charset=utf-8', JSON.stringify({ url, pid: process.pid }))
    return true
  }
  if (via === 'tcp' && path === '/' && query.startsWith('key=')) {
    response.writeHead(303, { ...HEADERS, location: '/', 'set-cookie': key.cookie }).end()
    return true
  }
  const file = files.get(path)
  if (file === undefined) return false
  sendFile(request, response, file)
  return true
}

function sendText(response: RouteResponse, type: string, text: string): void {
  response
    .writeHead(200, { ...HEADERS, 'content-type': type, 'cache-control': 'no-store' })
    .end(text)
}

function sendFile(request: RouteRequest, response: RouteResponse, file: PageFile): void {
  const isPacked = (request.headers['accept-encoding'] ?? '').includes('gzip')
  const body = isPacked ? file.packed : file.bytes
  response.writeHead(200, {
    ...HEADERS,
    'content-type': file.type,
    'content-length': body.length,
    vary: 'accept-encoding',
    // Names of assets hold a digest of what is in them.
    'cache-control': file.isNamedByContent ? 'max-age=31536000, immutable' : 'no-store',
    ...(isPacked ? { 'content-encoding': 'gzip' } : {}),
  })
  response.end(request.method === 'HEAD' ? undefined : body)
}
