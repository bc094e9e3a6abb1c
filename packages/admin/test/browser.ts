// What the tests of the page share: a hero_proc with its logs, the admin process in front of it, and a real
// Chromium whose pages tell everything that should not happen in them.
import { accessSync, constants, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { startAdmin } from '@hero/admin'
import { startHeroProc } from '@hero/proc'
import { openLogsPlugin } from '@hero/proc-logs'
import { createClient } from '@hero/sdk'
import type { HeroProcClient } from '@hero/sdk'
import { chromium } from 'playwright-core'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { afterAll, describe, expect, onTestFinished } from 'vitest'

const NAMES = ['chromium', 'chromium-browser', 'google-chrome']

/** The browser of this machine, if there is one. */
const EXECUTABLE = (process.env['PATH'] ?? '')
  .split(delimiter)
  .flatMap((folder) => NAMES.map((name) => join(folder, name)))
  .find(isExecutable)

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

/** Tests that need a browser: skipped, and said to be, where there is none. */
export const describeInBrowser: typeof describe.skip = describe.skipIf(EXECUTABLE === undefined)

export interface AdminHouse {
  readonly hero: HeroProcClient
  /** The address of the page, with its key. */
  readonly url: string
  readonly origin: string
  /** Ends hero_proc; the admin process goes on. */
  readonly stop: () => Promise<void>
}

/** Starts a hero_proc and its admin process; both end with the test. */
export async function openAdmin(): Promise<AdminHouse> {
  const dir = mkdtempSync(join(tmpdir(), 'admin-'))
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }))
  const socketPath = join(dir, 'rpc.sock')
  const plugin = await openLogsPlugin({ dir: join(dir, 'logs'), flushDelayMs: 5 })
  const server = await startHeroProc({ dataDir: dir, socketPath, plugins: [plugin] })
  onTestFinished(() => server.close())
  const admin = await startAdmin({ targetPath: socketPath, socketPath: join(dir, 'admin.sock') })
  onTestFinished(() => admin.close())
  const hero = createClient({ socketPath })
  onTestFinished(() => hero.close())
  return { hero, url: admin.url, origin: new URL(admin.url).origin, stop: () => server.close() }
}

let browser: Promise<Browser> | undefined

afterAll(async () => {
  await (await browser)?.close()
  browser = undefined
})

/** A page in which nothing went wrong so far. */
export interface WatchedPage extends Page {
  /** Goes to a place of the page: `#/batcher`. */
  readonly visit: (hash: string) => Promise<void>
  /** What should not have happened: it fails the test at its end. Take out what a test expects. */
  readonly faults: string[]
}

/** Opens the page with its key. Console errors, policy reports, foreign requests and dialogs are faults. */
export async function openPage(
  { url, origin }: Pick<AdminHouse, 'url' | 'origin'>,
  options: BrowserContextOptions = {},
): Promise<WatchedPage> {
  browser ??= chromium.launch({
    executablePath: EXECUTABLE ?? '',
    args: process.getuid?.() === 0 ? ['--no-sandbox'] : [],
  })
  const context = await (await browser).newContext(options)
  onTestFinished(() => context.close())
  const page = await context.newPage()
  const faults: string[] = []
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) faults.push(`console: ${message.text()}`)
  })
  page.on('pageerror', (error) => void faults.push(`error: ${error.stack ?? error.message}`))
  page.on('dialog', (dialog) => {
    faults.push(`dialog: ${dialog.message()}`)
    void dialog.dismiss()
  })
  context.on('request', (request) => {
    const asked = request.url()
    if (!asked.startsWith(`${origin}/`)) faults.push(`request: ${asked}`)
  })
  context.on('page', (other) => void faults.push(`window: ${other.url()}`))
  await page.exposeFunction('tellTest', (fault: string) => void faults.push(fault))
  await page.addInitScript(() => {
    const tell = (globalThis as unknown as { tellTest: (fault: string) => void }).tellTest
    document.addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) => {
      tell(`policy: ${violatedDirective} ${blockedURI}`)
    })
    Object.assign(globalThis, { pwned: (what: string) => tell(`ran: ${what}`) })
  })
  onTestFinished(() => expect(faults).toEqual([]))
  await page.goto(url)
  const visit = async (hash: string): Promise<void> => {
    await page.goto(`${origin}/${hash}`)
  }
  return Object.assign(page, { visit, faults })
}
