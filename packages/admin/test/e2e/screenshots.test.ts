// Pictures of the page for the documentation. `npm run screenshots` writes them; otherwise they are only
// taken, which shows that each screen can be had.
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { describeInBrowser } from '../browser.js'
import { Stage } from './stage.js'

const FOLDER =
  process.env['HERO_SCREENSHOTS'] === undefined
    ? undefined
    : join(import.meta.dirname, '../../../../docs/screenshots')

/** A web shop in trouble: requests, slow ones, errors with stack traces, JSON; and one that floods. */
const SHOP = `
let n = 0
const pick = (list) => list[n % list.length]
setInterval(() => {
  n += 1
  const path = pick(['/', '/orders', '/cart', '/login', '/orders/7781', '/static/app.js'])
  if (n % 61 === 0) {
    console.error('ERROR payment: card of order ' + n + ' was refused')
    console.error('    at charge (payment.js:118:11)')
    console.error('    at async checkout (orders.js:42:5)')
  } else if (n % 17 === 0) console.log('WARN http: slow answer: GET ' + path + ' took ' + (1000 + n) + ' ms')
  else if (n % 5 === 0) console.log('DEBUG cache: ' + path + ' hit in ' + (n % 90) + ' us')
  else console.log('INFO http: GET ' + path + ' 200 in ' + (n % 400) + ' ms')
}, 40)`

const WORKER = `
let job = 0
setInterval(() => {
  job += 1
  const level = job % 23 === 0 ? 'warn' : 'info'
  console.log(JSON.stringify({ level, msg: 'job done', job, ms: (job * 37) % 900, worker: { host: 'worker-' + (job % 4) } }))
}, 90)`

const FLOOD = `
let n = 0
setInterval(() => { for (let i = 0; i < 40; i += 1) console.log('INFO sensor ' + (n += 1) + ' reads ' + (n * 7) % 100) }, 20)`

describeInBrowser('screenshots', () => {
  const stage = new Stage()

  beforeAll(async () => {
    if (FOLDER !== undefined) mkdirSync(FOLDER, { recursive: true })
    await stage.open()
    await stage.addService('shop', SHOP)
    await stage.addService('worker', WORKER)
    await stage.addService(
      'mailer',
      'console.log("INFO mailer: connected"); setTimeout(() => process.exit(3), 300)',
      {
        restart: 'on-failure',
      },
    )
    await stage.client.call('service.add', {
      definition: {
        name: 'sensors',
        command: [process.execPath, '-e', FLOOD],
        capture: 'pipe',
        restart: 'never',
        log: { overflow: 'drop', rate_limit: { lines_per_second: 200, burst: 400 } },
      },
      start: true,
    })
    // Something to look back at.
    await new Promise((resolve) => setTimeout(resolve, FOLDER === undefined ? 500 : 12_000))
  })

  afterAll(() => stage.close())

  const take = async (
    name: string,
    hash: string,
    options: Parameters<Stage['look']>[1] = {},
    act: (page: Awaited<ReturnType<Stage['look']>>) => Promise<void> = async () => undefined,
  ): Promise<void> => {
    const page = await stage.look(hash, options)
    await page.waitForFunction(() =>
      document.querySelector('hero-app')?.shadowRoot?.querySelector('main > *'),
    )
    await act(page)
    await page.waitForTimeout(FOLDER === undefined ? 100 : 2_500)
    const path = FOLDER === undefined ? {} : { path: join(FOLDER, `${name}.png`) }
    const picture = await page.screenshot({ ...path, animations: 'disabled' })
    expect(picture.length).toBeGreaterThan(10_000)
  }

  test('light', () => take('light', '#/logs?source=shop&source=worker&source=mailer'))

  test('dark', () => take('dark', '#/logs?source=shop&source=worker', { colorScheme: 'dark' }))

  test('narrow', () =>
    take('narrow', '#/logs?source=shop', { viewport: { width: 400, height: 800 } }))

  test('overload with gaps', () =>
    take('overload', '#/logs?source=sensors', {}, async (page) => {
      await page.locator('log-view .row').first().waitFor()
      await expect
        .poll(async () => {
          await page.keyboard.press('PageUp')
          return await page.locator('.row.gap').count()
        })
        .toBeGreaterThan(0)
      await page.locator('.row.gap').last().scrollIntoViewIfNeeded()
    }))

  test('search', () =>
    take(
      'search',
      '#/logs?source=shop&q=order%5Cw*%20%5Cd%2B%7C%2Forders&regex=1&mark=1',
      {},
      async (page) => {
        await page.locator('mark').first().waitFor()
        await page.keyboard.press('N')
        await page.locator('.row.current').waitFor()
        await page.keyboard.press('Enter')
      },
    ))

  test('batcher', () => take('batcher', '#/batcher'))

  test('services', () => take('services', '#/services'))

  test('split', () => take('split', '#/split?left=shop&right=worker'))
})
