// The verbs around `logs`: export, clear, vacuum, verify, disk-usage, config, completion and doctor, as
// processes, with and without a hero_proc.
import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { WireEntry } from '@hero/logs'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Place } from './command.js'

const place = new Place()

beforeAll(async () => {
  for (const name of ['web', 'db']) {
    await place.run(['run', '--quiet', '--name', name, '--', 'sh', '-c', 'seq 1 50; echo boom >&2'])
  }
})

afterAll(() => place.close())

test('logs export writes NDJSON and text, of what the filters choose', async () => {
  const file = join(place.folder, 'out.ndjson')
  await place.print('logs', 'export', file, 'web', '--stream', 'stdout')
  const entries = readFileSync(file, 'utf8').trimEnd().split('\n')
  expect(entries.map((line) => (JSON.parse(line) as WireEntry).text)).toEqual(
    Array.from({ length: 50 }, (_, i) => String(i + 1)),
  )
  const text = await place.print('logs', 'export', '-', 'db', '--format', 'text', '-g', 'boom')
  expect(text).toMatch(/^\d{4}-\d\d-\d\dT[^ ]+ db\[1\]: run 1 started.*\n[^ ]+ db\[1\]: boom\n$/)
})

test('logs export --format sqlite writes one plain table', async () => {
  const file = join(place.folder, 'out.db')
  await place.print('logs', 'export', file, '--format', 'sqlite')
  expect(readdirSync(place.folder).filter((name) => name.startsWith('out.db'))).toEqual(['out.db'])
  const header = readFileSync(file).subarray(0, 15).toString()
  expect(header).toBe('SQLite format 3')
})

test('logs export leaves nothing behind when it fails', async () => {
  const { code } = await place.run(['logs', 'export', join(place.folder, 'none', 'x')])
  expect(code).toBe(3)
  const cursor = await place.run(['logs', 'export', join(place.folder, 'y'), '--after-cursor', 'z'])
  expect(cursor.code).toBe(1)
  expect(readdirSync(place.folder).filter((name) => name.startsWith('y'))).toEqual([])
})

test('-C shows lines around matches, with a line between stretches', async () => {
  const text = await place.print('logs', 'web', '-g', '^(10|20)$', '-C', '1', '-o', 'cat')
  expect(text).toBe('9\n10\n11\n--\n19\n20\n21\n')
})

test('--cursor-file is saved on Ctrl-C, and the next call goes on from there', async () => {
  const server = await place.serve()
  const file = join(place.folder, 'cursor')
  const flags = ['logs', 'web', '--stream', 'stdout', '-o', 'cat', '--cursor-file', file]
  const following = place.start([...flags, '-f', '-n', '2'])
  await following.until(({ stdout }) => stdout === '49\n50\n')
  const { code } = await following.stop('SIGINT')
  expect(code).toBe(130)
  expect(await place.print(...flags)).toBe('')
  await server.stop()
})

test('--cursor-file is not saved when newest first was cut short', async () => {
  await place.run(['run', '--quiet', '--name', 'long', '--', 'seq', '1', '200000'])
  const file = join(place.folder, 'left')
  const { child, ended } = place.start(['logs', 'long', '-r', '-o', 'cat', '--cursor-file', file])
  child.stdout?.once('data', () => child.stdout?.destroy())
  expect((await ended).code).toBe(0)
  expect(existsSync(file)).toBe(false)
})

test('a saved cursor whose lines are gone says how many, and goes on with what is left', async () => {
  const print = async (text: string): Promise<void> => {
    await place.run(['run', '--quiet', '--name', 'late', '--', 'echo', text])
  }
  const file = join(place.folder, 'late')
  const flags = ['logs', 'late', '--stream', 'stdout', '-o', 'cat', '--cursor-file', file]
  await print('shown')
  expect(await place.print(...flags)).toBe('shown\n')
  await print('removed')
  await place.print('logs', 'clear', 'late')
  await print('left')
  const { code, stdout, stderr } = await place.run(flags)
  expect({ code, stdout: stdout.toString() }).toEqual({ code: 0, stdout: 'left\n' })
  // The end of the first run, then the line between the marks of the second.
  expect(stderr).toContain('4 lines were removed before they could be shown')
  expect((await place.run(flags)).stderr).not.toContain('removed')
})

test('doctor, config and completion answer', async () => {
  expect(await place.print('doctor')).toMatch(/^ok {4}data dir {3}/m)
  const config = await place.print('config', 'show', '--origin')
  expect(config).toMatch(/^data_dir .* environment +HERO_PROC_DATA_DIR$/m)
  const script = await place.print('completion', 'bash')
  const words = ['hero_proc', 'logs', 'export', '--form'].map((word) => `'${word}'`).join(' ')
  const asked = `${script}\nCOMP_WORDS=(${words}); COMP_CWORD=3; _hero_proc; echo "\${COMPREPLY[*]}"`
  expect(execFileSync('bash', ['-c', asked]).toString()).toBe('--format\n')
  expect(await place.print('completion', 'fish')).toContain("__hero_proc_at 'logs export'")
})

test('flags that a verb below logs does not have are refused, not ignored', async () => {
  const before = await place.entries('web')
  const cleared = await place.run(['logs', 'clear', 'web', '--until', 'yesterday'])
  expect(cleared).toMatchObject({ code: 2, stderr: expect.stringContaining("'--until'") })
  expect(await place.entries('web')).toEqual(before)
  const file = join(place.folder, 'newest')
  expect((await place.run(['logs', 'export', file, '-n', '1'])).code).toBe(2)
  expect((await place.run(['logs', '-f', 'sources'])).code).toBe(2)
})

test('logs clear hides a source, stopped and running', async () => {
  await place.print('logs', 'clear', 'web')
  expect(await place.entries('web')).toEqual([])
  const server = await place.serve()
  await place.print('logs', 'clear', 'db')
  expect(await place.entries('db')).toEqual([])
  await server.stop()
})

test('logs vacuum needs a limit, and verify finds what was changed', async () => {
  expect((await place.run(['logs', 'vacuum'])).code).toBe(2)
  expect((await place.run(['logs', 'vacuum', '--size', '1G'])).code).toBe(0)
  expect((await place.run(['logs', 'verify'])).code).toBe(0)
  await place.run(['run', '--quiet', '--name', 'new', '--', 'seq', '1', '5000'])
  const dir = join(place.dataDir, 'logs')
  const [largest] = readdirSync(dir)
    .filter((name) => /^p-\d+\.db$/.test(name))
    .map((name) => ({ path: join(dir, name), bytes: readFileSync(join(dir, name)) }))
    .toSorted((a, b) => b.bytes.length - a.bytes.length)
  largest!.bytes[largest!.bytes.length - 100]! ^= 0xff
  writeFileSync(largest!.path, largest!.bytes)
  const { code, stdout } = await place.run(['logs', 'verify'])
  expect(code).toBe(6)
  expect(stdout.toString()).toMatch(/^p-\d+\.db/)
})
