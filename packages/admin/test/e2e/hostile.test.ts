// S7 and S8 in the page: whatever programs print, however sources and fields are called, and whatever a link
// carries, it is shown as text. Nothing runs, nothing leaves the page, no policy is broken; a page that is
// watched fails its test for each of these.
import { expect, test } from 'vitest'
import { describeInBrowser, openAdmin, openPage } from '../browser.js'
import type { AdminHouse, WatchedPage } from '../browser.js'
import { NAMES, PAYLOADS } from '../payloads.js'

const BINARY_EACH = 4
const PATIENCE_MS = 240_000

/** Everything as text, as names, as fields, as bytes that are no UTF-8, and as a service's words. */
async function fill({ hero }: AdminHouse): Promise<void> {
  const entries = PAYLOADS.flatMap((text, index) => {
    const fields = { [text]: text, nested: { [text]: [text, { [text]: text }] } }
    const bytes = Buffer.concat([Buffer.from([0xff]), Buffer.from(text)])
    const isBinary = index % BINARY_EACH === 0
    return [{ text, fields }, ...(isBinary ? [{ text_b64: bytes.toString('base64') }] : [])]
  })
  await hero.logs.insert({ source: 'hostile', entries, ack: 'commit' })
  for (const source of NAMES) {
    await hero.logs.insert({ source, entries: [{ text: source }], ack: 'commit' })
  }
  await hero.logBatcher.configure({
    source: NAMES[0]!,
    rate_limit: { lines_per_second: 1, burst: 1 },
  })
  const flood = Array.from({ length: 50 }, () => ({ text: NAMES[0]! }))
  await hero.logs.insert({ source: NAMES[0]!, entries: flood, ack: 'commit' })
  const env = Object.fromEntries(PAYLOADS.slice(0, 20).map((one, n) => [`V${n}`, one]))
  const args = PAYLOADS.filter((one) => !one.includes('\u0000')).slice(0, 120)
  const base = { env, restart: 'never' as const, capture: 'pipe' as const }
  const definitions = [
    { ...base, name: 'echoing', command: ['/bin/echo', ...args] },
    { ...base, name: 'missing', command: [`/nowhere/${NAMES[13]!}`, ...args] },
  ]
  for (const definition of definitions) {
    await hero.service.add({ definition, start: true }).catch(() => undefined)
  }
}

/** Characters that would do something to a terminal, or hide or turn text around. */
const UNSAFE =
  // oxlint-disable-next-line no-control-regex
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/

/** Elements that our pages do not have, below `body` and in all shadow roots. */
const FOREIGN =
  'script, iframe, object, embed, img, image, video, audio, link, style, base, meta, form:not([method=dialog])'

/** The text of everything that is shown, and the elements that should not be there. */
async function contentsOf(page: WatchedPage): Promise<{ text: string; strange: string[] }> {
  return await page.evaluate((foreign) => {
    const strange: string[] = []
    let text = ''
    const look = (element: Element): void => {
      const names = element.getAttributeNames()
      const href = element.getAttribute('href') ?? '#'
      const isOurs = href.startsWith('#') || new URL(href, location.href).origin === location.origin
      const style = element.getAttribute('style') ?? ''
      const isStrange =
        element.matches(foreign) ||
        names.some((name) => name.startsWith('on')) ||
        !isOurs ||
        /url\(|expression/.test(style)
      if (isStrange) strange.push(element.outerHTML.slice(0, 200))
    }
    const visit = (root: Node): void => {
      const walker = document.createTreeWalker(root, NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT)
      for (let node: Node | null = walker.nextNode(); node !== null; node = walker.nextNode()) {
        if (node instanceof Text) text += `${node.data}\n`
        if (!(node instanceof Element)) continue
        look(node)
        if (node.shadowRoot !== null) visit(node.shadowRoot)
      }
    }
    visit(document.body)
    return { text, strange }
  }, FOREIGN)
}

const OPENED_AT_ONCE = 60

/** Goes to lines and opens them, and closes those that were open. */
async function openLines(seqs: readonly number[]): Promise<void> {
  interface View {
    show(seq: number): Promise<void>
    toggle(): void
    letGo(): void
  }
  const app = document.querySelector('hero-app')?.shadowRoot
  const logs = app?.querySelector('logs-page')?.shadowRoot
  const view = logs?.querySelector('log-view') as unknown as View
  view.letGo()
  for (const seq of seqs) {
    await view.show(seq)
    view.toggle()
  }
}

async function expectHarmless(page: WatchedPage): Promise<void> {
  const { text, strange } = await contentsOf(page)
  expect(strange).toEqual([])
  expect(UNSAFE.exec(text)).toBeNull()
  expect(page.faults).toEqual([])
}

test('there are 200 payloads and more', () => {
  expect(new Set(PAYLOADS).size).toBeGreaterThanOrEqual(200)
  expect(NAMES.length).toBeGreaterThanOrEqual(90)
})

describeInBrowser('hostile text', () => {
  test(
    'stays text on the logs page, opened line by line',
    async () => {
      const house = await openAdmin()
      await fill(house)
      const page = await openPage(house, { viewport: { width: 1400, height: 1000 } })
      const { entries } = await house.hero.logs.query({ sources: ['hostile'], limit: 10_000 })
      await page.visit('#/logs?source=hostile')
      await page.locator('log-view .row').first().waitFor()
      await expectHarmless(page)
      // Each line is gone to and opened: fields, structures and bytes are shown below it.
      for (let from = 0; from < entries.length; from += OPENED_AT_ONCE) {
        const seqs = entries.slice(from, from + OPENED_AT_ONCE).map(({ seq }) => seq)
        await page.evaluate(openLines, seqs)
        await expectHarmless(page)
      }
      expect(entries.length).toBeGreaterThan(PAYLOADS.length)
    },
    PATIENCE_MS,
  )

  test('stays text as names, on every page', async () => {
    const house = await openAdmin()
    await fill(house)
    const page = await openPage(house, { viewport: { width: 1400, height: 1000 } })
    for (const hash of [
      '#/logs',
      '#/batcher',
      '#/services',
      '#/services?service=echoing',
      '#/services?service=missing',
      '#/split',
    ]) {
      await page.visit(hash)
      const element = hash.replace(/^#\/(\w+).*/, '$1-page')
      await page.locator(element).waitFor()
      const known = hash.startsWith('#/services') ? 'echoing' : 'hero_proc'
      await page.locator(element).getByText(known).first().waitFor({ state: 'attached' })
      await expectHarmless(page)
    }
  })

  test('stays text in links and filters', async () => {
    const house = await openAdmin()
    await fill(house)
    const page = await openPage(house)
    const hashes = PAYLOADS.flatMap((payload, index) => {
      const text = encodeURIComponent(payload)
      const places = [
        `#/logs?q=${text}`,
        `#/logs?q=${text}&regex=1&mark=1`,
        `#/logs?source=${text}&level=${text}&since=${text}&at=${text}`,
        `#/split?left=${text}&right=${text}&q=${text}`,
        `#/services?service=${text}`,
        `#/${text}?${text}`,
      ]
      return [places[index % places.length]!]
    })
    await page.evaluate(async (all) => {
      for (const hash of all) {
        location.hash = hash
        await new Promise((resolve) => requestAnimationFrame(resolve))
      }
    }, hashes)
    // What hero_proc refuses is told, and is an error of the request.
    page.faults.splice(
      0,
      page.faults.length,
      ...page.faults.filter((one) => !/status of 4\d\d/.test(one)),
    )
    await expectHarmless(page)
  })
})
