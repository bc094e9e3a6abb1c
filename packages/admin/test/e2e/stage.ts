// A real hero_proc with real services, the admin process in front of it, and Chromium. What the page says on
// its console, every report of its policy and every request that leaves it fails the test.
import { execFile, spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { startAdmin } from '@hero/admin'
import type { AdminServer } from '@hero/admin'
import { createClient } from '@hero/sdk'
import type { HeroProcClient } from '@hero/sdk'
import { chromium } from 'playwright-core'
import type { Browser, Page } from 'playwright-core'

const CLI = join(
  dirname(createRequire(import.meta.url).resolve('@hero/cli/package.json')),
  'dist/main.js',
)

const PLACES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']
const CHROMIUM = PLACES.find((path) => existsSync(path))

/** Why browser tests cannot run; undefined if they can. */
export const NO_BROWSER: string | undefined =
  CHROMIUM === undefined ? `no Chromium at ${PLACES.join(', ')}` : undefined

/** A name for tests, which says why they are skipped if they are. */
export function title(name: string): string {
  return NO_BROWSER === undefined ? name : `${name} (skipped: ${NO_BROWSER})`
}

const run = promisify(execFile)

export interface PageSettings {
  readonly width?: number
  readonly height?: number
  readonly scheme?: 'light' | 'dark'
  readonly reducedMotion?: 'reduce'
}

/** What a test looks at: a page of the admin process, and everything that went wrong on it. */
export interface Viewer {
  readonly page: Page
  /** Messages on the console, errors, reports of the policy, requests that went elsewhere. */
  readonly faults: readonly string[]
}

export class Stage {
  readonly folder: string = mkdtempSync(join(tmpdir(), 'hero-admin-'))
  client!: HeroProcClient
  admin!: AdminServer
  #server: ChildProcess | undefined
  #browser: Browser | undefined

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

  /** Opens the page in a browser of its own state. */
  async look(hash: string = '', settings: PageSettings = {}): Promise<Viewer> {
    const { width = 1280, height = 800, scheme = 'light', reducedMotion } = settings
    this.#browser ??= await chromium.launch({
      ...(CHROMIUM === undefined ? {} : { executablePath: CHROMIUM }),
      args: ['--no-sandbox', '--disable-quic', '--disable-background-networking'],
    })
    const context = await this.#browser.newContext({
      viewport: { width, height },
      colorScheme: scheme,
      permissions: ['clipboard-read', 'clipboard-write'],
      ...(reducedMotion === undefined ? {} : { reducedMotion }),
    })
    const page = await context.newPage()
    const faults: string[] = []
    const origin = new URL(this.admin.url).origin
    page.on('console', (message) => {
      if (['error', 'warning'].includes(message.type())) faults.push(message.text())
    })
    page.on('pageerror', (error) => faults.push(error.message))
    page.on('dialog', (dialog) => {
      faults.push(`dialog: ${dialog.message()}`)
      void dialog.dismiss()
    })
    page.on('request', (request) => {
      const url = request.url()
      if (!url.startsWith(`${origin}/`) && url !== 'about:blank') faults.push(`request to ${url}`)
    })
    await page.addInitScript(() => {
      addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) => {
        // oxlint-disable-next-line no-console
        console.error(`policy: ${violatedDirective} ${blockedURI}`)
      })
    })
    await page.goto(this.admin.url)
    if (hash !== '') {
      await page.goto(`${origin}/${hash}`)
      await page.reload()
    }
    return { page, faults }
  }

  async close(): Promise<void> {
    await this.#browser?.close()
    await this.admin?.close()
    this.client?.close()
    await this.stopServer()
    rmSync(this.folder, { recursive: true, force: true })
  }

  #places(): string[] {
    return ['--data-dir', join(this.folder, 'data'), '--socket-dir', join(this.folder, 'run')]
  }
}
