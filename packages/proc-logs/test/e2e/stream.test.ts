// Viewers over WebSockets: `WS /stream/{id}` and `logs.follow`.
import { once } from 'node:events'
import { get } from 'node:http'
import type { IncomingMessage } from 'node:http'
import type { WireEntry } from '@hero/logs'
import { describe, expect, test } from 'vitest'
import { numbered, openHouse } from '../house.js'

describe('WS /stream/{id}', () => {
  test('begins with history, goes on live, and resumes strictly after a cursor', async () => {
    const house = await openHouse()
    await house.insert('app', numbered(1, 5))
    const first = await house.open('/stream/app?tail=2')
    await first.until(() => first.texts.length === 2)
    await house.insert('app', numbered(6, 8))
    await house.insert('other', ['not this'])
    await first.until(() => first.texts.length === 5)
    expect(first.heard[0]).toEqual({ type: 'begin', cursor: expect.any(String) as string })
    expect(first.texts).toEqual(numbered(4, 8))
    const resumed = await house.open(
      `/stream/app?from_cursor=${String(first.heard[3]?.['cursor'])}`,
    )
    await resumed.until(() => resumed.texts.length === 2)
    const begun = await house.open(`/stream/app?from_cursor=${String(first.heard[0]?.['cursor'])}`)
    await begun.until(() => begun.texts.length === 5)
    expect([resumed.texts, begun.texts]).toEqual([numbered(7, 8), numbered(4, 8)])
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
    await house.insert('app', numbered(1, 5))
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

describe('GET /events', () => {
  test('an error has the id of what was seen last: a reader that goes on from there repeats nothing', async () => {
    const house = await openHouse()
    const lines = Array.from({ length: 1_000 }, (_, index) => `${index} ${'x'.repeat(8_000)}`)
    await house.insert('app', lines)
    const request = get({ socketPath: house.socketPath, path: '/events?source=app&tail=1000' })
    const [response] = (await once(request, 'response')) as [IncomingMessage]
    let text = ''
    for await (const chunk of response) {
      text += String(chunk)
      // The store is closed under a stream whose reader is behind: it cannot go on.
      if (text.includes('event: entry')) await house.plugin.close?.()
    }
    const ids = text.split('\n').flatMap((line) => /^id: ?(.+)$/.exec(line)?.[1] ?? [])
    expect(text).toContain('event: error')
    expect(ids.length).toBeGreaterThan(2)
    expect(ids.length).toBeLessThan(1_000)
    expect(ids.at(-1)).toBe(ids.at(-2))
  })
})

describe('logs.follow', () => {
  test('sends history, then live, and ends when asked to', async () => {
    const house = await openHouse()
    await house.insert('app', numbered(1, 5))
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
    await house.insert('app', numbered(6, 7))
    await listening.until(() => followed().length === 4)
    expect(followed().map(({ text }) => text)).toEqual(numbered(4, 7))
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
    await house.insert('app', numbered(1, 3))
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
