import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { openHouse, PageSocket } from './house.js'

/** Everything that a built module loads, by its address. */
function graphOf(url: string, seen: Set<string> = new Set()): Set<string> {
  if (seen.has(url)) return seen
  seen.add(url)
  if (!url.startsWith('file:')) return seen
  const code = readFileSync(fileURLToPath(url), 'utf8')
  for (const [, name = ''] of code.matchAll(/\b(?:from|import)\s*\(?\s*['"]([^'"]+)['"]/g)) {
    graphOf(name.startsWith('.') ? new URL(name, url).href : import.meta.resolve(name), seen)
  }
  return seen
}

describe('@hero/sdk/browser', () => {
  test('loads nothing but modules of the client halves', () => {
    const loaded = [...graphOf(import.meta.resolve('@hero/sdk/browser'))]
    expect(loaded.length).toBeGreaterThan(10)
    expect(loaded.filter((url) => !/\/(?:sdk|rpc)\/dist\/.*\.js$/.test(url))).toEqual([])
    // The search finds what it looks for.
    expect([...graphOf(import.meta.resolve('@hero/sdk'))]).toContain('node:http')
  })

  test('has the same calls as the client of a program, and their errors', async () => {
    const { hero } = await openHouse('browser')
    const inserted = await hero.logs.insert({
      source: 'app',
      entries: [{ text: 'a' }],
      ack: 'commit',
    })
    expect(inserted).toMatchObject({ accepted: 1, dropped: 0 })
    expect((await hero.logs.query({ sources: ['app'] })).entries).toMatchObject([{ text: 'a' }])
    await expect(hero.service.status({ name: 'nobody' })).rejects.toMatchObject({
      data: { code: 'NotFound' },
    })
    const ended = new AbortController()
    const call = hero.call('rpc.discover', {}, { signal: ended.signal })
    ended.abort(new Error('not wanted any more'))
    await expect(call).rejects.toThrow('not wanted any more')
  })
})

describe('logs.stream() in a page', () => {
  test('holds a bounded number of entries for a reader that is too slow, and loses none', async () => {
    const { hero } = await openHouse('browser')
    const lags: number[] = []
    const before = PageSocket.opened
    const states: string[] = []
    const stream = hero.logs.stream({
      sources: ['app'],
      tail: 0,
      onLag: (lines) => lags.push(lines),
      onConnection: (state) => states.push(state),
    })
    const first = stream.next()
    const write = async (from: number, count: number): Promise<void> => {
      const entries = Array.from({ length: count }, (_, index) => ({ text: String(from + index) }))
      await hero.logs.insert({ source: 'app', entries, ack: 'commit' })
    }
    await expect.poll(() => states).toEqual(['open'])
    await write(0, 1)
    const seen = [(await first).value?.text]
    const total = 45_001
    for (let at = 1; at < total; at += 5_000) await write(at, 5_000)
    // Nobody reads: what comes is told as long as it is taken.
    await expect.poll(() => lags.length).toBeGreaterThan(1)
    while (seen.length < total) seen.push((await stream.next()).value?.text)
    expect(seen).toEqual(Array.from({ length: total }, (_, index) => String(index)))
    expect(states).toEqual(['open'])
    // What it could not hold was asked for again.
    expect(PageSocket.opened - before).toBeGreaterThan(1)
  })

  test('ends at once when it is not wanted any more', async () => {
    const { hero } = await openHouse('browser')
    const end = new AbortController()
    const next = hero.logs
      .stream({ tail: 0, signal: end.signal, onConnection: () => end.abort() })
      .next()
    expect(await next).toEqual({ value: undefined, done: true })
  })
})
