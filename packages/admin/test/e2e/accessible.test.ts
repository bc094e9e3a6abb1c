// axe finds nothing serious on any page, light and dark, wide and narrow, with all that a page can show.
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { AxeResults } from 'axe-core'
import { expect, test } from 'vitest'
import { describeInBrowser, openAdmin, openPage } from '../browser.js'
import type { AdminHouse, WatchedPage } from '../browser.js'

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

const PATIENCE_MS = 120_000

/** One rule that is broken, and where. */
async function violationsOf(page: WatchedPage): Promise<string[]> {
  const { violations } = await page.evaluate(
    async () => await (globalThis as unknown as { axe: { run(): Promise<AxeResults> } }).axe.run(),
  )
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) =>
      nodes.map(({ target, failureSummary }) => `${id}: ${target.join(' ')}: ${failureSummary}`),
    )
}

async function fill({ hero }: AdminHouse): Promise<void> {
  const levels = ['error', 'warning', 'info', 'debug', 'none']
  const entries = levels.flatMap((level) => [
    { text: `a line at ${level}`, level },
    { text: `\u001b[1;31mred \u001b[42mon green\u001b[0m {"level":"${level}","n":1}`, level },
    { text: `fields of ${level}`, level, fields: { user: 'x', n: 1, deep: { list: [1, 'two'] } } },
  ])
  await hero.logs.insert({ source: 'web', entries, ack: 'commit' })
  await hero.logs.insert({ source: 'db', entries, ack: 'commit' })
  await hero.logBatcher.configure({
    source: 'flood',
    rate_limit: { lines_per_second: 1, burst: 1 },
  })
  const flood = Array.from({ length: 50 }, (_, index) => ({ text: `flood ${index}` }))
  await hero.logs.insert({ source: 'flood', entries: flood, ack: 'commit' })
  const restart = 'never' as const
  for (const [name, script] of [
    ['runs', 'echo ready; exec sleep 600'],
    ['breaks', 'echo no >&2; exit 3'],
  ] as const) {
    const definition = { name, restart, command: ['sh', '-c', script] }
    await hero.service.add({ definition, start: true })
  }
}

/** The places, and what is done there before the page is looked at. */
const PLACES: readonly (readonly [string, (page: WatchedPage) => Promise<void>])[] = [
  ['#/logs', (page) => page.locator('log-view .row').first().waitFor()],
  [
    '#/logs?source=web&q=line&level=error',
    async (page) => {
      await page.locator('log-view .row').first().waitFor()
      await page.keyboard.press('j')
      await page.keyboard.press('Enter')
      await page.keyboard.press('?')
      await page.getByRole('dialog').waitFor()
    },
  ],
  ['#/split?left=web&right=db', (page) => page.locator('#right .row').first().waitFor()],
  ['#/services', (page) => page.getByRole('button', { name: 'Stop runs' }).waitFor()],
  [
    '#/services?service=breaks',
    async (page) => {
      await page.getByRole('complementary').getByText('exit code 3').first().waitFor()
      await page.getByRole('button', { name: 'Start breaks' }).last().click()
      await page.getByRole('dialog').waitFor()
    },
  ],
  ['#/batcher', (page) => page.getByRole('rowheader', { name: 'flood' }).first().waitFor()],
]

describeInBrowser('axe', () => {
  test.each([
    ['light', 1280],
    ['dark', 1280],
    ['light', 400],
    ['dark', 400],
  ] as const)(
    'finds nothing serious: %s, %i px wide',
    { timeout: PATIENCE_MS },
    async (colorScheme, width) => {
      const house = await openAdmin()
      await fill(house)
      const page = await openPage(house, { colorScheme, viewport: { width, height: 900 } })
      const found: string[] = []
      for (const [hash, prepare] of PLACES) {
        await page.visit(hash)
        await page.reload()
        await prepare(page)
        // By the debugger's own way in: the policy of the page holds for its own scripts.
        await page.evaluate(AXE)
        found.push(...(await violationsOf(page)).map((one) => `${hash} ${one}`))
      }
      expect(found).toEqual([])
    },
  )
})
