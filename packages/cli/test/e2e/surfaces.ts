// Every way to read the log, behind one interface: what the conformance suite asks them all must have the
// same answer.
import { spawn } from 'node:child_process'
import { request } from 'node:http'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { openLogReader, toWire } from '@hero/logs'
import type { Entry, FollowOptions, Query, WireEntry } from '@hero/logs'
import { connectSocket, RpcError } from '@hero/rpc'
import type { RpcErrorObject } from '@hero/rpc'
import type { House } from './house.js'

const MAIN = fileURLToPath(new URL('../../dist/main.js', import.meta.url))

/** What can be asked of every surface that reads history. */
export type Asked = Pick<Query, 'sources' | 'since' | 'until' | 'contains' | 'after'> & {
  readonly levels?: string
  /** The newest so many. @default all */
  readonly tail?: number
}

/** Where following begins, and what is followed. */
export type Followed = Pick<
  FollowOptions,
  'sources' | 'contains' | 'since' | 'tail' | 'from_cursor'
> & { readonly levels?: string }

type Following = AsyncGenerator<WireEntry, void>

interface Surface {
  readonly name: string
  /** True if each question costs a process. */
  readonly isDear?: boolean
}

/** One that gives history and ends. */
export interface ReadingSurface extends Surface {
  readonly read: (house: House, asked: Asked) => Promise<WireEntry[]>
}

/** One that goes on. */
export interface FollowingSurface extends Surface {
  /** True if it looks for a hero_proc that went away, and goes on. */
  readonly isLasting?: boolean
  readonly follow: (house: House, followed: Followed) => Following
}

/** What still reads when hero_proc is stopped. */
export const STOPPED: readonly ReadingSurface[] = [
  { name: 'reader', read: readStopped },
  { name: 'command', isDear: true, read: readCommand },
]

/** What reads from a running one. */
export const READING: readonly ReadingSurface[] = [
  { name: 'library', read: readLibrary },
  { name: 'rpc', read: readRpc },
  { name: 'http', read: readHttp },
  { name: 'sdk', read: readSdk },
  { name: 'command', isDear: true, read: readCommand },
]

export const FOLLOWING: readonly FollowingSurface[] = [
  { name: 'library', follow: followLibrary },
  { name: 'logs.follow', follow: followRpc },
  { name: 'stream', follow: followStream },
  { name: 'events', follow: followEvents },
  { name: 'sdk', isLasting: true, follow: followSdk },
  { name: 'command', isDear: true, isLasting: true, follow: followCommand },
]

async function readLibrary({ logs }: House, asked: Asked): Promise<WireEntry[]> {
  return await paged(asked, async (query) => wirePage(await logs.query(query), logs.storeId))
}

async function readStopped({ logsDir }: House, asked: Asked): Promise<WireEntry[]> {
  const reader = openLogReader({ dir: logsDir })
  try {
    return await paged(asked, async (query) => wirePage(reader.query(query), reader.storeId))
  } finally {
    reader.close()
  }
}

async function readRpc({ client }: House, asked: Asked): Promise<WireEntry[]> {
  return await paged(asked, (query) => client.call('logs.query', query))
}

async function readSdk({ sdk }: House, asked: Asked): Promise<WireEntry[]> {
  return await paged(asked, async (query) => (await sdk.logs.query(query)) as Page)
}

async function readHttp(house: House, { levels, ...asked }: Asked): Promise<WireEntry[]> {
  return await paged(asked, async ({ order, before, ...query }) => {
    const path = `/logs?${queryString({ ...query, order, before, level: levels })}`
    const page = await getJson<Page & { prev_cursor: string | null }>(house.socketPath, path)
    // Backwards, what is earlier is the page before.
    return order === 'desc' ? { ...page, next_cursor: page.prev_cursor } : page
  })
}

async function readCommand(house: House, asked: Asked): Promise<WireEntry[]> {
  const { since, until, contains, after, levels, tail, sources = [] } = asked
  const flags = [
    ...sources,
    ...(since === undefined ? [] : ['--since', unix(since)]),
    ...(until === undefined ? [] : ['--until', unix(until)]),
    ...(contains === undefined ? [] : ['--contains', contains]),
    ...(after === undefined ? [] : ['--after-cursor', after]),
    ...(levels === undefined ? [] : ['--level', levels]),
    '--tail',
    String(tail ?? 'all'),
  ]
  const found: WireEntry[] = []
  for await (const entry of runCommand(house, flags)) found.push(entry)
  return found
}

async function* followLibrary({ logs }: House, followed: Followed): Following {
  for await (const entry of logs.follow(followed)) yield toWire(entry, logs.storeId)
}

/** What comes over `/ws`: the answer to the call, then notifications. */
interface Notification {
  readonly method?: string
  readonly error?: RpcErrorObject
  readonly params?: {
    readonly entries?: readonly WireEntry[]
    readonly entry?: WireEntry
    readonly error?: RpcErrorObject
  }
}

async function* followRpc({ socketPath }: House, followed: Followed): Following {
  const call = { jsonrpc: '2.0', id: 1, method: 'logs.follow', params: followed }
  for await (const text of messages(socketPath, '/ws', JSON.stringify(call))) {
    const { method, params = {}, error = params.error } = JSON.parse(text) as Notification
    if (error) throw toError(error)
    if (method === 'logs.end') return
    if (params.entry) yield params.entry
    yield* params.entries ?? []
  }
}

async function* followStream({ socketPath }: House, followed: Followed): Following {
  const { sources = ['*'], levels, ...begin } = followed
  const path = `/stream/${encodeURIComponent(sources[0]!)}`
  for await (const text of messages(
    socketPath,
    `${path}?${queryString({ ...begin, level: levels })}`,
  )) {
    const told = JSON.parse(text) as WireEntry & RpcErrorObject & { type?: string }
    if (told.type === 'error') throw toError(told)
    if (told.type === undefined) yield told
  }
}

async function* followEvents({ client }: House, followed: Followed): Following {
  const { levels, ...same } = followed
  const path = `/events?${queryString({ ...same, level: levels })}`
  for await (const { data, event } of client.events(path)) {
    if (event === 'error') throw toError(JSON.parse(data) as RpcErrorObject)
    if (event === 'entry' || event === 'gap') yield JSON.parse(data) as WireEntry
  }
}

async function* followSdk({ sdk }: House, followed: Followed): Following {
  const { from_cursor: fromCursor, ...same } = followed
  const stream = sdk.logs.stream({ ...same, ...(fromCursor && { fromCursor }) })
  for await (const entry of stream) yield entry as WireEntry
}

function followCommand(house: House, followed: Followed): Following {
  const { sources = [], contains, since, tail, from_cursor, levels } = followed
  return runCommand(house, [
    '--follow',
    ...sources,
    ...(contains === undefined ? [] : ['--contains', contains]),
    ...(levels === undefined ? [] : ['--level', levels]),
    ...(since === undefined ? [] : ['--since', unix(since)]),
    ...(tail === undefined ? [] : ['--tail', String(tail)]),
    ...(from_cursor === undefined ? [] : ['--after-cursor', from_cursor, '--tail', 'all']),
  ])
}

/** The command as a process, entry by entry; it is interrupted when nobody asks any more. */
async function* runCommand({ dataDir, socketDir }: House, flags: readonly string[]): Following {
  const child = spawn(process.execPath, [MAIN, 'logs', '--json', ...flags], {
    env: { ...process.env, HERO_PROC_DATA_DIR: dataDir, HERO_SOCKET_DIR: socketDir },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let said = ''
  child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()))
  const ended = new Promise<number | null>((resolve) => child.on('close', resolve))
  try {
    for await (const line of createInterface({ input: child.stdout })) {
      yield JSON.parse(line) as WireEntry
    }
    if ((await ended) !== 0) throw new Error(said)
  } finally {
    child.kill('SIGINT')
    await ended
  }
}

/** What a WebSocket says, until it is closed or nobody asks any more. */
async function* messages(
  socketPath: string,
  path: string,
  first?: string,
): AsyncGenerator<string, void> {
  const socket = await connectSocket(socketPath, path)
  const heard: string[] = []
  let isClosed = false
  let wake: () => void = () => undefined
  socket.onMessage(({ text }) => {
    heard.push(text!)
    wake()
  })
  void socket.closed.then(() => {
    isClosed = true
    wake()
  })
  if (first !== undefined) socket.send(first)
  try {
    while (heard.length > 0 || !isClosed) {
      if (heard.length === 0) await new Promise<void>((resolve) => (wake = resolve))
      else yield* heard.splice(0)
    }
  } finally {
    socket.close()
  }
}

type PageQuery = Omit<Asked, 'tail'> & Pick<Query, 'order' | 'before' | 'limit'>

interface Page {
  readonly entries: readonly WireEntry[]
  readonly next_cursor: string | null
}

function wirePage(
  page: { readonly entries: readonly Entry[]; readonly next_cursor: string | null },
  storeId: string,
): Page {
  return { ...page, entries: page.entries.map((entry) => toWire(entry, storeId)) }
}

async function paged(
  { tail, ...filters }: Asked,
  ask: (query: PageQuery) => Promise<Page>,
): Promise<WireEntry[]> {
  const found: WireEntry[] = []
  const isTail = tail !== undefined
  let place: PageQuery = {}
  while (!isTail || found.length < tail) {
    const limit = isTail ? Math.min(tail - found.length, 7) : 1_000
    const { entries, next_cursor } = await ask({
      ...filters,
      ...place,
      order: isTail ? 'desc' : 'asc',
      limit,
    })
    found.push(...entries)
    if (next_cursor === null) break
    place = isTail ? { before: next_cursor } : { after: next_cursor }
  }
  return isTail ? found.toReversed() : found
}

type QueryValue = string | number | readonly string[] | undefined

function queryString(given: Readonly<Record<string, QueryValue>>): string {
  const query = new URLSearchParams()
  for (const [key, value] of Object.entries(given)) {
    if (value === undefined) continue
    for (const one of [value].flat()) query.append(key, String(one))
  }
  return query.toString().replaceAll('sources=', 'source=')
}

async function getJson<T>(socketPath: string, path: string): Promise<T> {
  const text = await new Promise<string>((resolve, reject) => {
    const asked = request({ socketPath, path, agent: false }, (response) => {
      let body = ''
      response.on('data', (chunk: Buffer) => (body += chunk.toString()))
      response.once('end', () => resolve(body))
    })
    asked.once('error', reject)
    asked.end()
  })
  const answer = JSON.parse(text) as T & { error?: RpcErrorObject }
  if (answer.error) throw toError(answer.error)
  return answer
}

function toError({ code, message, data }: RpcErrorObject): RpcError {
  return new RpcError(code, message, data)
}

function unix(micros: number): string {
  return `@${Math.floor(micros / 1_000_000)}.${String(micros % 1_000_000).padStart(6, '0')}`
}
