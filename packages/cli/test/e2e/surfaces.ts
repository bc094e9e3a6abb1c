// Every way to read the log, behind one interface: what the conformance suite asks them all must have the
// same answer.
import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { openLogReader, toWire } from '@hero/logs'
import type { FollowOptions, Logs, Query, QueryPage, WireEntry } from '@hero/logs'
import { startHeroProc } from '@hero/proc'
import { openLogsPlugin } from '@hero/proc-logs'
import type { LogsPluginOptions } from '@hero/proc-logs'
import { createRpcClient } from '@hero/rpc/client'
import type { RpcClient } from '@hero/rpc/client'
import { eventsPath } from '../../src/reading/follow.js'

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
>

export interface Surface {
  readonly name: string
  /** Null: it does not read history. */
  readonly read: ((asked: Asked) => Promise<WireEntry[]>) | null
  /** Resolves with the first `count`; null: it does not follow. */
  readonly follow: ((followed: Followed, count: number) => Promise<WireEntry[]>) | null
}

/** A hero_proc in this process, and every way to read from it. */
export class House {
  readonly folder: string = mkdtempSync(join(tmpdir(), 'hero-conform-'))
  readonly dataDir: string = join(this.folder, 'data')
  readonly #options: Partial<LogsPluginOptions>
  #close: (() => Promise<void>) | undefined
  logs!: Logs
  client!: RpcClient

  constructor(options: Partial<LogsPluginOptions> = {}) {
    this.#options = options
  }

  async open(): Promise<void> {
    const socketDir = join(this.folder, 'run', 'hero_proc')
    for (const dir of [this.dataDir, socketDir]) mkdirSync(dir, { recursive: true, mode: 0o700 })
    const plugin = await openLogsPlugin({
      flushDelayMs: 1,
      ...this.#options,
      dir: join(this.dataDir, 'logs'),
    })
    const socketPath = join(socketDir, 'rpc.sock')
    const server = await startHeroProc({ dataDir: this.dataDir, socketPath, plugins: [plugin] })
    const client = createRpcClient({ socketPath })
    this.logs = plugin.logs
    this.client = client
    this.#close = async () => {
      client.close()
      await server.close()
    }
  }

  async close(): Promise<void> {
    await this.#close?.()
    this.#close = undefined
  }

  async remove(): Promise<void> {
    await this.close()
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 3 })
  }

  /** Writes lines `from` to `to` of `source`, committed when it resolves. */
  async write(source: string, from: number, to: number, ts?: number): Promise<void> {
    const sink = this.logs.sink({ source, origin: 'rpc' })
    for (let i = from; i <= to; i++) {
      const level = i % 5 === 0 ? 'error' : 'info'
      sink.write({ text: `${source} line ${i}`, level, ...(ts === undefined ? {} : { ts }) })
    }
    await this.logs.sync()
  }

  get surfaces(): Surface[] {
    return [
      {
        name: 'library',
        read: (asked) => this.#readLibrary(asked),
        follow: (followed, count) => this.#followLibrary(followed, count),
      },
      { name: 'rpc', read: (asked) => this.#readRpc(asked), follow: null },
      {
        name: 'events',
        read: null,
        follow: (followed, count) => this.#followEvents(followed, count),
      },
      {
        name: 'command',
        read: (asked) => this.#lines(readFlags(asked)),
        follow: (followed, count) => this.#lines(followFlags(followed), count),
      },
    ]
  }

  /** What still reads when hero_proc is stopped. */
  get stoppedSurfaces(): Surface[] {
    const [, , , command] = this.surfaces
    return [{ name: 'reader', read: (asked) => this.#readStopped(asked), follow: null }, command!]
  }

  async #readLibrary(asked: Asked): Promise<WireEntry[]> {
    const { storeId } = this.logs
    return await paged(asked, async (query) => wirePage(await this.logs.query(query), storeId))
  }

  async #readStopped(asked: Asked): Promise<WireEntry[]> {
    const reader = openLogReader({ dir: join(this.dataDir, 'logs') })
    try {
      return await paged(asked, async (query) => wirePage(reader.query(query), reader.storeId))
    } finally {
      reader.close()
    }
  }

  async #readRpc(asked: Asked): Promise<WireEntry[]> {
    return await paged(asked, (query) => this.client.call('logs.query', query))
  }

  async #followLibrary(followed: Followed, count: number): Promise<WireEntry[]> {
    const seen: WireEntry[] = []
    for await (const entry of this.logs.follow(followed)) {
      seen.push(toWire(entry, this.logs.storeId))
      if (seen.length === count) break
    }
    return seen
  }

  async #followEvents(followed: Followed, count: number): Promise<WireEntry[]> {
    const { sources, contains, ...begin } = followed
    const filters = {
      ...(sources === undefined ? {} : { sources }),
      ...(contains === undefined ? {} : { contains }),
    }
    const seen: WireEntry[] = []
    const stop = new AbortController()
    const path = eventsPath(filters, begin as { tail: number })
    for await (const { data, event } of this.client.events(path, { signal: stop.signal })) {
      if (event !== 'entry' && event !== 'gap') continue
      seen.push(JSON.parse(data) as WireEntry)
      if (seen.length === count) break
    }
    stop.abort()
    return seen
  }

  // The command as a process; with `count` it is ended after so many lines.
  async #lines(flags: readonly string[], count = Infinity): Promise<WireEntry[]> {
    const child = spawn(process.execPath, [MAIN, 'logs', '--json', ...flags], {
      env: {
        ...process.env,
        HERO_PROC_DATA_DIR: this.dataDir,
        HERO_SOCKET_DIR: join(this.folder, 'run'),
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let said = ''
    child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()))
    const ended = new Promise<number | null>((resolve) => child.on('close', resolve))
    const seen: WireEntry[] = []
    for await (const line of createInterface({ input: child.stdout })) {
      if (seen.length < count) seen.push(JSON.parse(line) as WireEntry)
      if (seen.length === count) child.kill('SIGINT')
    }
    const code = await ended
    if (code !== 0 && code !== 130) throw new Error(said)
    return seen
  }
}

interface WirePage {
  readonly entries: readonly WireEntry[]
  readonly next_cursor: string | null
}

function wirePage(page: QueryPage, storeId: string): WirePage {
  return { ...page, entries: page.entries.map((entry) => toWire(entry, storeId)) }
}

async function paged(
  { tail, ...filters }: Asked,
  ask: (query: Query) => Promise<WirePage>,
): Promise<WireEntry[]> {
  const found: WireEntry[] = []
  const isTail = tail !== undefined
  let place: Query = {}
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

function readFlags({ sources, since, until, contains, after, levels, tail }: Asked): string[] {
  return [
    ...(sources ?? []),
    ...(since === undefined ? [] : ['--since', unix(since)]),
    ...(until === undefined ? [] : ['--until', unix(until)]),
    ...(contains === undefined ? [] : ['--contains', contains]),
    ...(after === undefined ? [] : ['--after-cursor', after]),
    ...(levels === undefined ? [] : ['--level', levels]),
    '--tail',
    tail === undefined ? 'all' : String(tail),
  ]
}

function followFlags({ sources, contains, since, tail, from_cursor }: Followed): string[] {
  const begin = from_cursor === undefined ? [] : ['--after-cursor', from_cursor, '--tail', 'all']
  return [
    '--follow',
    ...(sources ?? []),
    ...(contains === undefined ? [] : ['--contains', contains]),
    ...(since === undefined ? [] : ['--since', unix(since)]),
    ...(tail === undefined ? [] : ['--tail', String(tail)]),
    ...begin,
  ]
}

function unix(micros: number): string {
  return `@${Math.floor(micros / 1_000_000)}.${String(micros % 1_000_000).padStart(6, '0')}`
}
