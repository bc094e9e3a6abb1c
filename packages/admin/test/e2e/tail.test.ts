// The live tail: it follows, stops when the viewer scrolls or selects, and goes on over a restart.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { isGapless, viewState } from './log-lines.js'
import { describeInBrowser } from '../browser.js'
import { Stage } from './stage.js'

describeInBrowser('live tail', () => {
  const stage = new Stage()

  beforeAll(async () => {
    await stage.open()
    await stage.insert(
      'old',
      Array.from({ length: 1_000 }, (_, index) => `line ${index + 1} of the past`),
    )
    await stage.addService('ticker', 'let n = 0; setInterval(() => console.log(`tick ${++n}`), 20)')
  })

  afterAll(() => stage.close())

  const ticker = '#/logs?source=ticker'

  test('shows the newest line while it follows', async () => {
    const page = await stage.look(ticker)
    await page.locator('.state.live').waitFor()
    await expect.poll(async () => (await viewState(page)).held.length).toBeGreaterThan(30)
    const last = page.locator('log-view .row').last()
    await expect.poll(() => last.textContent()).toMatch(/tick \d+/)
    const before = await last.textContent()
    await expect.poll(() => last.textContent()).not.toBe(before)
    expect(await last.isVisible()).toBe(true)
    expect(isGapless((await viewState(page)).held)).toBe(true)
    await page.getByText(/latency \d/).waitFor()
  })

  test('pauses when the viewer scrolls, counts what comes, and takes it in without a hole', async () => {
    const page = await stage.look(ticker)
    await expect.poll(async () => (await viewState(page)).held.length).toBeGreaterThan(60)
    await page.mouse.move(700, 400)
    await page.mouse.wheel(0, -300)
    await page.getByText('Paused', { exact: true }).waitFor()
    const { topSeq } = await viewState(page)
    await expect.poll(async () => (await viewState(page)).newCount).toBeGreaterThan(20)
    expect((await viewState(page)).topSeq).toBe(topSeq)
    await page.getByRole('button', { name: /\d+ new/ }).click()
    await page.locator('.state.live').waitFor()
    await expect.poll(async () => (await viewState(page)).newCount).toBe(0)
    expect(isGapless((await viewState(page)).held)).toBe(true)
  })

  test('goes on by itself when the viewer scrolls back to the end', async () => {
    const page = await stage.look(ticker)
    await expect.poll(async () => (await viewState(page)).held.length).toBeGreaterThan(60)
    await page.mouse.move(700, 400)
    await page.mouse.wheel(0, -400)
    await page.getByText('Paused', { exact: true }).waitFor()
    await expect.poll(async () => (await viewState(page)).newCount).toBeGreaterThan(5)
    for (;;) {
      await page.mouse.wheel(0, 2_000)
      if ((await viewState(page)).isFollowing) break
    }
    expect(isGapless((await viewState(page)).held)).toBe(true)
  })

  test('pauses when the viewer selects text, and by button and key', async () => {
    const page = await stage.look(ticker)
    await expect.poll(async () => (await viewState(page)).held.length).toBeGreaterThan(60)
    const last = page.locator('log-view .row').last()
    const before = await last.textContent()
    await expect.poll(() => last.textContent()).not.toBe(before)
    await page.mouse.move(360, 400)
    await page.mouse.down()
    await page.getByText('Paused', { exact: true }).waitFor()
    await page.mouse.move(390, 460, { steps: 4 })
    await page.mouse.up()
    expect(await page.evaluate(() => String(getSelection()))).not.toBe('')
    await page.keyboard.press('f')
    await page.locator('.state.live').waitFor()
    await page.getByRole('button', { name: 'Pause' }).click()
    await page.getByText('Paused', { exact: true }).waitFor()
  })

  test('goes on where most rows are folded away', async () => {
    const traces = Array.from({ length: 2_000 }, (_, n) => [`trace ${n}`, '    at a', '    at b'])
    await stage.insert('tracer', traces.flat())
    await stage.addService(
      'tracer',
      'let n = 0; setInterval(() => console.log(`trace ${++n} now\\n    at a\\n    at b`), 20)',
    )
    const page = await stage.look('#/logs?source=tracer')
    await page.locator('.state.live').waitFor()
    await page.keyboard.press('m')
    const newest = async (): Promise<number> => {
      const text = await page.locator('log-view .row:not(.folded)').last().textContent()
      return Number(/(\d+) now/.exec(text ?? '')?.[1] ?? 0)
    }
    await expect.poll(newest).toBeGreaterThan(0)
    const before = await newest()
    await expect.poll(newest).toBeGreaterThan(before + 100)
  })

  test('resumes after hero_proc was away, without a hole and without a line twice', async () => {
    const page = await stage.look('#/logs')
    await expect.poll(async () => (await viewState(page)).held.length).toBeGreaterThan(60)
    await stage.stopServer()
    await page.getByText('Reconnecting').waitFor()
    await stage.startServer()
    await page.locator('.state.live').waitFor()
    await stage.insert('old', ['the last line of all'])
    await page.getByText('the last line of all').waitFor()
    expect(isGapless((await viewState(page)).seqs)).toBe(true)
    // The browser itself tells that connections broke.
    const others = page.faults.filter((one) => !/ERR_|503|WebSocket/.test(one))
    page.faults.splice(0, page.faults.length, ...others)
  })
})
