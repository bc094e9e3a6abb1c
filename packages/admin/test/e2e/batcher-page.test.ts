// The batcher page over a real hero_proc, in a real browser.
import { expect, test } from 'vitest'
import { describeInBrowser, openAdmin, openPage } from '../browser.js'
import type { AdminHouse, WatchedPage } from '../browser.js'

async function write(house: AdminHouse, source: string, count: number): Promise<void> {
  const entries = Array.from({ length: count }, (_, index) => ({ text: `line ${index}` }))
  await house.hero.logs.insert({ source, entries, ack: 'commit' })
}

/** The cells of the row that begins with `name`, of the table below the heading `title`. */
async function rowOf(page: WatchedPage, title: string, name: string): Promise<string[]> {
  const section = page
    .locator('figure, section')
    .filter({ has: page.getByRole('heading', { name: title, exact: true }) })
  const row = section.getByRole('row').filter({ has: page.getByRole('rowheader', { name }) })
  return (await row.first().getByRole('cell').allTextContents()).map((text) => text.trim())
}

describeInBrowser('the batcher page', () => {
  test('shows rates, queue, latencies and accounts that add up, live', async () => {
    const house = await openAdmin()
    await write(house, 'shop', 40)
    const page = await openPage(house)
    await page.visit('#/batcher')
    await expect
      .poll(() => rowOf(page, 'Accounts', 'shop'))
      .toMatchObject({ 3: '40', 6: '40', 7: '0' })
    await write(house, 'shop', 60)
    await expect.poll(() => rowOf(page, 'Accounts', 'shop')).toMatchObject({ 3: '100', 6: '100' })
    await expect.poll(() => rowOf(page, 'Lines a second', 'shop')).not.toEqual([])
    const total = await rowOf(page, 'Accounts', 'All')
    expect(total.at(-1)).toBe('adds up')
    expect(await rowOf(page, 'Dropped lines a second', 'Ever dropped')).toEqual(['none'])
    expect(await page.locator('line-chart canvas').count()).toBe(6)
  })

  test('tells losses by reason', async () => {
    const house = await openAdmin()
    await house.hero.logBatcher.configure({
      source: 'flood',
      rate_limit: { lines_per_second: 1, burst: 10 },
    })
    await write(house, 'flood', 100)
    const page = await openPage(house)
    await page.visit('#/batcher')
    await expect.poll(() => rowOf(page, 'Accounts', 'flood')).toMatchObject({ 3: '100', 5: '90' })
    expect((await rowOf(page, 'Accounts', 'flood')).at(-1)).toBe('rate limited 90')
    expect(await rowOf(page, 'Dropped lines a second', 'Ever dropped')).toEqual(['90'])
  })

  test('stands still while it is paused, and says when hero_proc is away', async () => {
    const house = await openAdmin()
    await write(house, 'shop', 1)
    const page = await openPage(house)
    await page.clock.install()
    await page.visit('#/batcher')
    await expect.poll(() => rowOf(page, 'Accounts', 'shop')).toMatchObject({ 3: '1' })
    await page.keyboard.press('p')
    await page.getByRole('button', { name: 'Go on' }).waitFor()
    await write(house, 'shop', 1)
    const asked: string[] = []
    page.on('request', (request) => asked.push(request.url()))
    await page.clock.fastForward(30_000)
    expect(asked).toEqual([])
    expect(await rowOf(page, 'Accounts', 'shop')).toMatchObject({ 3: '1' })
    await page.keyboard.press('p')
    await expect.poll(() => rowOf(page, 'Accounts', 'shop')).toMatchObject({ 3: '2' })
    await house.stop()
    await page.getByText('does not answer').waitFor()
    expect(await rowOf(page, 'Accounts', 'shop')).toMatchObject({ 3: '2' })
    page.faults.splice(0)
  })
})
