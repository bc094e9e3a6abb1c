// Followed files through the plugin into a real store, over restarts and a kill.
import { fork } from 'node:child_process'
import { once } from 'node:events'
import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openLogs } from '@hero/logs'
import type { Logs } from '@hero/logs'
import { startHeroProc } from '@hero/proc'
import { openLogsPlugin } from '@hero/proc-logs'
import { expect, onTestFinished, test, vi } from 'vitest'
import { openHouse } from './house.js'

const FIXTURE = new URL('e2e/follow-files.mjs', import.meta.url)

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'files-'))
  onTestFinished(() => rmSync(path, { recursive: true, force: true }))
  return path
}

async function textsOf(logs: Logs, source: string): Promise<string[]> {
  const texts: string[] = []
  for (let after: string | undefined; ;) {
    const page = await logs.query({
      sources: [source],
      origins: ['file'],
      order: 'asc',
      limit: 10_000,
      ...(after === undefined ? {} : { after }),
    })
    texts.push(...page.entries.map(({ text = '' }) => text))
    if (page.next_cursor === null || page.entries.length === 0) return texts
    after = page.next_cursor
  }
}

test('what a service writes into its log file is in the log when its end is announced', async () => {
  const dir = folder()
  const path = join(dir, 'job.log')
  const plugin = await openLogsPlugin({ dir: join(dir, 'logs'), flushDelayMs: 5 })
  const socketPath = join(dir, 'rpc.sock')
  const house = await startHeroProc({ dataDir: dir, socketPath, plugins: [plugin] })
  const ended = new Promise<void>((resolve) => {
    house.supervisor.subscribe((event) => void (event.type === 'exited' && resolve()))
  })
  const command = ['sh', '-c', `seq 1 3000 > ${path}; exit 0`]
  await house.supervisor.add({ name: 'job', command, log: { files: [path] } })
  await house.supervisor.start('job')
  await ended
  const numbers = Array.from({ length: 3_000 }, (_, i) => String(i + 1))
  expect(await textsOf(plugin.logs, 'job:job.log')).toEqual(numbers)
  expect(plugin.logs.stats().sources['file:job:job.log']).toMatchObject({ dropped: 0 })
  await house.close()
  expect(readdirSync(join(dir, 'files'))).toEqual(['job%3Ajob.log.json'])
})

test('a log setting that is wrong is found when the definition is added', async () => {
  const dir = folder()
  const plugin = await openLogsPlugin({ dir: join(dir, 'logs') })
  const house = await startHeroProc({ dataDir: dir, socketPath: join(dir, 's'), plugins: [plugin] })
  onTestFinished(() => house.close())
  const add = (log: Record<string, unknown>): Promise<unknown> =>
    house.supervisor.add({ name: 'job', command: ['true'], log })
  await expect(add({ overflo: 'drop' })).rejects.toThrow('Unknown key "overflo" in definition.log')
  await expect(add({ rate_limit: { lines_per_second: 0 } })).rejects.toThrow(
    'Expected definition.log.rate_limit.lines_per_second to be an integer of 1 to 10000000, got 0',
  )
  await expect(add({ files: ['relative.log'] })).rejects.toThrow('an absolute path')
  await expect(add({ retention: { age_ms: 5 } })).rejects.toThrow('definition.log.retention.age_ms')
})

test('a setting that a new definition no longer has goes back to its default', async () => {
  const dir = folder()
  const plugin = await openLogsPlugin({ dir: join(dir, 'logs') })
  const house = await startHeroProc({ dataDir: dir, socketPath: join(dir, 's'), plugins: [plugin] })
  onTestFinished(() => house.close())
  const { supervisor } = house
  const log = { overflow: 'drop', coalesce: true, rate_limit: { lines_per_second: 5 } }
  await supervisor.add({ name: 'job', command: ['sleep', '100'], log })
  await supervisor.start('job')
  expect(plugin.logs.configure('job', {})).toMatchObject({ overflow: 'drop', coalesce: true })
  await supervisor.delete('job')
  await supervisor.add({ name: 'job', command: ['sleep', '100'] })
  await supervisor.start('job')
  expect(plugin.logs.configure('job', {})).toEqual({
    overflow: 'hold',
    coalesce: false,
    redact: false,
    rate_limit: null,
  })
})

test('what is to be kept of a log is handed over to the store', async () => {
  const dir = folder()
  const plugin = await openLogsPlugin({ dir: join(dir, 'logs') })
  const house = await startHeroProc({ dataDir: dir, socketPath: join(dir, 's'), plugins: [plugin] })
  onTestFinished(() => house.close())
  const start = async (log: object): Promise<unknown> => {
    await house.supervisor.add({ name: 'job', command: ['sleep', '9'], ...log })
    await house.supervisor.start('job')
    const { sources } = await plugin.logs.retention()
    await house.supervisor.delete('job')
    return sources['job']
  }
  const limits = { lines: 1_000, age_ms: 60_000 }
  expect(await start({ log: { retention: limits } })).toMatchObject({ lines: 1_000, ageMs: 60_000 })
  expect(await start({})).toBeUndefined()
})

test('killed at any moment, it reads nothing twice and misses nothing', async () => {
  const dir = folder()
  const path = join(dir, 'app.log')
  writeFileSync(path, '')
  let written = 0
  const write = (count: number): void => {
    const lines = Array.from({ length: count }, () => `line ${written++}\n`)
    appendFileSync(path, lines.join(''))
  }
  for (let round = 0; round < 4; round++) {
    write(2_000)
    const child = fork(FIXTURE, [dir, path])
    // It tells of each commit: the kill comes at another one each time.
    for (let commits = 0; commits <= round % 4; commits++) {
      await once(child, 'message')
      write(700)
    }
    child.kill('SIGKILL')
    await once(child, 'exit')
  }
  const child = fork(FIXTURE, [dir, path, 'to the end'])
  const [code] = (await once(child, 'exit')) as [number]
  expect(code).toBe(0)
  const logs = await openLogs({ dir: join(dir, 'logs') })
  onTestFinished(() => logs.close())
  const texts = await textsOf(logs, 'app:app.log')
  expect(texts).toEqual(Array.from({ length: written }, (_, i) => `line ${i}`))
})

/** Files of the name `web` in a folder, followed by a hero_proc that can be started again. */
async function openWeb() {
  const dir = folder()
  const logDir = join(dir, 'web')
  mkdirSync(logDir)
  const path = (name: string): string => join(logDir, name)
  const open = () => openHouse(dir)
  let house = await open()
  await house.call('files.add', { name: 'web', paths: [path('*.log')] })
  return {
    path,
    write: (name: string, line: string) => appendFileSync(path(name), `${line}\n`),
    close: () => house.close(),
    open: async () => void (house = await open()),
    texts: (file: string) => textsOf(house.plugin.logs, `web:${file}`),
    sources: () =>
      Object.keys(house.plugin.logs.stats().sources).filter((key) => key.startsWith('file:')),
    notes: () => readdirSync(join(dir, 'files')).filter((name) => name !== '.list'),
  }
}

test('rotation that keeps the extension: every line once, under the name where it began', async () => {
  const web = await openWeb()
  /** Every file that is there has been looked at when a later one is in the log. */
  const looked = async (name: string): Promise<void> => {
    web.write(name, 'looked')
    await expect.poll(() => web.texts(name)).toEqual(['looked'])
  }
  const sources = ['file:web:app.log', 'file:web:z1.log']
  web.write('app.log', 'one')
  await expect.poll(() => web.texts('app.log')).toEqual(['one'])
  renameSync(web.path('app.log'), web.path('app-2026-01-01.log'))
  web.write('app-2026-01-01.log', 'late')
  web.write('app.log', 'two')
  await expect.poll(() => web.texts('app.log')).toEqual(['one', 'late', 'two'])
  await looked('z1.log')
  expect(web.sources()).toEqual(sources)
  // Nor after a restart: while nobody looked they were renamed once more, and there is a newer one.
  await web.close()
  web.write('app.log', 'three')
  renameSync(web.path('app-2026-01-01.log'), web.path('app-2.log'))
  renameSync(web.path('app.log'), web.path('app-1.log'))
  await web.open()
  await expect.poll(() => web.texts('app.log')).toEqual(['one', 'late', 'two', 'three'])
  web.write('app.log', 'four')
  await expect.poll(() => web.texts('app.log')).toEqual(['one', 'late', 'two', 'three', 'four'])
  await looked('z2.log')
  expect(web.sources()).toEqual([...sources, 'file:web:z2.log'])
})

test('a file that was removed is forgotten, and begins anew when it is back', async () => {
  const web = await openWeb()
  web.write('app.log', 'one')
  await expect.poll(() => web.texts('app.log')).toEqual(['one'])
  rmSync(web.path('app.log'))
  const now = performance.now.bind(performance)
  const later = vi.spyOn(performance, 'now').mockImplementation(() => now() + 60_000)
  onTestFinished(() => later.mockRestore())
  await expect.poll(() => web.notes()).toEqual([])
  web.write('app.log', 'two')
  await expect.poll(() => web.texts('app.log')).toEqual(['one', 'two'])
  await web.close()
  await web.open()
  web.write('app.log', 'three')
  await expect.poll(() => web.texts('app.log')).toEqual(['one', 'two', 'three'])
})

test('a file whose note cannot be read is not read from its beginning, but said', async () => {
  const dir = folder()
  const path = join(dir, 'app.log')
  const note = join(dir, 'files', 'app%3Aapp.log.json')
  mkdirSync(note, { recursive: true })
  writeFileSync(path, 'one\n')
  const house = await openHouse(dir)
  await house.call('files.add', { name: 'app', paths: [path] })
  const own = async (): Promise<(string | undefined)[]> => {
    const { entries } = await house.plugin.logs.query({ sources: ['hero_proc'], order: 'asc' })
    return entries.map(({ text }) => text).filter((text) => text?.includes('not followed'))
  }
  await expect.poll(own).toEqual([`${path} is not followed: Cannot read ${note}: ${EISDIR}`])
  expect(house.plugin.logs.stats().sources).not.toHaveProperty('file:app:app.log')
})

const EISDIR = 'EISDIR: illegal operation on a directory, read'
