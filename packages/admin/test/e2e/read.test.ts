// Reading: colors, structure, messages of several lines, times, gaps, runs, long lines, bytes.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { viewState } from './log-lines.js'
import { describeInBrowser } from '../browser.js'
import { Stage } from './stage.js'

const ESC = '\u001b'

describeInBrowser('read', () => {
  const stage = new Stage()

  beforeAll(async () => {
    await stage.open()
    await stage.insert('paint', [`${ESC}[31mred${ESC}[0m ${ESC}[1;32mgreen${ESC}[0m plain\rover`])
    await stage.insert('json', [
      '{"level":"info","msg":"paid","user":{"name":"ann","id":7}}',
      'level=warn msg="too slow" ms=1204 path=/cups',
    ])
    await stage.insert('trace', [
      'Error: boom',
      '    at run (app.js:10:2)',
      '    at main (app.js:3:1)',
      'next message',
    ])
    await stage.insert('long', [`${'x'.repeat(30_000)}end`])
    await stage.insert('bytes', [
      { text_b64: Buffer.from([0, 255, 254, 65, 66]).toString('base64') },
    ])
    await stage.addService('once', 'console.log("hello"); process.exitCode = 3')
    await stage.insert('flood', ['first'])
    await stage.client.call('log_batcher.configure', {
      source: 'flood',
      rate_limit: { lines_per_second: 1, burst: 10 },
      overflow: 'drop',
    })
    const lines = Array.from({ length: 500 }, (_, index) => ({ text: `flood ${index}` }))
    await stage.client.logs.insert({ source: 'flood', entries: lines, ack: 'commit' })
  })

  afterAll(() => stage.close())

  test('shows colors as classes, and control characters as what they are', async () => {
    const page = await stage.look('#/logs?source=paint')
    const text = page.locator('log-view .text').first()
    await text.getByText('red').waitFor()
    expect(await text.locator('.f1').textContent()).toBe('red')
    expect(await text.locator('.bold.f2').textContent()).toBe('green')
    expect(await text.textContent()).toBe('red green plain^Mover')
    const color = (name: string): Promise<string> =>
      text.locator(name).evaluate((element) => getComputedStyle(element).color)
    expect(await color('.f1')).not.toBe(await color('.f2'))
  })

  test('lays JSON and logfmt out when a line is clicked', async () => {
    const page = await stage.look('#/logs?source=json')
    await page.getByText('"msg":"paid"').click()
    const rows = page.locator('.details tr')
    expect(await rows.allTextContents()).toEqual(['levelinfo', 'msgpaid', 'user', 'nameann', 'id7'])
    await page.getByText('msg="too slow"').click()
    await page.locator('.details td', { hasText: /^too slow$/ }).waitFor()
    await page.keyboard.press('Enter')
    await expect.poll(() => page.locator('.details').count()).toBe(1)
    await page.getByText('"msg":"paid"').click()
    await page.getByRole('button', { name: 'Copy line' }).waitFor({ state: 'detached' })
  })

  test('keeps the lines of a message together, and folds them', async () => {
    const page = await stage.look('#/logs?source=trace')
    const rows = page.locator('log-view .row')
    await expect.poll(() => rows.count()).toBe(4)
    expect(await page.locator('.row.more').count()).toBe(2)
    await page.keyboard.press('m')
    await expect.poll(() => page.locator('.row:visible').count()).toBe(2)
  })

  test('shows times here, in UTC and as how long ago', async () => {
    const page = await stage.look('#/logs?source=trace')
    const time = page.locator('log-view .time').first()
    await expect.poll(() => time.textContent()).toMatch(/^\d\d:\d\d:\d\d\.\d{3}$/)
    await page.keyboard.press('t')
    await page.keyboard.press('t')
    await expect.poll(() => time.textContent()).toMatch(/ ago$/)
  })

  test('tells a gap as what it is, and the ends of runs', async () => {
    const page = await stage.look('#/logs?source=flood')
    const gap = page.locator('.row.gap .text')
    await expect
      .poll(() => gap.first().textContent())
      .toMatch(/^\d+ lines of flood lost: rate limited, \d\d:\d\d:\d\d/)
    await page.getByTitle(/lines of flood were lost/).waitFor()
    await page.getByRole('button', { name: /^once/ }).click()
    const runs = page.locator('.row.run .text')
    await expect.poll(() => runs.allTextContents()).toHaveLength(2)
    expect(await runs.nth(1).textContent()).toContain('run 1 exited with code 3')
  })

  test('folds long lines, and shows bytes in hexadecimal', async () => {
    const page = await stage.look('#/logs?source=long')
    const text = page.locator('log-view .text').first()
    await text.getByText('+28k characters').waitFor()
    await text.click()
    await expect
      .poll(async () => (await page.locator('.details pre').textContent())?.length)
      .toBe(30_003)
    await page.getByRole('button', { name: /^bytes/ }).click()
    await page.getByText('binary').click()
    await expect
      .poll(() => page.locator('pre.hex').textContent())
      .toMatch(/^000000 {2}00 ff fe 41 42 .*\.\.\.AB$/)
  })

  test('everything is done by keys, and ? shows them', async () => {
    const page = await stage.look('#/logs?source=trace')
    await expect.poll(() => page.locator('log-view .row').count()).toBe(4)
    await page.keyboard.press('k')
    await page.keyboard.press('j')
    await page.keyboard.press('j')
    const { seqs, currentSeq } = await viewState(page)
    expect(seqs).toContain(currentSeq)
    await page.keyboard.press('Enter')
    await page.locator('.details').waitFor()
    await page.keyboard.press('y')
    await page.getByText('Line copied').waitFor()
    expect(await page.evaluate(() => navigator.clipboard.readText())).toMatch(/at |Error|next/)
    await page.keyboard.press('?')
    await page.getByRole('heading', { name: 'Keys' }).waitFor()
    await page.keyboard.press('Escape')
    await page.keyboard.press('b')
    await page.locator('source-list').waitFor({ state: 'detached' })
    await page.keyboard.press('0')
    await expect.poll(() => page.url()).not.toContain('source=')
    await page.keyboard.press('g')
    await page.keyboard.press('s')
    await expect.poll(() => page.url()).toContain('#/services')
  })
})
