// What the tests share: a hero_proc with its logs on a socket of its own, and a client.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startHeroProc } from '@hero/proc'
import type { HeroProc } from '@hero/proc'
import { openLogsPlugin } from '@hero/proc-logs'
import { createClient } from '@hero/sdk'
import type { HeroProcClient } from '@hero/sdk'
import { onTestFinished } from 'vitest'

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

export async function startServer(dir: string): Promise<HeroProc> {
  const plugin = await openLogsPlugin({
    dir: join(dir, 'logs'),
    flushDelayMs: 5,
    followFiles: true,
  })
  const server = await startHeroProc({
    dataDir: dir,
    socketPath: join(dir, 'rpc.sock'),
    plugins: [plugin],
  })
  onTestFinished(() => server.close())
  return server
}

export async function openHouse(): Promise<House> {
  const dir = temporaryFolder()
  const server = await startServer(dir)
  const { socketPath } = server
  const hero = createClient({ socketPath })
  onTestFinished(() => hero.close())
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
