// The health of a service in layers: its process, and the sockets that it has by the conventions of the
// socket directory. Each socket is asked for `GET /health`; one that is not there is no fault, for not
// every service has all of them.
//
//   <dir>/<service>/rpc.sock            the service      old: <dir>/<service>_server/rpc.sock, flat sockets
//   <dir>/<service>/admin.sock          its admin page   old: ui.sock, <dir>/<service>_ui/
//   <dir>/<service>/<context>/<domain>.sock              old: <dir>/<service>_server/<context>/<domain>.sock
import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { askHttp, listensAt, Type } from '@hero/rpc'
import type { TSchema } from '@hero/rpc'
import type { ServiceStatus } from './service-status.js'

export const HEALTH_LAYERS = ['process', 'service', 'admin', 'domain'] as const

/** One layer of a service, or one of its domains. */
export interface LayerHealth {
  readonly layer: (typeof HEALTH_LAYERS)[number]
  /** `CONTEXT/DOMAIN` of a domain, else the name of the layer. */
  readonly name: string
  readonly ok: boolean
  readonly detail: string
  /** Of a socket: inside the socket directory. */
  readonly socket?: string
  readonly layout?: 'new' | 'old'
}

export interface ServiceHealth {
  readonly service: string
  /** True if it runs and every socket that is there answers. */
  readonly ok: boolean
  readonly layers: readonly LayerHealth[]
}

/** The schema of {@link ServiceHealth}. */
export const SERVICE_HEALTH_SCHEMA: TSchema = Type.Object({
  service: Type.String(),
  ok: Type.Boolean(),
  layers: Type.Array(
    Type.Object({
      layer: Type.Union(HEALTH_LAYERS.map((layer) => Type.Literal(layer))),
      name: Type.String(),
      ok: Type.Boolean(),
      detail: Type.String(),
      socket: Type.Optional(Type.String()),
      layout: Type.Optional(Type.Union([Type.Literal('new'), Type.Literal('old')])),
    }),
  ),
})

/** Sockets of one service that are asked; further ones are left out. */
const SOCKETS_MAX = 64

interface Candidate extends Pick<LayerHealth, 'layer' | 'name'> {
  readonly socket: string
  readonly layout: 'new' | 'old'
}

/** Looks at all layers of a service, side by side; takes two seconds at most. */
export async function checkServiceHealth(
  status: ServiceStatus,
  socketDir: string,
): Promise<ServiceHealth> {
  const sockets = await findSockets(status.name, socketDir)
  const asked = await Promise.all(sockets.map((candidate) => ask(candidate, socketDir)))
  const layers = [processLayer(status), ...asked]
  return { service: status.name, ok: layers.every(({ ok }) => ok), layers }
}

function processLayer({ state, pid }: ServiceStatus): LayerHealth {
  const ok = state === 'running'
  const detail = pid === null ? state : `${state}, pid ${pid}`
  return { layer: 'process', name: 'process', ok, detail }
}

async function ask(candidate: Candidate, socketDir: string): Promise<LayerHealth> {
  const path = join(socketDir, candidate.socket)
  const answer = await askHttp(`unix:${path}:/health`)
  if (answer !== undefined) {
    // What does not know the path can still answer: it is there.
    const ok = answer.status < 400 || answer.status === 404
    return { ...candidate, ok, detail: `status ${answer.status}` }
  }
  const isListening = await listensAt(path)
  return { ...candidate, ok: false, detail: isListening ? 'no answer' : 'nobody listens' }
}

async function findSockets(service: string, socketDir: string): Promise<Candidate[]> {
  const known: Candidate[] = [
    ...['rpc.sock'].map((file) => candidate('service', `${service}/${file}`, 'new')),
    ...[`${service}_server/rpc.sock`, `${service}_server.sock`, `${service}.sock`].map((file) =>
      candidate('service', file, 'old'),
    ),
    candidate('admin', `${service}/admin.sock`, 'new'),
    ...[
      `${service}/ui.sock`,
      `${service}_ui/rpc.sock`,
      `${service}_ui/ui.sock`,
      `${service}_ui.sock`,
    ].map((file) => candidate('admin', file, 'old')),
  ]
  const isThere = await Promise.all(
    known.map(({ socket }) =>
      stat(join(socketDir, socket)).then(
        (found) => found.isSocket(),
        () => false,
      ),
    ),
  )
  const domains = [
    ...(await findDomains(service, 'new', socketDir)),
    ...(await findDomains(`${service}_server`, 'old', socketDir)),
  ]
  return [...known.filter((_, index) => isThere[index]), ...domains].slice(0, SOCKETS_MAX)
}

function candidate(
  layer: Candidate['layer'],
  socket: string,
  layout: Candidate['layout'],
): Candidate {
  return { layer, name: layer, socket, layout }
}

async function findDomains(
  folder: string,
  layout: Candidate['layout'],
  socketDir: string,
): Promise<Candidate[]> {
  const list = (
    path: string,
  ): Promise<{ name: string; isDirectory(): boolean; isSocket(): boolean }[]> =>
    readdir(path, { withFileTypes: true }).catch(() => [])
  const found: Candidate[] = []
  for (const context of (await list(join(socketDir, folder))).filter((one) => one.isDirectory())) {
    for (const file of await list(join(socketDir, folder, context.name))) {
      const domain = /^(.+)\.sock$/.exec(file.name)?.[1]
      if (domain === undefined || !file.isSocket()) continue
      const socket = `${folder}/${context.name}/${file.name}`
      found.push({ layer: 'domain', name: `${context.name}/${domain}`, socket, layout })
    }
  }
  return found
}
