// `serve` without rights in its data dir, with real processes: what it says, what it takes, what is there
// once the rights are. Modes of files hold for root as well here; see `isPlain`.
import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import type { HeroProcHealth } from '@hero/proc'
import { createRpcClient } from '@hero/rpc/client'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { Place } from './command.js'
import type { Running } from './command.js'

let place: Place
const mounts: string[] = []

beforeEach(() => {
  place = new Place()
  mkdirSync(place.dataDir, { mode: 0o700 })
})

afterEach(async () => {
  chmodSync(place.dataDir, 0o700)
  for (const dir of mounts.splice(0)) execFileSync('umount', ['--lazy', dir])
  await place.close()
})

const isDegraded = ({ stderr }: Running['output']): boolean =>
  stderr.includes('hero_proc: Degraded ')
const isReady = ({ stderr }: Running['output']): boolean => stderr.includes('hero_proc: Ready at ')

const whys = ({ stderr }: Running['output']): string[] =>
  stderr.split('\n').filter((line) => line.includes('Degraded at'))

async function degraded(env: Readonly<Record<string, string>> = {}): Promise<Running> {
  const server = place.start(['serve'], { isPlain: true, env })
  await server.until(isDegraded)
  return server
}

async function call<T>(method: string, params: object = {}): Promise<T> {
  const client = createRpcClient({ socketPath: join(place.folder, 'run/hero_proc/rpc.sock') })
  try {
    return await client.call<T>(method, params)
  } finally {
    client.close()
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

async function insert(...texts: readonly string[]): Promise<void> {
  const entries = texts.map((text) => ({ text }))
  await call('logs.insert', { source: 'web', entries, ack: 'queued' })
}

describe('serve without rights in the data dir', () => {
  test('is up and says why; exits 0, and says what is lost', async () => {
    chmodSync(place.dataDir, 0)
    const server = await degraded()
    const why = `Cannot write to the data dir ${place.dataDir}: ${place.dataDir}/hero_proc.lock cannot be opened: permission denied`
    const health = await call<HeroProcHealth>('rpc.health')
    expect(health).toMatchObject({ ok: false, pid: server.child.pid, data_dir: place.dataDir })
    expect(health.plugins['logs']!.detail).toMatch(`hero_proc is degraded: ${why}`)
    await insert('a', 'b')
    const refused = await place.run(['service', 'status', 'web'])
    expect([refused.code, refused.stderr]).toEqual([
      4,
      expect.stringMatching(`^hero_proc: hero_proc is degraded: ${why}\nhint: Mend `),
    ])
    const { code, stderr } = await server.stop()
    expect(code).toBe(0)
    // The line that says who has called is held as well.
    expect(stderr).toMatch(/\nhero_proc: 3 lines are lost: the data dir could not be used\n$/)
  })

  test('starts when it gets them: the same process, its services, every held line', async () => {
    const first = await place.serve()
    await place.print('service', 'add', 'ticker', '--', 'sh', '-c', 'echo up; exec sleep 600')
    await place.print('logs', 'insert', 'web', 'earlier')
    await first.stop()
    writeFileSync(join(place.dataDir, 'hero_proc.toml'), '[options]\nhttp = "127.0.0.1:0"\n')
    chmodSync(place.dataDir, 0)
    const server = await degraded()
    await insert('held 1', 'held 2')
    chmodSync(place.dataDir, 0o700)
    await server.until(({ stderr }) => stderr.includes('hero_proc: Also at http://127.0.0.1:'))
    const { ok, pid, services } = await call<HeroProcHealth>('rpc.health')
    expect([ok, pid, services]).toEqual([true, server.child.pid, { total: 1, running: 1 }])
    await place.print('logs', 'insert', 'web', 'later')
    const entries = await place.entries('web')
    expect(entries.map(({ n, text }) => [n, text])).toEqual([
      [1, 'earlier'],
      [2, 'held 1'],
      [3, 'held 2'],
      [4, 'later'],
    ])
    const own = await place.entries('hero_proc', '-F', 'was degraded')
    expect(own.map(({ fields }) => fields)).toEqual([
      { event: 'degraded', ms: expect.any(Number), lines: 3, dropped: 0 },
    ])
    // Reloading works as after any other start.
    server.child.kill('SIGHUP')
    await server.until(({ stderr }) => stderr.includes('Reloaded') || stderr.includes('unchanged'))
    expect((await server.stop()).code).toBe(0)
  })

  test.each(['services', 'logs', 'files'])(
    'waits for %s in it as well, and says so',
    async (folder) => {
      const first = await place.serve()
      const followed = join(place.folder, 'followed.log')
      writeFileSync(followed, 'one\n')
      await place.print('files', 'add', 'disk', followed)
      await expect
        .poll(() => place.entries('disk:followed.log'), { timeout: 30_000 })
        .toHaveLength(1)
      await first.stop()
      chmodSync(join(place.dataDir, folder), 0)
      chmodSync(place.dataDir, 0)
      const server = await degraded()
      await insert('held')
      chmodSync(place.dataDir, 0o700)
      await server.until((output) => whys(output).length > 1)
      chmodSync(join(place.dataDir, folder), 0o700)
      await server.until(isReady)
      // Once for each reason, however often it was tried.
      expect(whys(server.output)).toEqual([
        expect.stringContaining('hero_proc.lock'),
        expect.stringContaining(`/${folder}`),
      ])
      expect((await place.entries('web')).map(({ text }) => text)).toEqual(['held'])
      // What was followed is followed on from where it was.
      writeFileSync(followed, 'two\n', { flag: 'a' })
      await expect
        .poll(() => place.entries('disk:followed.log'), { timeout: 30_000 })
        .toHaveLength(2)
      expect((await server.stop()).code).toBe(0)
    },
  )

  test('waits for a configuration file that lies in it', async () => {
    const config = join(place.dataDir, 'own.toml')
    writeFileSync(config, '[service.web]\ncommand = ["sleep", "600"]\n')
    chmodSync(place.dataDir, 0)
    const server = await degraded({ HERO_PROC_CONFIG: config })
    chmodSync(place.dataDir, 0o700)
    await server.until(isReady)
    expect((await call<HeroProcHealth>('rpc.health')).services.running).toBe(1)
  })

  test('a wrong option ends it all the same', async () => {
    chmodSync(place.dataDir, 0)
    const env = { HERO_PROC_QUEUE_BYTES_MAX: '1000' }
    const { code, stderr } = await place.run(['serve'], { isPlain: true, env })
    expect([code, stderr]).toEqual([2, expect.stringContaining('Expected queueBytesMax')])
  })

  test('options of the environment hold while the configuration file cannot be read', async () => {
    const config = join(place.dataDir, 'own.toml')
    writeFileSync(config, '')
    chmodSync(place.dataDir, 0)
    const http = `127.0.0.1:${await freePort()}`
    await degraded({ HERO_PROC_CONFIG: config, HERO_PROC_HTTP: http })
    expect((await fetch(`http://${http}/health`)).status).toBe(503)
  })

  test('a reload ends nothing, and a second hero_proc is refused', async () => {
    chmodSync(place.dataDir, 0)
    const server = await degraded()
    server.child.kill('SIGHUP')
    await server.until(({ stderr }) => stderr.includes('Not reloaded'))
    const second = await place.run(['serve'], { isPlain: true })
    expect(second.code).toBe(4)
    expect((await call<HeroProcHealth>('rpc.health')).pid).toBe(server.child.pid)
  })

  test('what is no lack of rights ends it: another hero_proc has the data dir by then', async () => {
    chmodSync(place.dataDir, 0)
    const server = await degraded()
    const other = place.start(['serve', '--socket-dir', join(place.folder, 'other')])
    await other.until(isReady)
    await insert('held')
    chmodSync(place.dataDir, 0o700)
    const { code, stderr } = await server.ended
    expect(code).toBe(4)
    expect(stderr).toContain('Another hero_proc uses the data dir')
    expect(stderr).toMatch(/\d lines are lost/)
  })

  test('start and run need the data dir: they exit 5', async () => {
    chmodSync(place.dataDir, 0)
    for (const verb of [['start'], ['run', '--', 'true']]) {
      expect((await place.run(verb, { isPlain: true })).code).toBe(5)
    }
  })
})

describe.runIf(process.getuid?.() === 0)('serve on a read-only file system', () => {
  function mount(dir: string): void {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64m,mode=700', 'tmpfs', dir])
    mounts.push(dir)
  }

  test.each([
    ['with the data dir', 'data', 'run', /^hero_proc: Degraded at .*: Cannot .*: read-only file/],
    ['with the sockets too', '', 'run/hero_proc', /^hero_proc: Degraded without a socket \(.*EROF/],
    ['without a socket dir', '', '', /^hero_proc: Degraded without a socket \(EROFS.*\): Cann/],
  ])('%s: starts when it is writable', async (_name, mounted, sockets, says) => {
    const disk = join(place.folder, 'disk')
    const env = { HERO_PROC_DATA_DIR: join(disk, 'data'), HERO_SOCKET_DIR: join(disk, 'run') }
    mkdirSync(join(disk, mounted), { recursive: true })
    mount(join(disk, mounted))
    mkdirSync(join(disk, sockets), { recursive: true })
    execFileSync('mount', ['-o', 'remount,ro', join(disk, mounted)])
    const server = await degraded(env)
    expect(server.output.stderr).toMatch(says)
    execFileSync('mount', ['-o', 'remount,rw', join(disk, mounted)])
    await server.until(isReady)
    expect((await server.stop()).code).toBe(0)
  })
})
