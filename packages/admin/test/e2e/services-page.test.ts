// The services page over real services, in a real browser.
import { expect, test } from 'vitest'
import { describeInBrowser, openAdmin, openPage } from '../browser.js'
import type { AdminHouse, WatchedPage } from '../browser.js'

async function add(
  house: AdminHouse,
  name: string,
  script: string,
  more: object = {},
): Promise<void> {
  const definition = { name, command: ['sh', '-c', script], capture: 'pipe' as const, ...more }
  await house.hero.service.add({ definition, start: true })
}

const stateOf = async ({ hero }: AdminHouse, name: string): Promise<string> =>
  (await hero.service.status({ name })).state

async function rowText(page: WatchedPage, name: string): Promise<string> {
  const row = page
    .getByRole('row')
    .filter({ has: page.getByRole('rowheader', { name, exact: true }) })
  return (await row.first().innerText()).replaceAll(/\s+/g, ' ')
}

describeInBrowser('the services page', () => {
  test('shows what every service does, live', async () => {
    const house = await openAdmin()
    await add(house, 'web', 'echo ready; exec sleep 600')
    await add(house, 'once', 'exit 3', { restart: 'never' })
    const page = await openPage(house)
    await page.visit('#/services')
    const { pid } = await house.hero.service.status({ name: 'web' })
    await expect.poll(() => rowText(page, 'web')).toMatch(new RegExp(`running up .* ${pid} 0 `))
    await expect.poll(() => rowText(page, 'once')).toContain('exit code 3')
    await house.hero.service.stop({ name: 'web' })
    await expect.poll(() => rowText(page, 'web')).toContain('stopped')
  })

  test('starts, stops and restarts, each after a question', async () => {
    const house = await openAdmin()
    await add(house, 'web', 'exec sleep 600')
    const page = await openPage(house)
    await page.visit('#/services')
    const first = await house.hero.service.status({ name: 'web' })
    const dialog = page.getByRole('dialog')
    // No, and Escape, change nothing.
    await page.getByRole('button', { name: 'Stop web' }).click()
    await dialog.getByText(`Process ${first.pid} is ended`).waitFor()
    await dialog.getByRole('button', { name: 'Cancel' }).click()
    await page.getByRole('button', { name: 'Restart web' }).click()
    await dialog.waitFor()
    await page.keyboard.press('Escape')
    await dialog.waitFor({ state: 'hidden' })
    expect(await house.hero.service.status({ name: 'web' })).toMatchObject({ pid: first.pid })
    // Yes does, with the keyboard as well.
    await page.getByRole('button', { name: 'Restart web' }).focus()
    await page.keyboard.press('Enter')
    await dialog.getByRole('button', { name: 'Restart' }).press('Enter')
    await page.getByText('web is running.').waitFor()
    expect((await house.hero.service.status({ name: 'web' })).run).toBe(2)
    await page.getByRole('button', { name: 'Stop web' }).click()
    await dialog.getByRole('button', { name: 'Stop' }).click()
    await page.getByText('web is stopped.').waitFor()
    expect(await stateOf(house, 'web')).toBe('stopped')
    await page.getByRole('button', { name: 'Start web' }).click()
    await dialog.getByRole('button', { name: 'Start' }).click()
    await page.getByText('web is running.').waitFor()
    expect(await stateOf(house, 'web')).toBe('running')
  })

  test('tells the story of one: health, runs, operations, and its last lines as they come', async () => {
    const house = await openAdmin()
    await add(house, 'web', 'echo first words; exec sleep 600')
    await house.hero.service.restart({ name: 'web' })
    const page = await openPage(house)
    await page.visit('#/services')
    await page.getByRole('link', { name: 'web', exact: true }).click()
    const story = page.getByRole('complementary')
    await story.getByText('first words').first().waitFor()
    await story.getByRole('row', { name: /^process process well running/ }).waitFor()
    expect(await story.getByRole('row', { name: /still runs/ }).innerText()).toMatch(/^2\s/)
    await story.getByRole('row', { name: /restart done/ }).waitFor()
    const entries = [{ text: 'and more words' }]
    await house.hero.logs.insert({ source: 'web', entries, ack: 'commit' })
    await story.getByText('and more words').waitFor()
    await story.getByRole('link', { name: 'Log', exact: true }).click()
    await expect.poll(() => page.url()).toContain('#/logs?source=web')
  })

  test('says why a service does not start', async () => {
    const house = await openAdmin()
    const definition = { name: 'gone', command: ['/nowhere/at-all'], restart: 'never' as const }
    await house.hero.service.add({ definition, start: true }).catch(() => undefined)
    const page = await openPage(house)
    await page.visit('#/services?service=gone')
    const story = page.getByRole('complementary')
    await story.getByText("Run 1: Command not found: '/nowhere/at-all'.").waitFor()
    await story.getByRole('button', { name: 'Start gone' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Start' }).click()
    await page.getByText('Starting gone failed: ').waitFor()
    await page.visit('#/services?service=nobody')
    await page.getByRole('alert').filter({ hasText: 'nobody' }).waitFor()
  })
})
