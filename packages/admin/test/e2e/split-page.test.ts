// Two sources side by side, and what can be taken away as a file.
import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { describeInBrowser, openAdmin, openPage } from '../browser.js'
import type { AdminHouse } from '../browser.js'

/** Writes `count` lines of a source, one a second, from a moment on. */
async function write({ hero }: AdminHouse, source: string, count: number): Promise<void> {
  const beginMs = Date.parse('2026-01-01T12:00:00Z')
  for (let from = 0; from < count; from += 1_000) {
    const entries = Array.from({ length: Math.min(1_000, count - from) }, (_, index) => {
      const second = from + index
      const ts = new Date(beginMs + second * 1_000).toISOString()
      return { text: `${source} second ${second}`, ts, level: second % 10 === 0 ? 'error' : 'info' }
    })
    await hero.logs.insert({ source, entries, ack: 'commit' })
  }
}

describeInBrowser('the split page', () => {
  test('follows two sources at once, and others when they are chosen', async () => {
    const house = await openAdmin()
    for (const source of ['a', 'b', 'c']) await write(house, source, 3)
    const page = await openPage(house)
    await page.visit('#/split?left=a&right=b')
    const [left, right] = [page.locator('#left'), page.locator('#right')]
    await left.getByText('a second 2').waitFor()
    await right.getByText('b second 2').waitFor()
    await house.hero.logs.insert({ source: 'b', entries: [{ text: 'b goes on' }], ack: 'commit' })
    await right.getByText('b goes on').waitFor()
    expect(await left.getByText('b goes on').count()).toBe(0)
    await page.getByLabel('Right source').selectOption('c')
    await right.getByText('c second 2').waitFor()
    await expect.poll(() => page.url()).toContain('left=a&right=c')
    await page.getByLabel('Only lines with this text').fill('second 1')
    await left.getByText('a second 1').waitFor()
    await left.getByText('a second 2').waitFor({ state: 'detached' })
    expect(await right.getByText('c second 1').count()).toBe(1)
  })

  test('shows the same time on both sides', async () => {
    const house = await openAdmin()
    await write(house, 'a', 4_000)
    await write(house, 'b', 4_000)
    const page = await openPage(house)
    await page.visit('#/split?left=a&right=b')
    const [left, right] = [page.locator('#left'), page.locator('#right')]
    await right.getByText('b second 3999').waitFor()
    const thumb = left.getByRole('slider')
    await thumb.focus()
    await page.keyboard.press('Home')
    await left.getByText('a second 0', { exact: true }).waitFor()
    await right.getByText('b second 0', { exact: true }).waitFor()
    // Apart, one side goes alone.
    await page.getByLabel('Keep times together').uncheck()
    await thumb.focus()
    await page.keyboard.press('End')
    await left.getByText('a second 3999').waitFor()
    expect(await right.getByText('b second 0', { exact: true }).count()).toBe(1)
  })
})

describeInBrowser('downloads', () => {
  test('hold what the filter shows, packed', async () => {
    const house = await openAdmin()
    await write(house, 'a', 2_500)
    await write(house, 'b', 20)
    const page = await openPage(house)
    const download = async (name: string): Promise<{ file: string; text: string }> => {
      const coming = page.waitForEvent('download')
      await page.getByRole('link', { name }).click()
      const file = await coming
      return {
        file: file.suggestedFilename(),
        text: gunzipSync(readFileSync(await file.path())).toString(),
      }
    }
    await page.visit('#/logs?source=a&source=b&level=error&q=second')
    await page.locator('log-view').getByText('b second 10').waitFor()
    const { file, text } = await download('as text')
    expect(file).toBe('logs.log.gz')
    const seconds = Array.from({ length: 250 }, (_, index) => `a second ${index * 10}\n`)
    expect(text).toBe(`${seconds.join('')}b second 0\nb second 10\n`)
    const json = await download('as JSON')
    expect(json.file).toBe('logs.ndjson.gz')
    const lines = json.text.trimEnd().split('\n')
    expect(lines).toHaveLength(252)
    expect(JSON.parse(lines.at(-1)!)).toMatchObject({ source: 'b', text: 'b second 10' })
  })
})
