import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { parseServiceDefinition } from '../src/service-definition.js'
import { ServiceFiles } from '../src/service-files.js'
import { temporaryFolder } from './fixture.js'

const web = parseServiceDefinition({ name: 'web', command: ['true'], env: { A: 'b' } })

test('ServiceFiles keeps definitions: open, save, open, remove, open', async () => {
  const dataDir = temporaryFolder()
  const files = await ServiceFiles.open(dataDir)
  expect(await files.load()).toEqual({ definitions: [], skipped: [] })
  await files.save(web)
  await files.save({ ...web, name: 'a.b' })
  const again = await ServiceFiles.open(dataDir)
  expect((await again.load()).definitions).toEqual([{ ...web, name: 'a.b' }, web])
  await again.remove('web')
  await again.remove('web')
  expect((await (await ServiceFiles.open(dataDir)).load()).definitions).toHaveLength(1)
  expect(readdirSync(join(dataDir, 'services')).toSorted()).toEqual([
    '.owner',
    'a.b.json',
    'running',
  ])
})

test('ServiceFiles are private', async () => {
  const dataDir = temporaryFolder()
  const files = await ServiceFiles.open(dataDir)
  await files.save(web)
  expect(statSync(join(dataDir, 'services')).mode & 0o777).toBe(0o700)
  expect(statSync(join(dataDir, 'services/web.json')).mode & 0o777).toBe(0o600)
})

test('ServiceFiles.load() names bad files and goes on', async () => {
  const dataDir = temporaryFolder()
  const folder = join(dataDir, 'services')
  mkdirSync(folder)
  writeFileSync(join(folder, 'cut.json'), '{"name": "cut", "comm')
  writeFileSync(join(folder, 'other.json'), JSON.stringify(web))
  writeFileSync(join(folder, 'web.json'), JSON.stringify(web))
  writeFileSync(join(folder, 'typo.json'), '{"name": "typo", "command": ["x"], "restrat": "never"}')
  writeFileSync(join(folder, 'new.json'), '{"version": 2, "name": "new", "command": ["x"]}')
  writeFileSync(join(folder, '.web.json'), 'a write that was cut off')
  writeFileSync(join(folder, 'web.state.json'), '{"run": 3}')
  writeFileSync(join(folder, 'readme.txt'), 'not ours')
  mkdirSync(join(folder, 'folder.json'))
  const { definitions, skipped } = await (await ServiceFiles.open(dataDir)).load()
  expect(definitions).toEqual([web])
  expect(skipped.map(({ file, reason }) => `${file.replace(folder, '')}: ${reason}`))
    .toMatchInlineSnapshot(`
      [
        "/cut.json: Expected JSON, got 21 characters of other text",
        "/folder.json: EISDIR: illegal operation on a directory, read",
        "/new.json: Expected version 1 of the file, got 2",
        "/other.json: Expected name other, got web",
        "/typo.json: Unknown key "restrat" in definition, expected only name, command, cwd, env, user, umask, limits, capture, restart, backoff_min_ms, backoff_max_ms, give_up_after, stop_signal, stop_deadline_ms, when_orphaned, autostart, depends_on, ready, log",
      ]
    `)
})

test('ServiceFiles.nextRun() counts on across instances and removal', async () => {
  const dataDir = temporaryFolder()
  const files = await ServiceFiles.open(dataDir)
  expect([await files.nextRun('web'), await files.nextRun('web')]).toEqual([1, 2])
  expect(await files.nextRun('db')).toBe(1)
  await files.remove('web')
  const again = await ServiceFiles.open(dataDir)
  expect(await again.lastRun('web')).toBe(2)
  expect(await again.nextRun('web')).toBe(3)
})

test.each(['', '{', 'null', '{"run": -1}', '{"run": 1.5}', '{"run": "7"}'])(
  'ServiceFiles.nextRun() refuses to guess after %j',
  async (text) => {
    const dataDir = temporaryFolder()
    const files = await ServiceFiles.open(dataDir)
    writeFileSync(join(dataDir, 'services/web.state.json'), text)
    await expect(files.nextRun('web')).rejects.toMatchObject({ code: 'DamagedStore' })
    expect(readFileSync(join(dataDir, 'services/web.state.json'), 'utf8')).toBe(text)
  },
)

test('ServiceFiles.load() skips services that depend on each other', async () => {
  const dataDir = temporaryFolder()
  const files = await ServiceFiles.open(dataDir)
  const edges = { a: ['b'], b: ['c'], c: ['b'], d: ['d'], web: [] }
  for (const [name, depends_on] of Object.entries(edges)) {
    await files.save({ ...web, name, depends_on })
  }
  const { definitions, skipped } = await files.load()
  expect(definitions.map(({ name }) => name)).toEqual(['a', 'web'])
  const folder = join(dataDir, 'services')
  expect(skipped).toEqual([
    { file: join(folder, 'b.json'), reason: 'Services depend on each other: b -> c -> b' },
    { file: join(folder, 'c.json'), reason: 'Services depend on each other: b -> c -> b' },
    { file: join(folder, 'd.json'), reason: 'Services depend on each other: d -> d' },
  ])
})

test('ServiceFiles.nextRun() gives no number twice when its process is killed', async () => {
  const dataDir = temporaryFolder()
  const seen: number[] = []
  for (let round = 0; round < 5; round += 1) {
    const child = fork(new URL('fixtures/take-runs.mjs', import.meta.url), [dataDir])
    const enough = 3 + round * 7
    let count = 0
    child.on('message', (run: number) => {
      seen.push(run)
      count += 1
      if (count === enough) child.kill('SIGKILL')
    })
    await once(child, 'close')
  }
  expect(seen.length).toBeGreaterThanOrEqual(85)
  expect(new Set(seen).size).toBe(seen.length)
  expect(seen).toEqual(seen.toSorted((a, b) => a - b))
})
