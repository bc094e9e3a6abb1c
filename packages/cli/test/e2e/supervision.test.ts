// What an operator does with services: a file of them, reload, attach, health, and a kill of hero_proc.
import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { ReloadChanges, ServiceInspection, ServiceStatus } from '@hero/proc'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { Place } from './command.js'
import type { Running } from './command.js'

let place: Place

beforeEach(() => {
  place = new Place()
})

afterEach(() => place.close())

async function statusOf(name: string): Promise<ServiceStatus> {
  return JSON.parse(await place.print('service', 'status', name, '--json')) as ServiceStatus
}

async function serveWith(config: string): Promise<Running> {
  const server = place.start(['serve', '--config', config])
  await server.until(({ stderr }) => stderr.includes('hero_proc: Ready at '))
  return server
}

test('serve --config runs what the file says; reload and SIGHUP say what changed', async () => {
  const config = join(place.folder, 'hero_proc.toml')
  const db = '[service.db]\ncommand = ["sleep", "1000"]\n'
  const web = '[service.web]\ncommand = ["sleep", "1000"]\ndepends_on = ["db"]\n'
  writeFileSync(config, db + web)
  const server = await serveWith(config)
  expect(await statusOf('web')).toMatchObject({ state: 'running', run: 1 })
  writeFileSync(config, `${db}${web}umask = "027"\n[service.new]\ncommand = ["sleep", "1000"]\n`)
  const changes = JSON.parse(await place.print('reload', '--json')) as ReloadChanges
  expect(changes).toEqual({
    added: ['new'],
    removed: [],
    changed: [{ name: 'web', keys: ['umask'] }],
    unchanged: ['db'],
    options: [],
  })
  writeFileSync(config, db)
  server.child.kill('SIGHUP')
  await server.until(({ stderr }) =>
    stderr.includes('removed    web\nremoved    new\nunchanged  1'),
  )
  writeFileSync(config, '[service.db]\ncomand = []')
  const refused = await place.run(['reload'])
  expect(refused.code).toBe(2)
  expect(refused.stderr).toContain(`${config}: Unknown key "comand" in service.db`)
  expect((await statusOf('db')).state).toBe('running')
})

test('the file of the data dir has services and options; start and reload read it', async () => {
  const config = join(place.dataDir, 'hero_proc.toml')
  await place.print('start')
  expect((await place.run(['reload'])).stderr).toContain(`Cannot read ${config}: ENOENT`)
  writeFileSync(
    config,
    '[options]\nsysmon_interval = 3\n[service.a]\ncommand = ["sleep", "1000"]\n',
  )
  expect(await place.print('reload')).toBe(
    'added      a\nunchanged  0\noption     sysmon_interval: holds from the next start of hero_proc\n',
  )
  const shown = await place.print('config', 'show', '--origin')
  expect(shown).toMatch(/^sysmon_interval +3 +file +HERO_PROC_SYSMON_INTERVAL$/m)
  await place.print('stop')
  writeFileSync(config, '[options]\nsysmon = 3\n')
  const refused = await place.run(['start'])
  expect(refused.code).toBe(2)
  expect(refused.stderr).toContain(`${config}: Unknown key "sysmon" in options`)
  const other = join(place.folder, 'other.toml')
  writeFileSync(other, '[service.b]\ncommand = ["sleep", "1000"]\n')
  await place.print('start', '--config', other)
  expect((await statusOf('b')).state).toBe('running')
  writeFileSync(other, '[options]\nnothing = 1\n')
  expect((await place.run(['reload'])).stderr).toContain(
    `${other}: Unknown key "nothing" in options, expected only queue_bytes_max`,
  )
  expect((await statusOf('b')).state).toBe('running')
  await place.print('stop')
})

test('serve refuses a file with a mistake before it starts anything', async () => {
  const config = join(place.folder, 'hero_proc.toml')
  writeFileSync(config, '[service.a]\ncommand = ["true"]\ndepends_on = ["a"]\n')
  const { code, stderr } = await place.run(['serve', '--config', config])
  expect(code).not.toBe(0)
  expect(stderr).toContain('Services depend on each other: a -> a')
})

test('attach talks to a service and leaves its words in the log', async () => {
  await place.serve()
  const add = [
    'service',
    'add',
    'shell',
    '--capture',
    'tee',
    '--restart',
    'never',
    '--',
    'sh',
    '-i',
  ]
  await place.print(...add)
  const typed = 'echo "sum $((40+2))"\nexit 3\n'
  const { code, stdout, stderr } = await place.run(['attach', 'shell'], { input: typed })
  expect(code).toBe(0)
  expect(stdout.toString()).toContain('sum 42\r\n')
  expect(stderr).toBe('hero_proc: shell is failed\n')
  const entries = await place.entries('shell', '--origin', 'tee', '-F', 'sum 42')
  expect(entries.at(-1)).toMatchObject({ run: 1, stream: 'stdout' })
  expect((await place.run(['attach', 'nobody'])).code).toBe(3)
})

test('health exits by what it finds; inspect and troubleshoot tell the story', async () => {
  await place.serve()
  const add = ['service', 'add', 'job', '--restart', 'never', '--give-up-after', '2', '--no-start']
  await place.print(...add, '--', 'sh', '-c', 'echo working; exit 4')
  const sick = await place.run(['service', 'health', 'job'])
  expect(sick.code).toBe(1)
  expect(sick.stdout.toString()).toMatch(/^process +process +no +stopped/m)
  await place.print('service', 'start', 'job')
  await place.print('service', 'stop', 'job')
  const found = JSON.parse(await place.print('service', 'inspect', 'job', '--json')) as object
  expect(found as ServiceInspection).toMatchObject({
    operations: [
      { kind: 'start', state: 'done' },
      { kind: 'stop', state: 'done' },
    ],
    runs: [{ run: 1, is_restart: false }],
  })
  const told = await place.print('service', 'troubleshoot', 'job')
  for (const part of ['Last operations', 'Last runs', 'Health', 'working']) {
    expect(told).toContain(part)
  }
})

/** Pids of processes whose command line holds the text. */
function processesWith(text: string): string[] {
  return readdirSync('/proc').filter((name) => {
    if (!/^\d+$/.test(name)) return false
    try {
      return readFileSync(`/proc/${name}/cmdline`, 'latin1').includes(text)
    } catch {
      return false
    }
  })
}

test('files of nobody are followed, also after a restart', async () => {
  const path = join(place.folder, 'machine.log')
  writeFileSync(path, 'one\n')
  const first = await place.serve()
  await place.print('files', 'add', 'machine', path)
  const seen = place.start(['logs', '-f', '-n', 'all', '-o', 'cat', 'machine:machine.log'])
  await seen.until(({ stdout }) => stdout === 'one\n')
  await first.stop()
  writeFileSync(path, 'one\ntwo\n', { flag: 'r+' })
  await place.serve()
  const again = place.start(['logs', '-f', '-n', 'all', '-o', 'cat', 'machine:machine.log'])
  await again.until(({ stdout }) => stdout === 'one\ntwo\n')
  expect(await place.print('files', 'list')).toContain(`machine  ${path}`)
  await place.print('files', 'remove', 'machine')
  expect((await place.run(['files', 'remove', 'machine'])).code).toBe(3)
})

test('after kill -9 of hero_proc nothing is left when the next one is ready', async () => {
  const mark = `77${process.pid}`
  const first = await place.serve()
  const escaping = `setsid sleep ${mark}1 >/dev/null 2>&1 & trap '' TERM; sleep ${mark}2 & wait; wait`
  for (const name of ['one', 'two']) {
    const stop = ['--stop-deadline', '200']
    await place.print('service', 'add', name, ...stop, '--', 'sh', '-c', `echo up; ${escaping}`)
  }
  // The default: a service is told by the kernel at once.
  await place.print('service', 'add', 'plain', '--', 'sleep', `${mark}3`)
  const plain = (await statusOf('plain')).pid
  const before = processesWith(mark)
  await first.stop('SIGKILL')
  await place.serve()
  expect(before.length).toBeGreaterThanOrEqual(5)
  expect(processesWith(mark).filter((pid) => before.includes(pid))).toEqual([])
  expect(await statusOf('plain')).toMatchObject({ state: 'running', run: 2 })
  expect((await statusOf('plain')).pid).not.toBe(plain)
  const texts = (await place.entries('one')).map(({ text }) => text)
  expect(texts).toContain('run 1 was cut off: hero_proc was killed')
  expect(texts.some((text) => text?.startsWith('ended processes that had been left'))).toBe(true)
  await place.print('stop')
  expect(processesWith(mark)).toEqual([])
})

test('a hero_proc that can open no file goes on: a service ends, its last line is kept', async () => {
  const config = join(place.folder, 'hero_proc.toml')
  const script = 'echo up; while [ ! -e stop ]; do sleep 0.05; done; echo last words'
  writeFileSync(config, `[service.a]\nrestart = "never"\ncommand = ["sh", "-c", "${script}"]\n`)
  const server = place.start(['serve', '--config', config], {
    env: { HERO_PROC_SYSMON_INTERVAL: '1' },
  })
  await server.until(({ stderr }) => stderr.includes('hero_proc: Ready at '))
  const { pid } = server.child
  const { pid: service } = await statusOf('a')
  const limitFiles = (files: number): void =>
    void execFileSync('prlimit', ['--pid', String(pid), `--nofile=${files}:4096`])
  // Fewer than it has open.
  limitFiles(10)
  writeFileSync(join(place.folder, 'stop'), '')
  while (existsSync(`/proc/${service}`)) await sleep(50)
  // Until sysmon has looked as well.
  await sleep(1_500)
  limitFiles(4_096)
  expect(await statusOf('a')).toMatchObject({ state: 'stopped', run: 1 })
  const lines = await place.entries('a', '--stream', 'stdout')
  expect(lines.map(({ text }) => text)).toEqual(['up', 'last words'])
  expect((await server.stop()).code).toBe(0)
})
