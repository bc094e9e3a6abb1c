// Whatever programs print, nothing runs and nothing leaves the page; and whoever cannot see or point can
// use it.
import { createRequire } from 'node:module'
import { readFileSync } from 'node:fs'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { hostilePayloads } from './payloads.js'
import { NO_BROWSER, Stage, title } from './stage.js'
import type { Viewer } from './stage.js'

const axePath = createRequire(import.meta.url).resolve('axe-core/axe.min.js')

interface Axe {
  run(): Promise<{
    readonly violations: readonly {
      readonly id: string
      readonly impact: string
      readonly nodes: readonly { readonly html: string }[]
    }[]
  }>
}

/** What axe finds that keeps somebody from using the page. */
async function seriousViolations({ page }: Viewer): Promise<string[]> {
  // Not as a script element: the policy of the page forbids those.
  await page.evaluate(readFileSync(axePath, 'utf8'))
  const { violations } = await page.evaluate(() =>
    (globalThis as unknown as { axe: Axe }).axe.run(),
  )
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(
      ({ id, nodes }) =>
        `${id}: ${nodes
          .map(({ html }) => html)
          .slice(0, 3)
          .join(' ')}`,
    )
}

describe.skipIf(NO_BROWSER !== undefined)(title('hostile lines and weak eyes'), () => {
  const stage = new Stage()
  let viewer: Viewer

  beforeAll(async () => {
    await stage.open()
    await stage.insert(
      'payloads',
      hostilePayloads().map((text) => ({
        text,
        fields: { [text.slice(0, 100)]: text, nested: { [text.slice(0, 50)]: text } },
      })),
    )
    await stage.insert(
      'json',
      hostilePayloads().map((text) => JSON.stringify({ msg: text, [text]: 1, level: 'error' })),
    )
    await stage.addService('<b>', 'console.log(1)').catch(() => undefined)
    await stage.addService(
      'web',
      'console.error("warning: something"); setInterval(() => {}, 1000)',
    )
  })

  afterEach(async () => {
    expect(viewer.faults).toEqual([])
    await viewer.page.context().close()
  })

  afterAll(() => stage.close())

  test.each(['payloads', 'json'])('lines, fields and keys of %s run nowhere', async (source) => {
    viewer = await stage.look(`#/logs?source=${source}`)
    const { page } = viewer
    const rows = page.locator('log-view .row')
    await expect.poll(() => rows.count()).toBeGreaterThanOrEqual(200)
    // Every line opened: fields, structure and the whole text are shown.
    await page.locator('log-view').evaluate((element) => {
      const view = element as HTMLElement & {
        readonly lines: { readonly entries: readonly object[] }
        readonly toggle: (entry: object) => void
      }
      view.lines.entries.forEach((entry) => view.toggle(entry))
    })
    expect(await page.locator('log-view .details').count()).toBeGreaterThan(100)
    const foreign = await page.locator('log-view').evaluate(({ shadowRoot }) => {
      const bad =
        'img,script,iframe,svg,a,object,embed,style,link,form,input,video,[onerror],[onload]'
      return shadowRoot?.querySelector('#lines')?.querySelectorAll(bad).length
    })
    expect(foreign).toBe(0)
    expect(await page.evaluate(() => (globalThis as { pwned?: unknown }).pwned)).toBe(undefined)
  })

  test('addresses are no way in either', async () => {
    const payload = encodeURIComponent('"><img src=x onerror=alert(1)>')
    viewer = await stage.look(`#/logs?source=${payload}&q=${payload}&since=${payload}&mark=1`)
    await viewer.page.locator('filter-bar').waitFor()
    viewer = { page: viewer.page, faults: viewer.faults.filter((one) => !one.includes('400')) }
  })

  test.each(['logs', 'services', 'batcher'])(
    'axe finds nothing serious on the page %s',
    async (path) => {
      for (const scheme of ['light', 'dark'] as const) {
        viewer = await stage.look(`#/${path}`, { scheme })
        await viewer.page.locator(`${path}-page`).waitFor()
        await viewer.page.waitForLoadState('networkidle').catch(() => undefined)
        expect(await seriousViolations(viewer)).toEqual([])
        if (scheme === 'light') await viewer.page.context().close()
      }
    },
  )
})
