// The plugin under a real supervisor with real processes, asked over its real socket.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openLogReader } from '@hero/logs'
import type { LogsStats, WireEntry } from '@hero/logs'
import { startHeroProc } from '@hero/proc'
import type { SupervisorEvent } from '@hero/proc'
import { createRpcClient } from '@hero/rpc'
import { expect, onTestFinished, test } from 'vitest'
import { openLogsPlugin } from '@hero/proc-logs'
import type { LogsPlugin } from '@hero/proc-logs'

interface House {
  readonly dir: string
  readonly plugin: LogsPlugin
  readonly call: <T>(method: string, params?: object) => Promise<T>
  readonly client: ReturnType<typeof createRpcClient>
  /** Resolves with the event of a service's end. */
  readonly exited: (service: string) => Promise<SupervisorEvent>
  readonly close: () => Promise<void>
}

async function startHouse(dir = mkdtempSync(join(tmpdir(), 'plogs-'))): Promise<House> {
  const plugin = await openLogsPlugin({ dir: join(dir, 'logs'), flushDelayMs: 5 })
  const socketPath = join(dir, 'rpc.sock')
  const server = await startHeroProc({ dataDir: dir, socketPath, plugins: [plugin] })
  const client = createRpcClient({ socketPath })
  const close = async (): Promise<void> => {
    client.close()
    await server.close()
  }
  onTestFinished(async () => {
    await close()
    rmSync(dir, { recursive: true, force: true })
  })
  return {
    dir,
    plugin,
    client,
    close,
    call: (method, params = {}) => client.call(method, params),
    exited: (service) =>
      new Promise((resolve) => {
        const stop = server.supervisor.subscribe((event) => {
          if (event.type !== 'exited' || event.service !== service) return
          stop()
          resolve(event)
        })
      }),
  }
}

function definition(name: string, script: string, more: object = {}): object {
  return {
    definition: { name, command: ['sh', '-c', script], restart: 'never', ...more },
    start: true,
  }
}

test.each(['pty', 'pipe'])(
  'a service captured through a %s is in the log, whole, when its end is announced',
  async (capture) => {
    const house = await startHouse()
    const exited = house.exited('job')
    const script = 'echo out; echo err >&2; seq 1 5000; printf "last words"; exit 3'
    await house.call('service.add', definition('job', script, { capture }))
    await exited
    // The barrier is the point: nothing is waited for here.
    const reader = openLogReader({ dir: join(house.dir, 'logs') })
    const { entries } = reader.query({ sources: ['job'], limit: 10_000 })
    reader.close()
    const out = entries.filter(({ stream }) => stream === 'stdout').map(({ text }) => text)
    const numbers = Array.from({ length: 5000 }, (_, i) => String(i + 1))
    expect(out).toEqual(['out', ...numbers, 'last words'])
    expect(entries.filter(({ stream }) => stream === 'stderr').map(({ text }) => text)).toEqual([
      'err',
    ])
    expect(entries.at(0)).toMatchObject({
      origin: 'system',
      run: 1,
      fields: { event: 'run.started' },
    })
    expect(entries.at(-1)).toMatchObject({
      origin: 'system',
      text: 'run 1 exited with code 3',
      fields: { event: 'run.exited', code: 3 },
    })
    expect(entries.map(({ n }) => n)).toEqual(entries.map((_, i) => i + 1))
    expect(entries.find(({ text }) => text === 'last words')).toMatchObject({ unterminated: true })
    const stats = await house.call<LogsStats>('log_batcher.stats')
    expect(stats.sources[`${capture}:job`]).toMatchObject({
      received: 5003,
      stored: 5003,
      dropped: 0,
    })
  },
)

test('a command that cannot start leaves its story in the log', async () => {
  const house = await startHouse()
  const exited = house.exited('ghost')
  const added = house.call('service.add', {
    definition: { name: 'ghost', command: ['no-such-command-anywhere'], restart: 'never' },
    start: true,
  })
  await expect(added).rejects.toThrow()
  await exited
  const { entries } = await house.call<{ entries: WireEntry[] }>('logs.tail', { source: 'ghost' })
  expect(entries.at(-1)!.text).toMatch(/^run 1 could not start: .*no-such-command-anywhere/)
})

test('runs, restarts of hero_proc and numbers go on from one to the next', async () => {
  const first = await startHouse()
  const ended = first.exited('job')
  await first.call('service.add', definition('job', 'echo one'))
  await ended
  await first.close()
  const second = await startHouse(first.dir)
  const endedAgain = second.exited('job')
  await second.call('service.start', { name: 'job' }).catch(() => {})
  await endedAgain
  const { entries } = await second.call<{ entries: WireEntry[] }>('logs.query', {
    sources: ['job'],
    streams: ['stdout'],
  })
  expect(entries.map(({ text, run }) => [text, run]).slice(0, 2)).toEqual([
    ['one', 1],
    ['one', 2],
  ])
  const all = await second.call<{ entries: WireEntry[] }>('logs.query', { sources: ['job'] })
  expect(all.entries.map(({ n }) => n)).toEqual(all.entries.map((_, i) => i + 1))
})

test('logs.insert names the bad entries and keeps the good ones', async () => {
  const house = await startHouse()
  const answer = await house.call('logs.insert', {
    source: 'app',
    ack: 'commit',
    entries: [
      { text: 'good', level: 'warning', ts: '2026-11-21T10:00:00.000001Z', fields: { a: 1 } },
      { msg: 'bad' },
      'worse',
      { text_b64: '/w==' },
      { text_b64: 'not base64!' },
    ],
  })
  expect(answer).toEqual({
    accepted: 2,
    dropped: 0,
    first_seq: 1,
    last_seq: 2,
    errors: [
      { index: 1, code: 'InvalidEntry', message: 'Unknown record key "msg"' },
      {
        index: 2,
        code: 'InvalidEntry',
        message: 'Expected an entry to be an object, got "worse"',
      },
      { index: 4, code: 'InvalidEntry', message: 'Expected text_b64 to be base64' },
    ],
  })
  const { entries } = await house.call<{ entries: WireEntry[] }>('logs_tail', { source: 'app' })
  expect(entries).toMatchObject([
    { text: 'good', level: 'warning', ts: '2026-11-21T10:00:00.000001Z', fields: { a: 1 } },
    { text_b64: '/w==' },
  ])
})

test.each([
  ['logs.query', { regex: '(' }, /Invalid regular expression/],
  ['logs.query', { levels: ['loud'] }, /Expected level to be one of .*, got loud/],
  ['logs.query', { since: 'noon' }, /Expected since in RFC 3339/],
  ['logs.query', { source: 'x' }, /source/],
  ['logs.insert', { source: 'a/b', entries: [{ text: 'x' }] }, /holds "\/" or "\*"/],
  ['log_batcher.configure', { source: 'a', overflow: 'explode' }, /Expected overflow to be one of/],
])('%s refuses %j as invalid params', async (method, params, message) => {
  const house = await startHouse()
  await expect(house.call(method, params)).rejects.toMatchObject({
    code: -32602,
    message: expect.stringMatching(message) as string,
  })
})

test('GET /events gives history, then live entries, and resumes strictly after the last id', async () => {
  const house = await startHouse()
  const insert = (text: string): Promise<unknown> =>
    house.call('logs.insert', { source: 'app', entries: [{ text }], ack: 'commit' })
  for (const text of ['1', '2', '3']) await insert(text)
  const seen: string[] = []
  const read = async (path: string, until: number, lastEventId?: string): Promise<string> => {
    let last = ''
    const options = lastEventId === undefined ? {} : { lastEventId }
    for await (const { id, event, data } of house.client.events(path, options)) {
      expect(event).toBe('entry')
      seen.push((JSON.parse(data) as WireEntry).text!)
      last = id!
      if (seen.length === 2) await insert('4')
      if (seen.length === until) break
    }
    return last
  }
  const last = await read('/events?sources=app&tail=2', 3)
  expect(seen).toEqual(['2', '3', '4'])
  await insert('5')
  await read('/events?sources=app&tail=2', 4, last)
  expect(seen).toEqual(['2', '3', '4', '5'])
})

test('GET /events refuses what it does not understand before it begins a stream', async () => {
  const house = await startHouse()
  const events = house.client.events('/events?tail=x')[Symbol.asyncIterator]()
  await expect(events.next()).rejects.toThrow('Expected tail to be an integer')
})

test('settings change while a source runs', async () => {
  const house = await startHouse()
  const settings = await house.call('log_batcher.configure', {
    source: 'app',
    rate_limit: { lines_per_second: 1 },
  })
  expect(settings).toEqual({
    overflow: 'hold',
    rate_limit: { lines_per_second: 1, burst: 1 },
    coalesce: false,
    redact: false,
  })
  const entries = Array.from({ length: 5 }, (_, i) => ({ text: String(i) }))
  expect(await house.call('logs.insert', { source: 'app', entries })).toMatchObject({
    accepted: 1,
    dropped: 4,
  })
  await house.close()
  const reader = openLogReader({ dir: join(house.dir, 'logs') })
  onTestFinished(() => reader.close())
  const told = reader.query({}).entries.filter(({ fields }) => fields?.['event'] !== 'audit')
  const texts = told.map(({ text }) => text)
  expect(texts).toEqual([
    '0',
    '4 lines were dropped; hero_proc stats says whose and why',
    '4 lines of app lost: rate_limited (n 2 to 5, 4 bytes)',
  ])
})
