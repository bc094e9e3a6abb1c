// A hero_proc as a process of its own, with real services, that several tests look at, and the admin process
// in front of it.
import { execFile, spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { startAdmin } from '@hero/admin'
import type { AdminServer } from '@hero/admin'
import { createClient } from '@hero/sdk'
import type { HeroProcClient } from '@hero/sdk'
import type { BrowserContextOptions } from 'playwright-core'
import { openPage } from '../browser.js'
import type { WatchedPage } from '../browser.js'

const CLI = join(
  dirname(createRequire(import.meta.url).resolve('@hero/cli/package.json')),
  'dist/main.js',
)

const run = promisify(execFile)

export class Stage {
  readonly folder: string = mkdtempSync(join(tmpdir(), 'hero-admin-'))
  client!: HeroProcClient
  admin!: AdminServer
  #server: ChildProcess | undefined

  get socketPath(): string {
    return join(this.folder, 'run', 'hero_proc', 'rpc.sock')
  }

  get adminPath(): string {
    return join(this.folder, 'run', 'hero_proc', 'admin.sock')
  }

  /** Starts hero_proc and the admin process. */
  async open(): Promise<void> {
    await this.startServer()
    this.client = createClient({ socketPath: this.socketPath })
    this.admin = await startAdmin({
      targetPath: this.socketPath,
      socketPath: this.adminPath,
      idleMs: 0,
    })
  }

  async startServer(): Promise<void> {
    const server = spawn(
      process.execPath,
      [CLI, 'serve', ...this.#places(), '--sysmon-interval', '0'],
      {
        stdio: ['ignore', 'ignore', 'pipe'],
      },
    )
    this.#server = server
    let said = ''
    await new Promise<void>((resolve, reject) => {
      server.stderr.on('data', (chunk: Buffer) => {
        said += chunk.toString()
        if (said.includes('Ready at')) resolve()
      })
      server.once('close', () => reject(new Error(said)))
    })
  }

  /** Ends hero_proc, as an operator would. */
  async stopServer(): Promise<void> {
    const server = this.#server
    this.#server = undefined
    if (server === undefined || server.exitCode !== null) return
    server.kill('SIGTERM')
    await once(server, 'close')
  }

  /** Runs the command; its output. */
  async hero(...args: readonly string[]): Promise<string> {
    return (await run(process.execPath, [CLI, ...args, ...this.#places()])).stdout
  }

  /** Adds a service that runs a program of Node. */
  async addService(name: string, program: string, more: object = {}): Promise<void> {
    const command = [process.execPath, '-e', program]
    await this.client.service.add({
      definition: { name, command, capture: 'pipe', restart: 'never', ...more },
      start: true,
    })
  }

  /** Inserts lines of a source, and waits until they can be read. */
  async insert(source: string, lines: readonly (string | object)[]): Promise<void> {
    for (let at = 0; at < lines.length; at += 5_000) {
      const entries = lines
        .slice(at, at + 5_000)
        .map((line) => (typeof line === 'string' ? { text: line } : line))
      await this.client.logs.insert({ source, entries, ack: 'commit' })
    }
  }

  /** Opens the page in a browser of its own state; what goes wrong on it fails the test. */
  async look(hash: string = '', options: BrowserContextOptions = {}): Promise<WatchedPage> {
    const { url } = this.admin
    const permissions = ['clipboard-read', 'clipboard-write']
    const page = await openPage(
      { url, origin: new URL(url).origin },
      { viewport: { width: 1280, height: 800 }, permissions, ...options },
    )
    if (hash !== '') await page.visit(hash)
    return page
  }

  async close(): Promise<void> {
    await this.admin?.close()
    this.client?.close()
    await this.stopServer()
    rmSync(this.folder, { recursive: true, force: true })
  }

  #places(): string[] {
    return ['--data-dir', join(this.folder, 'data'), '--socket-dir', join(this.folder, 'run')]
  }
}
