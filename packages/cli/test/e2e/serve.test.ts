// `serve` and what talks to it, with real processes: services, accounts, history over restarts.
import {
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import type { LogBatcherStats, WireEntry } from '@hero/logs'
import type { ServiceStatus } from '@hero/proc'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { Place } from './command.js'

let place: Place

beforeEach(() => {
  place = new Place()
})

afterEach(() => place.close())

const TICKER = 'i=0; while :; do i=$((i+1)); echo tick $i; sleep 0.05; done'

/** The addresses on which a process listens for TCP, as the kernel writes them. */
function tcpListeners(pid: number): string[] {
  const folder = `/proc/${pid}/fd`
  const links = readdirSync(folder).map((fd) => {
    // A descriptor may be closed in between.
    try {
      return readlinkSync(join(folder, fd))
    } catch {
      return ''
    }
  })
  return ['tcp', 'tcp6']
    .flatMap((name) => readFileSync(`/proc/${pid}/net/${name}`, 'utf8').split('\n').slice(1))
    .map((line) => line.trim().split(/\s+/))
    .filter(
      ([, , , state, , , , , , inode]) => state === '0A' && links.includes(`socket:[${inode}]`),
    )
    .map(([, address = '']) => address.split(':')[0]!)
}

describe('serve', () => {
  test('starts, serves, stops with 0', async () => {
    const server = await place.serve()
    const status = JSON.parse(await place.print('status', '--json')) as Record<string, unknown>
    expect(status).toMatchObject({ ok: true, pid: server.child.pid, data_dir: place.dataDir })
    const { code, stdout, stderr } = await server.stop('SIGTERM')
    expect(code).toBe(0)
    expect(stdout.toString()).toBe('')
    expect(stderr).toMatch(/^hero_proc: Ready at .*\nhero_proc: Stopping\n$/)
    expect((await place.run(['status'])).code).toBe(4)
  })

  test('S3: listens on no TCP port unless asked to, then on that address alone', async () => {
    const quiet = await place.serve()
    expect(tcpListeners(quiet.child.pid!)).toEqual([])
    await quiet.stop()
    const server = place.start(['serve'], { env: { HERO_PROC_HTTP: '127.0.0.1:0' } })
    await server.until(({ stderr }) => stderr.includes('hero_proc: Ready at '))
    const loopback = '0100007F'
    expect(tcpListeners(server.child.pid!)).toEqual([loopback])
    const open = await place.run(['serve'], { env: { HERO_PROC_HTTP: '0.0.0.0:0' } })
    expect([open.code, open.stderr]).toEqual([2, expect.stringContaining('HERO_PROC_TOKEN')])
  })

  test('SIGTERM ends it while a service is not ready yet, and SIGHUP does not', async () => {
    mkdirSync(place.dataDir, { mode: 0o700 })
    writeFileSync(
      join(place.dataDir, 'hero_proc.toml'),
      '[service.web]\ncommand = ["sh", "-c", "echo up; exec sleep 600"]\n' +
        'ready = { type = "log", pattern = "never said", deadline_ms = 3600000 }\n',
    )
    const server = place.start(['serve'])
    await expect.poll(() => place.entries('web'), { timeout: 30_000 }).not.toEqual([])
    server.child.kill('SIGHUP')
    await server.until(({ stderr }) => stderr.includes('Not reloaded: it is starting'))
    const { code, stderr } = await server.stop()
    expect([code, stderr]).toEqual([
      0,
      'hero_proc: Not reloaded: it is starting\nhero_proc: Stopping\n',
    ])
  })

  test('a second one on the same data dir exits 4 and touches nothing', async () => {
    await place.serve()
    const before = listing(place.dataDir)
    const second = await place.run(['serve'])
    expect(second.code).toBe(4)
    expect(second.stderr).toMatch(/^hero_proc: Another hero_proc uses the data dir /)
    expect(listing(place.dataDir)).toEqual(before)
    await place.print('status')
  })

  test('one with another data dir leaves the socket of the first alone', async () => {
    await place.serve()
    const second = await place.run(['serve', '--data-dir', join(place.folder, 'other')])
    expect(second.code).toBe(4)
    await place.print('status')
  })

  test('is not asked for a data dir that it does not serve', async () => {
    await place.serve()
    const other = ['--data-dir', join(place.folder, 'other')]
    await place.run(['run', ...other, '--', 'echo', 'elsewhere'])
    const entries = await place.entries(...other, '--stream', 'stdout')
    expect(entries.map(({ text }) => text)).toEqual(['elsewhere'])
    const stop = await place.run(['stop', ...other])
    expect(stop.code).toBe(4)
    expect(stop.stderr).toContain(`serves ${place.dataDir}, not `)
    await place.print('status')
  })

  test('start and stop run it in the background', async () => {
    const started = await place.run(['start'])
    expect(started.stderr).toMatch(/^hero_proc: Started \(pid \d+\), listening at /)
    const again = await place.run(['start'])
    expect(again.code).toBe(4)
    expect(again.stderr).toMatch(/^hero_proc: hero_proc is already running \(pid \d+\)\n$/)
    const stopped = await place.run(['stop'])
    expect(stopped.stderr).toMatch(/^hero_proc: Stopped \(pid \d+\)\n$/)
    expect((await place.run(['stop'])).code).toBe(4)
  })

  test('stop waits for no zombie: its parent may never ask for it', async () => {
    const parent = place.start(['serve'], { wrapper: ['sh', '-c', '"$@" & exec sleep 600', 'sh'] })
    await parent.until(({ stderr }) => stderr.includes('hero_proc: Ready at '))
    const { code, stderr } = await place.run(['stop'])
    expect([code, stderr]).toEqual([0, expect.stringContaining('hero_proc: Stopped (pid ')])
  })

  test('start says why it did not', async () => {
    const running = place.start(['run', '--', 'sh', '-c', 'echo ready; exec sleep 60'])
    await running.until(({ stdout }) => stdout.includes('ready'))
    const started = await place.run(['start'])
    expect(started.code).toBe(4)
    expect(started.stderr).toMatch(/did not start \(exit code 4\): Another hero_proc uses/)
  })
})

describe('service', () => {
  test('add, list, stop, start, restart, delete', async () => {
    await place.serve()
    const add = ['service', 'add', 'ticker', '--restart', 'always', '--env', 'A=b=c', '--']
    await place.print(...add, 'sh', '-c', `echo "A is $A"; ${TICKER}`)
    const [status] = await services()
    expect(status).toMatchObject({ name: 'ticker', state: 'running', run: 1 })
    expect(status?.definition).toMatchObject({ env: { A: 'b=c' }, cwd: place.folder })

    const follow = place.start([
      'logs',
      '-f',
      '-n',
      'all',
      '-o',
      'cat',
      '--stream',
      'stdout',
      'ticker',
    ])
    await follow.until(({ stdout }) => stdout.includes('tick 3\n'))
    expect((await follow.stop('SIGINT')).code).toBe(130)
    expect(follow.output.stdout.startsWith('A is b=c\ntick 1\ntick 2\ntick 3\n')).toBe(true)

    await place.print('service', 'stop', 'ticker')
    expect((await services())[0]).toMatchObject({ state: 'stopped', pid: null })
    await place.print('service', 'start', 'ticker')
    await place.print('service', 'restart', 'ticker')
    expect((await services())[0]).toMatchObject({ state: 'running', run: 3 })
    expect(await place.print('service', 'list')).toMatch(/^ticker +running +\d+ +3 /m)
    await place.print('service', 'delete', 'ticker')
    expect(await services()).toEqual([])
    expect((await place.entries('ticker', '-F', 'A is b')).map(({ run }) => run)).toEqual([1, 2, 3])
  })

  test('says what is wrong', async () => {
    await place.serve()
    const codeOf = async (...args: readonly string[]): Promise<number | null> =>
      (await place.run(['service', ...args])).code
    expect(await codeOf('start', 'nobody')).toBe(3)
    expect(await codeOf('status', 'nobody')).toBe(3)
    expect(await codeOf('add', 'a/b', '--', 'true')).toBe(2)
    expect(await codeOf('add', 'x', '--env', 'novalue', '--', 'true')).toBe(2)
    expect(await codeOf('add', 'x', '--', '/nonexistent')).toBe(1)
    expect(await codeOf('add', 'x', '--', 'true')).toBe(4)
  })

  test('without a hero_proc exits 4', async () => {
    expect((await place.run(['service', 'list'])).code).toBe(4)
  })

  async function services(): Promise<ServiceStatus[]> {
    const text = await place.print('service', 'list', '--json')
    return text
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as ServiceStatus)
  }
})

describe('stats', () => {
  test('add up for every source and in total', async () => {
    await place.serve()
    await place.print('service', 'add', 'seq', '--restart', 'never', '--', 'seq', '1', '5000')
    const follow = place.start(['logs', '-f', '-n', 'all', 'seq'])
    await follow.until(({ stdout }) => stdout.includes('exited with code 0'))
    await place.print('logs', 'sync')
    const stats = JSON.parse(await place.print('stats', '--json')) as LogBatcherStats
    const { totals, sources } = stats
    for (const one of Object.values(sources)) {
      expect(one.received).toBe(one.sent + one.dropped)
      expect(one.sent).toBe(one.stored + one.queued)
    }
    expect(sources['pty:seq']).toMatchObject({ received: 5000, stored: 5000, dropped: 0 })
    const sum = Object.values(sources).reduce((total, { received }) => total + received, 0)
    expect(totals.received_total).toBe(sum)
    expect(await place.print('stats')).toMatch(/^pty:seq +5,000 +5,000 +0 +5,000 +0 /m)
  })
})

describe('history', () => {
  test('goes on after an orderly restart', async () => {
    const first = await place.serve()
    await insert('before')
    await first.stop()
    await place.serve()
    await insert('after')
    expectContinuous(await place.entries('lines'), ['before', 'after'])
  })

  test('goes on after kill -9, with nothing lost that was committed and nothing twice', async () => {
    const first = await place.serve()
    await place.print('service', 'add', 'ticker', '--', 'sh', '-c', TICKER)
    for (let i = 0; i < 5; i++) await insert(`before ${i}`)
    const shown = await place.entries()
    await first.stop('SIGKILL')
    await place.serve()
    await insert('after')
    const entries = await place.entries()
    const bySeq = new Map(entries.map((entry) => [entry.seq, entry]))
    expect(bySeq.size).toBe(entries.length)
    for (const entry of shown) expect(bySeq.get(entry.seq)).toEqual(entry)
    const texts = [...Array.from({ length: 5 }, (_, i) => `before ${i}`), 'after']
    expectContinuous(await place.entries('lines'), texts)
    const seqs = entries.map(({ seq }) => seq)
    expect(seqs).toEqual(seqs.toSorted((a, b) => a - b))
  })

  test('is followed over a restart, with nothing left out and nothing twice', async () => {
    const first = await place.serve()
    await insert('1')
    const follow = place.start(['logs', '-f', '-n', 'all', '-o', 'cat', 'lines'])
    await follow.until(({ stdout }) => stdout === '1\n')
    await insert('2')
    await follow.until(({ stdout }) => stdout === '1\n2\n')
    await first.stop()
    await follow.until(({ stderr }) => stderr.includes('Connection lost'))
    await place.serve()
    await insert('3')
    await follow.until(({ stdout }) => stdout.includes('3\n'))
    expect(await follow.stop('SIGINT')).toMatchObject({ code: 130 })
    expect(follow.output.stdout).toBe('1\n2\n3\n')
  })

  test('is read in pieces with a cursor file', async () => {
    await place.serve()
    const piece = ['logs', 'lines', '-o', 'cat', '--cursor-file', join(place.folder, 'cursor')]
    await insert('1')
    expect(await place.print(...piece)).toBe('1\n')
    await insert('2')
    await insert('3')
    expect(await place.print(...piece)).toBe('2\n3\n')
    expect(await place.print(...piece)).toBe('')
    const follow = place.start([...piece, '-f'])
    await insert('4')
    await follow.until(({ stdout }) => stdout === '4\n')
    await follow.stop('SIGINT')
    expect(await place.print(...piece)).toBe('')
  })

  async function insert(text: string): Promise<void> {
    await place.print('logs', 'insert', 'lines', text)
  }

  function expectContinuous(entries: readonly WireEntry[], texts: readonly string[]): void {
    expect(entries.map(({ text }) => text)).toEqual(texts)
    expect(entries.map(({ n }) => n)).toEqual(texts.map((_, i) => i + 1))
  }
})

// Which files there are, and what is in those that the first one does not write to meanwhile: it moves its
// WAL into the log database when nothing is to do.
function listing(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((item) => item.isFile() && !/-(?:wal|shm)$/.test(item.name))
    .map((item) => join(item.parentPath, item.name))
    .map((path) => {
      const { ino, mtimeMs, size } = statSync(path)
      return path.endsWith('.db') ? `${path} ${ino}` : `${path} ${ino} ${mtimeMs} ${size}`
    })
    .toSorted()
}
