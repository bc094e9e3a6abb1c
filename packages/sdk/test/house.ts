// What the tests share: a hero_proc with its logs on a socket of its own, and a client.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startHeroProc } from '@hero/proc'
import type { HeroProc } from '@hero/proc'
import { openLogsPlugin } from '@hero/proc-logs'
import { createClient } from '@hero/sdk'
import { connect } from '@hero/sdk/browser'
import type { HeroProcClient } from '@hero/sdk'
import { onTestFinished } from 'vitest'
import { WebSocket } from 'ws'

export interface House {
  readonly dir: string
  readonly socketPath: string
  readonly hero: HeroProcClient
  readonly server: HeroProc
  readonly insert: (...texts: readonly string[]) => Promise<void>
}

export function temporaryFolder(): string {
  const dir = mkdtempSync(join(tmpdir(), 'sdk-'))
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }))
  return dir
}

/** How a client reaches hero_proc. */
export type Way = 'socket' | 'browser'

/** The client of a program, or that of a page. */
export function clientOf({ socketPath, http }: HeroProc, way: Way = 'socket'): HeroProcClient {
  const client =
    way === 'socket'
      ? createClient({ socketPath })
      : connect({ url: `http://127.0.0.1:${http!.port}` })
  onTestFinished(() => client.close())
  return client
}

/** A page's WebSocket. Not every Node that we run on has one, and none says where its page came from. */
export class PageSocket extends WebSocket {
  static opened = 0

  constructor(url: URL) {
    super(url, { origin: `http://${url.host}` })
    this.on('error', () => undefined)
    this.on('open', () => (PageSocket.opened += 1))
  }
}

Object.assign(globalThis, { WebSocket: PageSocket })

/** @param port Over TCP as well, on a free port by default. */
export async function startServer(dir: string, port = 0): Promise<HeroProc> {
  const plugin = await openLogsPlugin({
    dir: join(dir, 'logs'),
    flushDelayMs: 5,
    followFiles: true,
  })
  const server = await startHeroProc({
    dataDir: dir,
    socketPath: join(dir, 'rpc.sock'),
    plugins: [plugin],
    http: { host: '127.0.0.1', port },
  })
  onTestFinished(() => server.close())
  return server
}

export async function openHouse(way: Way = 'socket'): Promise<House> {
  const dir = temporaryFolder()
  const server = await startServer(dir)
  const { socketPath } = server
  const hero = clientOf(server, way)
  return {
    dir,
    socketPath,
    hero,
    server,
    insert: async (...texts) => {
      const entries = texts.map((text) => ({ text }))
      await hero.logs.insert({ source: 'app', entries, ack: 'commit' })
    },
  }
}
