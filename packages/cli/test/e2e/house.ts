// A hero_proc in this process, for the conformance suite: opened, closed and opened again over one folder.
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Logs } from '@hero/logs'
import { startHeroProc } from '@hero/proc'
import { openLogsPlugin } from '@hero/proc-logs'
import type { LogsPluginOptions } from '@hero/proc-logs'
import { createClient } from '@hero/sdk'
import type { HeroProcClient } from '@hero/sdk'
import { createRpcClient } from '@hero/rpc/client'
import type { RpcClient } from '@hero/rpc/client'

export class House {
  readonly folder: string = mkdtempSync(join(tmpdir(), 'hero-conform-'))
  readonly dataDir: string = join(this.folder, 'data')
  readonly logsDir: string = join(this.dataDir, 'logs')
  readonly socketDir: string = join(this.folder, 'run')
  readonly socketPath: string = join(this.socketDir, 'hero_proc', 'rpc.sock')
  readonly client: RpcClient = createRpcClient({ socketPath: this.socketPath })
  readonly sdk: HeroProcClient = createClient({ socketPath: this.socketPath })
  readonly #options: Partial<LogsPluginOptions>
  #close: (() => Promise<void>) | undefined
  logs!: Logs

  constructor(options: Partial<LogsPluginOptions> = {}) {
    this.#options = options
  }

  async open(): Promise<void> {
    for (const dir of [this.dataDir, join(this.socketDir, 'hero_proc')]) {
      mkdirSync(dir, { recursive: true, mode: 0o700 })
    }
    const { dataDir, logsDir: dir, socketPath } = this
    const plugin = await openLogsPlugin({ flushDelayMs: 1, ...this.#options, dir })
    const server = await startHeroProc({ dataDir, socketPath, plugins: [plugin] })
    this.logs = plugin.logs
    this.#close = () => server.close()
  }

  async close(): Promise<void> {
    await this.#close?.()
    this.#close = undefined
  }

  async remove(): Promise<void> {
    await this.close()
    this.client.close()
    this.sdk.close()
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
}
