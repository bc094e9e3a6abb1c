// How much a browser has to fetch before it shows lines: packed, charts and all.
import { expect, test } from 'vitest'
import { describeInBrowser, openAdmin, openPage } from '../browser.js'

const FIRST_LOAD_BYTES_MAX = 120 * 1_024

describeInBrowser('the first load', () => {
  test('is at most 120 KiB, and comes packed', async () => {
    const house = await openAdmin()
    await house.hero.logs.insert({ source: 'web', entries: [{ text: 'hello' }], ack: 'commit' })
    const page = await openPage(house)
    const files = new Map<string, number>()
    page.on('response', (response) => {
      const { pathname } = new URL(response.url())
      const length = response.headers()['content-length']
      const isPacked = response.headers()['content-encoding'] === 'gzip'
      if (/\.(?:js|css|svg)$|^\/$/.test(pathname))
        files.set(pathname, isPacked ? Number(length) : 1e9)
    })
    await page.visit('#/logs')
    await page.reload()
    await page.locator('log-view .row').first().waitFor()
    await page.locator('time-chart canvas').first().waitFor()
    const bytes = [...files.values()].reduce((sum, one) => sum + one, 0)
    expect([...files.keys()].some((path) => /uPlot/.test(path))).toBe(true)
    expect(bytes).toBeLessThanOrEqual(FIRST_LOAD_BYTES_MAX)
    expect(bytes).toBeGreaterThan(20_000)
  })
})
