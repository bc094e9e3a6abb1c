// Finding: sources, levels, text, hits, ranges, and links that hold it all.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { isGapless, viewState } from './log-lines.js'
import { describeInBrowser } from '../browser.js'
import { Stage } from './stage.js'

const LINES = 20_000

describeInBrowser('find', () => {
  const stage = new Stage()

  beforeAll(async () => {
    await stage.open()
    await stage.insert(
      'shop',
      Array.from({ length: LINES }, (_, index) => ({
        text: index % 4_000 === 1_234 ? `needle ${index}` : `order ${index} is on its way`,
        level: index % 100 === 7 ? 'error' : 'info',
        ts: (1_790_000_000 + index) * 1_000_000,
      })),
    )
    await stage.insert('bakery', ['bread', 'rolls', 'cake'])
  })

  afterAll(() => stage.close())

  test('chooses sources and levels, and writes them to the address', async () => {
    const page = await stage.look()
    await page.getByRole('button', { name: 'bakery' }).click()
    await expect.poll(async () => (await viewState(page)).held.length).toBe(3)
    await page.getByRole('checkbox', { name: 'Show shop' }).check()
    await page.getByRole('button', { name: 'Error' }).click()
    await expect.poll(() => page.locator('log-view .row:not(.error)').count()).toBe(0)
    await expect.poll(async () => (await viewState(page)).rows).toBeGreaterThan(100)
    await expect.poll(() => page.url()).toContain('source=bakery&source=shop&level=error')
  })

  test('marks hits, and shows only them or all lines, without losing the place', async () => {
    const page = await stage.look('#/logs?source=shop')
    await expect.poll(async () => (await viewState(page)).held.length).toBeGreaterThan(100)
    await page.keyboard.press('/')
    await page.keyboard.type('needle')
    await expect.poll(async () => (await viewState(page)).held.length).toBe(5)
    expect(await page.locator('mark').allTextContents()).toEqual(Array(5).fill('needle'))
    await page.getByText('needle 9234').click()
    const { currentSeq } = await viewState(page)
    await page.keyboard.press('o')
    await expect.poll(async () => (await viewState(page)).held.length).toBeGreaterThan(300)
    expect((await viewState(page)).currentSeq).toBe(currentSeq)
    expect(await page.getByText('needle 9234').first().isVisible()).toBe(true)
    expect(isGapless((await viewState(page)).held)).toBe(true)
  })

  test('goes from hit to hit through the whole store, both ways', async () => {
    const page = await stage.look(
      '#/logs?source=shop&q=NEEDLE%20%5Cd%2B%7Cneedle%20%5Cd%2B&regex=1&mark=1',
    )
    await expect.poll(async () => (await viewState(page)).held.length).toBeGreaterThan(100)
    for (const wanted of ['needle 17234', 'needle 13234', 'needle 9234']) {
      await page.keyboard.press('N')
      await page.locator('.row.current', { hasText: wanted }).waitFor()
    }
    await page.keyboard.press('n')
    await page.locator('.row.current', { hasText: 'needle 13234' }).waitFor()
    await page.keyboard.press('n')
    await page.keyboard.press('n')
    await page.getByText('No next hit').waitFor()
  })

  test('a link leads to the very line under its filter, and context to the lines around', async () => {
    const page = await stage.look('#/logs?source=shop&q=needle')
    await page.getByText('needle 5234').click()
    await page.getByRole('button', { name: 'Copy link' }).click()
    await page.getByText('Link copied').waitFor()
    const link = await page.evaluate(() => navigator.clipboard.readText())
    const hash = new URL(link).hash
    await page.goto('about:blank')
    await page.goto(link)
    await page.locator('.row.current', { hasText: 'needle 5234' }).waitFor()
    expect((await viewState(page)).held.length).toBe(5)
    expect(hash).toContain('q=needle')
    await page.keyboard.press('c')
    await page.locator('.row', { hasText: 'order 5233 ' }).waitFor()
    await page.locator('.row.current', { hasText: 'needle 5234' }).waitFor()
    await page.goBack()
    await expect.poll(async () => (await viewState(page)).held.length).toBe(5)
  })

  test('a range is dragged in the histogram, and a click jumps', async () => {
    const page = await stage.look('#/logs?source=shop')
    const over = page.locator('time-chart .u-over')
    await over.waitFor()
    const box = (await over.boundingBox())!
    await expect.poll(() => page.locator('time-chart p').textContent()).toContain(`${LINES} lines`)
    await page.mouse.click(box.x + box.width / 2, box.y + 10)
    await expect.poll(async () => (await viewState(page)).topSeq ?? 0).toBeLessThan(LINES * 0.6)
    await page.mouse.move(box.x + box.width * 0.25, box.y + 10)
    await page.mouse.down()
    await page.mouse.move(box.x + box.width * 0.5, box.y + 12, { steps: 5 })
    await page.mouse.up()
    await expect.poll(() => page.url()).toMatch(/since=.*until=/)
    await expect
      .poll(async () => Number((await page.locator('time-chart p').textContent())?.split(' ')[0]))
      .toBeLessThan(LINES / 3)
    await page.getByTitle('Show all times again').click()
    await expect.poll(() => page.url()).not.toContain('since=')
  })

  test('the position bar leads anywhere; what is held and drawn stays bounded', async () => {
    const page = await stage.look('#/logs?source=shop')
    await expect.poll(async () => (await viewState(page)).held.length).toBeGreaterThan(100)
    const box = (await page.locator('position-bar').boundingBox())!
    await page.mouse.move(box.x + 7, box.y + box.height - 20)
    await page.mouse.down()
    for (const part of [0.8, 0.2, 0.5]) {
      await page.mouse.move(box.x + 7, box.y + box.height * part)
      const wanted = LINES * part
      await expect
        .poll(async () => Math.abs(((await viewState(page)).topSeq ?? 0) - wanted))
        .toBeLessThan(LINES * 0.05)
    }
    await page.mouse.up()
    await page.mouse.move(600, 400)
    const { topSeq = 0 } = await viewState(page)
    for (let turn = 0; turn < 60; turn += 1) await page.mouse.wheel(0, -3_000)
    await expect.poll(async () => (await viewState(page)).topSeq ?? 0).toBeLessThan(topSeq - 2_000)
    const state = await viewState(page)
    expect(isGapless(state.held)).toBe(true)
    expect(state.held.length).toBeLessThanOrEqual(3_000)
    expect(state.rows).toBeLessThanOrEqual(240)
  })
})
