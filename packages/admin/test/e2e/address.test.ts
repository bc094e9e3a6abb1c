// The address leads: what is shown is what it names last, however fast it changes.
import type { Route } from 'playwright-core'
import { expect, test } from 'vitest'
import { describeInBrowser, openAdmin, openPage } from '../browser.js'

describeInBrowser('the address', () => {
  test('is followed also while the code of its page is still loading', async () => {
    const house = await openAdmin()
    for (const source of ['web', 'db'])
      await house.hero.logs.insert({ source, entries: [{ text: `of ${source}` }], ack: 'commit' })
    const page = await openPage(house)
    const asked = new Promise<Route>((resolve) => {
      void page.route('**/assets/logs-page*', resolve)
    })
    await page.reload({ waitUntil: 'commit' })
    const code = await asked
    await page.visit('#/logs?source=web')
    await code.continue()
    const texts = page.locator('log-view .row .text')
    await expect.poll(() => texts.allTextContents()).toEqual(['of web'])
    expect(page.url()).toContain('source=web')
  })
})
