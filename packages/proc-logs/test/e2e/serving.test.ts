// The HTTP and WebSocket surface as its users see it.
import { once } from 'node:events'
import { gunzipSync, gzipSync } from 'node:zlib'
import type { WireEntry } from '@hero/logs'
import { describe, expect, test } from 'vitest'
import { json, openHouse } from '../house.js'
import type { Answer, House } from '../house.js'

const texts = (from: number, to: number): string[] =>
  Array.from({ length: to - from + 1 }, (_, index) => String(from + index))

const textsOf = (answer: Answer): (string | undefined)[] =>
  json<{ entries: WireEntry[] }>(answer).entries.map(({ text }) => text)

describe('WS /stream/{id}', () => {
  test('begins with history, goes on live, and resumes strictly after a cursor', async () => {
    const house = await openHouse()
    await house.insert('app', texts(1, 5))
    const first = await house.open('/stream/app?tail=2')
    await first.until(() => first.texts.length === 2)
    await house.insert('app', texts(6, 8))
    await house.insert('other', ['not this'])
    await first.until(() => first.texts.length === 5)
    expect(first.heard[0]).toEqual({ type: 'begin', cursor: expect.any(String) as string })
    expect(first.texts).toEqual(texts(4, 8))
    const resumed = await house.open(
      `/stream/app?from_cursor=${String(first.heard[3]?.['cursor'])}`,
    )
    await resumed.until(() => resumed.texts.length === 2)
    const begun = await house.open(`/stream/app?from_cursor=${String(first.heard[0]?.['cursor'])}`)
    await begun.until(() => begun.texts.length === 5)
    expect([resumed.texts, begun.texts]).toEqual([texts(7, 8), texts(4, 8)])
  })

  test('without a beginning sends what is new only; since sends what is later', async () => {
    const house = await openHouse()
    await house.insert('app', ['old'])
    const live = await house.open('/stream/app')
    const since = await house.open('/stream/app?since=2000-01-01T00:00:00Z')
    await live.until((heard) => heard.length === 1)
    await house.insert('app', ['new'])
    await live.until(() => live.texts.length === 1)
    await since.until(() => since.texts.length === 2)
    expect([live.texts, since.texts]).toEqual([['new'], ['old', 'new']])
  })

  test('filters by level and text', async () => {
    const house = await openHouse()
    const errors = await house.open('/stream/app?level=warning')
    const some = await house.open('/stream/app?contains=cup')
    const entries = [
      { text: 'a cup', level: 'info' },
      { text: 'a plate', level: 'error' },
      { text: 'no cup', level: 'warning' },
    ]
    await house.call('logs.insert', { source: 'app', entries })
    await errors.until(() => errors.texts.length === 2)
    await some.until(() => some.texts.length === 2)
    expect([errors.texts, some.texts]).toEqual([
      ['a plate', 'no cup'],
      ['a cup', 'no cup'],
    ])
  })

  test.each([
    ['/stream/app?from_cursor=nonsense', 400, -32002],
    ['/stream/app?tail=x', 400, -32602],
    ['/stream/app?since=5&from_cursor=x', 400, -32602],
    ['/stream/app?color=red', 400, -32602],
    ['/stream/app?sources=other', 400, -32602],
    ['/stream/app?regex=(', 400, -32602],
    ['/stream/a%2Fb?tail=1', 200, 0],
    ['/stream/', 404, -32001],
  ])('answers %s before the handshake with %i', async (path, status, code) => {
    const house = await openHouse()
    const outcome = await house.open(path).then(
      () => [200, 0],
      (error: Error & { status: number }) => [
        error.status,
        (JSON.parse(error.message) as { error: { code: number } }).error.code,
      ],
    )
    expect(outcome).toEqual([status, code])
  })

  test('an entry is serialised once, however many watch it under however many filters', async () => {
    const house = await openHouse()
    const paths = ['/stream/app', '/stream/app?contains=a', '/stream/app?level=trace']
    const viewers = await Promise.all(
      Array.from({ length: 30 }, (_, index) => house.open(paths[index % 3] as string)),
    )
    const lines = Array.from({ length: 200 }, (_, index) => `info: a${index}`)
    await house.insert('app', lines)
    for (const viewer of viewers) {
      await viewer.until(() => viewer.texts.length === 200)
      expect(viewer.texts).toEqual(lines)
    }
    const figures = (await house.ask('/metrics')).body.toString()
    expect(figures).toMatch(/^hero_proc_entries_serialized_total 200$/m)
    expect(figures).toMatch(/^hero_proc_viewers 30$/m)
    expect(figures).toMatch(/^hero_proc_feeds 3$/m)
  })

  test('R12: a viewer that stops is told its lag and gets everything; others notice nothing', async () => {
    const house = await openHouse()
    const slow = await house.open('/stream/app')
    const quick = await house.open('/stream/app')
    await slow.until((heard) => heard.length === 1)
    slow.socket.pause()
    const lines = Array.from({ length: 300 }, (_, index) => `${index} ${'x'.repeat(8_000)}`)
    for (let at = 0; at < lines.length; at += 50) {
      await house.insert('app', lines.slice(at, at + 50))
    }
    await quick.until(() => quick.texts.length === 300)
    expect(slow.texts.length).toBeLessThan(300)
    slow.socket.resume()
    await slow.until(() => slow.texts.length === 300)
    expect(slow.texts).toEqual(lines)
    expect(slow.heard.some(({ type, lines: lag }) => type === 'lag' && Number(lag) > 0)).toBe(true)
    expect(quick.texts).toEqual(lines)
  })

  test('what is removed before a slow viewer has seen it is told as a gap', async () => {
    const house = await openHouse()
    const slow = await house.open('/stream/app')
    await slow.until((heard) => heard.length === 1)
    slow.socket.pause()
    const lines = Array.from({ length: 3_000 }, (_, index) => `${index} ${'x'.repeat(8_000)}`)
    for (let at = 0; at < lines.length; at += 100) {
      await house.insert('app', lines.slice(at, at + 100))
    }
    const { lines: cleared } = await house.call<{ lines: number }>('logs.clear', { source: 'app' })
    await house.insert('app', ['after'])
    slow.socket.resume()
    await slow.until(() => slow.texts.at(-1) === 'after')
    const gap = slow.heard.find((one) => one['gap'] !== undefined)?.['gap'] as { lines: number }
    const seen = slow.texts.filter((text) => /^\d+ x/.test(String(text)))
    expect([cleared, seen]).toEqual([3_000, lines.slice(0, seen.length)])
    expect(gap).toMatchObject({ reason: 'removed', lines: 3_000 - seen.length })
  })

  test('a loss is told as a gap', async () => {
    const house = await openHouse()
    await house.call('log_batcher.configure', {
      source: 'app',
      rate_limit: { lines_per_second: 1 },
    })
    const viewer = await house.open('/stream/app')
    await house.insert('app', texts(1, 5))
    await viewer.until((heard) => heard.some(({ gap }) => gap !== undefined))
    const gap = viewer.heard.find((one) => one['gap'] !== undefined)?.['gap']
    expect(gap).toMatchObject({ from_n: 2, to_n: 5, lines: 4, reason: 'rate_limited' })
  })

  test('ends with the server', async () => {
    const house = await openHouse()
    const viewer = await house.open('/stream/app')
    const closed = once(viewer.socket, 'close')
    await house.close()
    expect((await closed)[0]).toBe(1001)
  })
})

describe('WS /ingest/{id}', () => {
  test('takes lines, entries and bytes, and accounts for them at the end', async () => {
    const house = await openHouse()
    const producer = await house.open('/ingest/app')
    const { socket } = producer
    socket.send('one line')
    socket.send('two\nlines\n')
    socket.send('{"text":"an entry","level":"error","fields":{"a":1}}')
    socket.send('{"level":30,"msg":"a line of JSON"}')
    socket.send(Buffer.from('bytes \xff that go', 'latin1'))
    socket.send(Buffer.from(' on\nlast words'))
    socket.close(1000)
    await once(socket, 'close')
    expect(producer.heard.at(-1)).toEqual({
      accepted: 7,
      dropped: 0,
      last_seq: expect.any(Number) as number,
    })
    await house.call('logs.sync')
    const { entries } = await house.call<{ entries: WireEntry[] }>('logs.tail', { source: 'app' })
    expect(
      entries.map((one) => one.text ?? Buffer.from(one.text_b64!, 'base64').toString('latin1')),
    ).toEqual([
      'one line',
      'two',
      'lines',
      'an entry',
      '{"level":30,"msg":"a line of JSON"}',
      'bytes \xff that go on',
      'last words',
    ])
    expect(entries[3]).toMatchObject({ level: 'error', fields: { a: 1 }, origin: 'ws' })
    expect(entries.at(-1)).toMatchObject({ unterminated: true })
    expect(entries.at(-1)!.seq).toBe(producer.heard.at(-1)?.['last_seq'])
  })

  test('names a bad entry, counts what is dropped, and tells it while it goes on', async () => {
    const house = await openHouse()
    await house.call('log_batcher.configure', {
      source: 'app',
      rate_limit: { lines_per_second: 1 },
    })
    const producer = await house.open('/ingest/app')
    producer.socket.send('{"text":"x","color":"red"}')
    producer.socket.send('1\n2\n3\n')
    await producer.until((heard) => heard.some(({ dropped }) => dropped === 2))
    expect(producer.heard[0]).toEqual({
      type: 'error',
      code: 'InvalidEntry',
      message: 'Unknown record key "color"',
    })
    expect(producer.heard.at(-1)).toMatchObject({ accepted: 1, dropped: 2 })
  })

  test.each([
    ['/ingest/a%2Fb'],
    ['/ingest/%00'],
    ['/ingest/app?stream=stdin'],
    ['/ingest/app?color=red'],
  ])('S10: refuses %s before the handshake', async (path) => {
    const house = await openHouse()
    await expect(house.open(path)).rejects.toMatchObject({ status: 400 })
  })

  test('a line longer than the limit comes in parts', async () => {
    const house = await openHouse()
    const producer = await house.open('/ingest/app')
    producer.socket.send('ä'.repeat(100_000))
    producer.socket.close(1000)
    await once(producer.socket, 'close')
    await house.call('logs.sync')
    const { entries } = await house.call<{ entries: WireEntry[] }>('logs.tail', { source: 'app' })
    expect(entries.map(({ part }) => part)).toEqual(['first', 'middle', 'middle', 'last'])
    expect(entries.map(({ text }) => text).join('')).toBe('ä'.repeat(100_000))
  })
})

describe('GET /logs/{id}', () => {
  test('gives the newest page and leads backwards and forwards', async () => {
    const house = await openHouse()
    await house.insert('app', texts(1, 10))
    const newest = await house.ask('/logs/app?limit=4')
    expect(textsOf(newest)).toEqual(texts(7, 10))
    const { prev_cursor, next_cursor } = json<Record<string, string>>(newest)
    expect(next_cursor).toBeNull()
    const before = await house.ask(`/logs/app?limit=4&before=${prev_cursor}`)
    expect(textsOf(before)).toEqual(texts(3, 6))
    const forwards = json<Record<string, string>>(before)['next_cursor']
    expect(textsOf(await house.ask(`/logs/app?limit=4&after=${forwards}`))).toEqual(texts(7, 10))
    const last = json<Record<string, string>>(before)['prev_cursor']
    const oldest = await house.ask(`/logs/app?limit=4&before=${last}`)
    expect([textsOf(oldest), json<Record<string, string>>(oldest)['prev_cursor']]).toEqual([
      texts(1, 2),
      null,
    ])
    expect(textsOf(await house.ask('/logs/app?limit=3&order=asc'))).toEqual(texts(1, 3))
    expect(textsOf(await house.ask('/logs/app?limit=3&order=desc'))).toEqual(['10', '9', '8'])
  })

  test('gives several sources, filters, and three formats', async () => {
    const house = await openHouse()
    await house.insert('a', ['error: one', 'two'])
    await house.insert('b', ['three'])
    await house.insert('c', ['four'])
    expect(textsOf(await house.ask('/logs?source=a&source=b'))).toEqual([
      'error: one',
      'two',
      'three',
    ])
    expect(textsOf(await house.ask('/logs?source=a&level=error'))).toEqual(['error: one'])
    expect(textsOf(await house.ask('/logs?contains=o&source=a&source=c'))).toEqual([
      'error: one',
      'two',
      'four',
    ])
    const text = await house.ask('/logs/a?format=text')
    expect([text.headers['content-type'], text.body.toString()]).toEqual([
      'text/plain; charset=utf-8',
      'error: one\ntwo\n',
    ])
    const lines = await house.ask('/logs/a?format=ndjson&limit=1')
    expect(lines.headers['content-type']).toBe('application/x-ndjson; charset=utf-8')
    expect(JSON.parse(lines.body.toString())).toMatchObject({ text: 'two', source: 'a' })
    expect(lines.headers['hero-prev-cursor']).toBeDefined()
  })

  test.each([
    ['/logs/app?limit=0', 400],
    ['/logs/app?limit=x', 400],
    ['/logs/app?format=xml', 400],
    ['/logs/app?after=nonsense', 400],
    ['/logs/app?tail=3', 400],
    ['/logs/app?level=loud', 400],
    ['/logs/app?order=up', 400],
    ['/logs/app?color=red', 400],
    ['/logs/..%2f..%2fetc%2fpasswd', 200],
    ['/logs/%2e%2e/%2e%2e/etc/passwd', 404],
    ['/logs/%c0%ae', 404],
  ])('S10: answers %s with %i', async (path, status) => {
    const house = await openHouse()
    const answer = await house.ask(path)
    expect(answer.status).toBe(status)
    if (status === 200) expect(textsOf(answer)).toEqual([])
  })
})

describe('GET /logs/{id}/export', () => {
  test('gives everything, byte for byte, packed', async () => {
    const house = await openHouse()
    const lines = Array.from({ length: 5_000 }, (_, index) => `line ${index} ${'ä'.repeat(20)}`)
    const producer = await house.open('/ingest/app')
    const bytes = Buffer.concat([
      Buffer.from(`${lines.join('\n')}\n`),
      Buffer.from([0xff, 0x0a, 0x41]),
    ])
    for (let at = 0; at < bytes.length; at += 50_000)
      producer.socket.send(bytes.subarray(at, at + 50_000))
    producer.socket.close()
    await once(producer.socket, 'close')
    await house.call('logs.sync')
    const text = await house.ask('/logs/app/export?format=text')
    expect(text.headers).toMatchObject({
      'content-type': 'application/gzip',
      'content-disposition': "attachment; filename*=UTF-8''app.log.gz",
    })
    expect(gunzipSync(text.body).equals(bytes)).toBe(true)
    const ndjson = gunzipSync((await house.ask('/logs/app/export')).body)
      .toString()
      .trimEnd()
      .split('\n')
    expect(ndjson.map((line) => (JSON.parse(line) as WireEntry).n)).toEqual(
      Array.from({ length: 5_002 }, (_, index) => index + 1),
    )
  })

  test('of several sources gives what the filters choose of them', async () => {
    const house = await openHouse()
    for (const source of ['a', 'b', 'c']) {
      const entries = [{ text: `${source} good` }, { text: `${source} bad`, level: 'error' }]
      await house.call('logs.insert', { source, entries, ack: 'commit' })
    }
    const textOf = async (query: string): Promise<string> => {
      const { headers, body } = await house.ask(`/export?format=text&${query}`)
      expect(headers['content-disposition']).toBe("attachment; filename*=UTF-8''logs.log.gz")
      return gunzipSync(body).toString()
    }
    expect(await textOf('source=a&source=c')).toBe('a good\na bad\nc good\nc bad\n')
    expect(await textOf('levels=error')).toBe('a bad\nb bad\nc bad\n')
    expect(await textOf('source=b&contains=good')).toBe('b good\n')
  })

  test('answers what is wrong before it begins a file', async () => {
    const house = await openHouse()
    for (const query of ['format=json', 'format=xml', 'after=x', 'order=desc', 'color=red']) {
      expect((await house.ask(`/logs/app/export?${query}`)).status).toBe(400)
    }
    expect(gunzipSync((await house.ask('/logs/nothing/export')).body).toString()).toBe('')
  })
})

describe('POST /v1/logs', () => {
  const attribute = (key: string, value: object): object => ({ key, value })
  const request = {
    resourceLogs: [
      {
        resource: {
          attributes: [
            attribute('service.name', { stringValue: 'shop' }),
            attribute('host.name', { stringValue: 'h1' }),
          ],
        },
        scopeLogs: [
          {
            scope: { name: 'http' },
            logRecords: [
              {
                timeUnixNano: '1795255200000001999',
                severityNumber: 17,
                body: { stringValue: 'cup broke' },
                attributes: [attribute('cup', { intValue: '7' })],
                traceId: '5b8efff798038103d269b633813fc60c',
              },
              { body: { kvlistValue: { values: [attribute('a', { boolValue: true })] } } },
            ],
          },
        ],
      },
    ],
  }
  const send = (house: House, body: string | Buffer, headers: object = {}): Promise<Answer> =>
    house.ask('/v1/logs', {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body,
    })

  test('takes OpenTelemetry logs, packed or not, and answers after the commit', async () => {
    const house = await openHouse()
    const answer = await send(house, JSON.stringify(request))
    expect([answer.status, answer.body.toString()]).toEqual([200, '{}'])
    const { entries } = await house.call<{ entries: WireEntry[] }>('logs.tail', { source: 'shop' })
    expect(entries).toMatchObject([
      {
        text: 'cup broke',
        level: 'error',
        ts: '2026-11-21T10:00:00.000001Z',
        fields: {
          cup: 7,
          resource: { 'host.name': 'h1' },
          scope: 'http',
          trace_id: '5b8efff798038103d269b633813fc60c',
        },
      },
      { text: '{"a":true}', fields: { body: { a: true } } },
    ])
    const packed = gzipSync(JSON.stringify(request))
    expect((await send(house, packed, { 'content-encoding': 'gzip' })).status).toBe(200)
  })

  test('refuses what it is not, and names what it could not take', async () => {
    const house = await openHouse()
    const wrong = { ...request, resourceLogs: 'none' }
    expect((await send(house, JSON.stringify(wrong))).status).toBe(400)
    expect((await send(house, '{')).status).toBe(400)
    expect((await send(house, '', { 'content-type': 'application/x-protobuf' })).status).toBe(415)
    const bad = structuredClone(request)
    bad.resourceLogs[0]!.resource.attributes[0] = attribute('service.name', { stringValue: 'a/b' })
    const answer = await send(house, JSON.stringify(bad))
    expect(json(answer)).toEqual({
      partialSuccess: {
        rejectedLogRecords: '2',
        errorMessage: 'Source name "a/b" holds "/" or "*"',
      },
    })
  })
})

describe('logs.follow', () => {
  test('sends history, then live, and ends when asked to', async () => {
    const house = await openHouse()
    await house.insert('app', texts(1, 5))
    const listening = await house.open('/ws')
    const call = (id: string, method: string, params: object): void =>
      listening.socket.send(JSON.stringify({ jsonrpc: '2.0', id, method, params }))
    const followed = (): WireEntry[] =>
      listening.heard
        .filter(({ method }) => method === 'logs.entries')
        .flatMap(({ params }) => (params as { entries: WireEntry[] }).entries)
    call('1', 'logs.follow', { sources: ['app'], tail: 2 })
    await listening.until(() => followed().length === 2)
    const { result } = listening.heard[0] as { result: { subscription: string } }
    await house.insert('app', texts(6, 7))
    await listening.until(() => followed().length === 4)
    expect(followed().map(({ text }) => text)).toEqual(texts(4, 7))
    call('2', 'logs.unfollow', { subscription: result.subscription })
    await listening.until((heard) => heard.some(({ method }) => method === 'logs.end'))
    await house.insert('app', ['8'])
    call('3', 'logs.unfollow', { subscription: result.subscription })
    await listening.until((heard) => heard.some(({ id }) => id === '3'))
    expect(listening.heard.at(-1)).toEqual({ jsonrpc: '2.0', id: '3', result: { ended: false } })
    expect(followed()).toHaveLength(4)
    expect(house.plugin.logs.stats().followers).toEqual([])
  })

  test('tells a gap, refuses a wrong cursor, and needs a WebSocket', async () => {
    const house = await openHouse()
    await house.call('log_batcher.configure', {
      source: 'app',
      rate_limit: { lines_per_second: 1 },
    })
    const listening = await house.open('/ws')
    const follow = { jsonrpc: '2.0', id: 1, method: 'logs.follow', params: { sources: ['app'] } }
    listening.socket.send(JSON.stringify(follow))
    await listening.until((heard) => heard.length === 1)
    await house.insert('app', texts(1, 3))
    await listening.until((heard) => heard.some(({ method }) => method === 'logs.gap'))
    expect(listening.heard.find(({ method }) => method === 'logs.gap')).toMatchObject({
      params: { subscription: expect.any(String) as string, entry: { gap: { lines: 2 } } },
    })
    listening.socket.send(JSON.stringify({ ...follow, id: 2, params: { from_cursor: 'x' } }))
    await listening.until((heard) => heard.some(({ id }) => id === 2))
    expect(listening.heard.at(-1)).toMatchObject({ error: { data: { code: 'InvalidCursor' } } })
    await expect(house.call('logs.follow')).rejects.toMatchObject({ code: -32600 })
  })
})

describe("hero_logger's methods", () => {
  test('write, list and page through', async () => {
    const house = await openHouse()
    for (const msg of texts(1, 5)) await house.call('log', { id: 'app', level: 'warn', msg })
    await house.call('log', { id: 'web', level: 'info', msg: 'x', ts: '2026-11-21T10:00:00Z' })
    await house.call('logs.sync')
    const { sources } = await house.call<{ sources: string[] }>('list_sources')
    expect(sources).toEqual(expect.arrayContaining(['app', 'web']))
    type Loaded = { entries: { msg: string; level: string }[]; next_offset: number | null }
    const first = await house.call<Loaded>('load', { id: 'app', limit: 2 })
    const second = await house.call<Loaded>('load', {
      id: 'app',
      limit: 2,
      offset: first.next_offset!,
    })
    const third = await house.call<Loaded>('load', {
      id: 'app',
      limit: 2,
      offset: second.next_offset!,
    })
    expect([first, second, third].map(({ entries }) => entries.map(({ msg }) => msg))).toEqual([
      ['1', '2'],
      ['3', '4'],
      ['5'],
    ])
    expect([first.entries[0]?.level, third.next_offset]).toEqual(['warning', null])
    expect(await house.call('clear', { id: 'app' })).toEqual({ id: 'app', cleared: 5 })
    expect(await house.call('load', { id: 'app', limit: 2 })).toMatchObject({ entries: [] })
    await expect(house.call('log', { id: 'a', level: 'loud', msg: '' })).rejects.toMatchObject({
      code: -32602,
    })
    await expect(house.call('log', { id: 'a/b', level: 'info', msg: '' })).rejects.toMatchObject({
      code: -32602,
    })
  })
})

test('S2: who changed what stands in the log; what only appends is counted', async () => {
  const house = await openHouse()
  for (let round = 0; round < 20; round += 1) await house.insert('app', ['x'])
  await house.call('log_batcher.configure', { source: 'app', coalesce: true })
  await house.call('service.start', { name: 'ghost' }).catch(() => undefined)
  await house.open('/ingest/app')
  await house.call('logs.sync')
  const { entries } = await house.call<{ entries: WireEntry[] }>('logs.query', {
    contains: 'called',
  })
  const who = `uid ${process.getuid?.()}, pid ${process.pid}`
  expect(entries.map(({ text, source, origin }) => [text, source, origin])).toEqual([
    [`logs.insert called by ${who}`, 'hero_proc', 'system'],
    [`log_batcher.configure called by ${who}`, 'hero_proc', 'system'],
    [`service.start called by ${who}, failed: NotFound`, 'hero_proc', 'system'],
    [`ingest called by ${who}`, 'hero_proc', 'system'],
  ])
})

test('GET /ready, /metrics and the manifest speak of the whole house', async () => {
  const house = await openHouse()
  await house.insert('a:b "quoted"', ['x'])
  expect(json(await house.ask('/ready'))).toEqual({
    ready: true,
    checks: { services: 'ok', logs: 'ok' },
  })
  const manifest = json<Record<string, unknown>>(await house.ask('/.well-known/heroservice.json'))
  expect(manifest).toMatchObject({ name: 'hero_proc', domains: ['services', 'logs'] })
  const figures = (await house.ask('/metrics')).body.toString()
  expect(figures).toContain(
    String.raw`hero_proc_lines_stored_total{origin="rpc",source="a:b \"quoted\""} 1`,
  )
  expect(figures.endsWith('# EOF\n')).toBe(true)
})
