import { describe, expect, test } from 'vitest'
import { InvalidCursorError, MissedRotationError } from '@hero/sdk'
import type { LogEntry } from '@hero/sdk'
import { clientOf, openHouse, startServer } from './house.js'
import type { Way } from './house.js'

/** The first `count` entries of a stream. */
async function take(stream: AsyncIterable<LogEntry>, count: number): Promise<LogEntry[]> {
  const taken: LogEntry[] = []
  if (count === 0) return taken
  for await (const entry of stream) if (taken.push(entry) === count) break
  return taken
}

const textsOf = (entries: readonly LogEntry[]): (string | undefined)[] =>
  entries.map(({ text }) => text)

describe.each<Way>(['socket', 'browser'])('logs.stream() of a %s', (way) => {
  test('gives history, then what is new, and resumes after a cursor', async () => {
    const { hero, insert } = await openHouse(way)
    await insert('1', '2', '3')
    const stream = hero.logs.stream({ sources: ['app'], tail: 2 })
    const history = await take({ [Symbol.asyncIterator]: () => pausing(stream) }, 2)
    await insert('4')
    const [live] = await take(stream, 1)
    expect(textsOf([...history, live!])).toEqual(['2', '3', '4'])
    const after = hero.logs.stream({ sources: ['app'], fromCursor: history[0]!.cursor })
    expect(textsOf(await take(after, 2))).toEqual(['3', '4'])
  })

  test('goes on without a gap or a repeat when hero_proc is restarted, again and again', async () => {
    const { hero, insert, dir, server } = await openHouse(way)
    const states: string[] = []
    const end = new AbortController()
    const seen: LogEntry[] = []
    let heard: () => void = () => undefined
    const reading = (async () => {
      const stream = hero.logs.stream({
        sources: ['app'],
        tail: 0,
        signal: end.signal,
        onConnection: (state) => {
          states.push(state)
          heard()
        },
      })
      for await (const entry of stream) {
        seen.push(entry)
        heard()
      }
    })()
    const until = async (test: () => boolean): Promise<void> => {
      while (!test()) await new Promise<void>((resolve) => (heard = resolve))
    }
    // Nothing was seen before the first restart: the place comes without an entry.
    await until(() => states.length === 1)
    let running = server
    let number = 0
    for (let round = 1; round <= 3; round += 1) {
      await running.close()
      await until(() => states.length === 2 * round)
      running = await startServer(dir, server.http!.port)
      const writer = clientOf(running)
      const entries = [{ text: String((number += 1)) }, { text: String((number += 1)) }]
      await writer.logs.insert({ source: 'app', entries, ack: 'commit' })
      await until(() => seen.length === number)
    }
    await insert('last')
    await until(() => seen.length === number + 1)
    end.abort()
    await reading
    expect(textsOf(seen)).toEqual(['1', '2', '3', '4', '5', '6', 'last'])
    expect(states).toEqual(['open', 'lost', 'back', 'lost', 'back', 'lost', 'back'])
  })

  test('says with types what is wrong with a cursor', async () => {
    const { hero, insert } = await openHouse(way)
    const wrong = hero.logs.stream({ fromCursor: 'nonsense' })
    await expect(wrong.next()).rejects.toBeInstanceOf(InvalidCursorError)
    await insert('1', '2', '3')
    const [first] = await take(hero.logs.stream({ sources: ['app'], tail: 3 }), 1)
    await hero.heroLogger.clear({ id: 'app' })
    const missed = await hero.logs
      .stream({ sources: ['app'], fromCursor: first!.cursor })
      .next()
      .catch((error: unknown) => error)
    expect(missed).toBeInstanceOf(MissedRotationError)
    const { lost, oldestCursor } = missed as MissedRotationError
    expect(lost).toBe(2)
    const resumed = hero.logs.stream({ sources: ['app'], fromCursor: oldestCursor })
    const next = take(resumed, 1)
    await insert('4')
    expect(textsOf(await next)).toEqual(['4'])
  })

  test('gives up when hero_proc does not come back, and refuses what it does not know', async () => {
    const { hero, server } = await openHouse(way)
    await expect(hero.logs.stream({ regex: '(' }).next()).rejects.toMatchObject({ code: -32602 })
    await server.close()
    await expect(hero.logs.stream({ patienceMs: 0 }).next()).rejects.toMatchObject({
      code: 'Unavailable',
    })
  })
})

/** An iterator that can be left without ending what it reads. */
function pausing(stream: AsyncGenerator<LogEntry, void>): AsyncIterator<LogEntry> {
  return { next: () => stream.next() as Promise<IteratorResult<LogEntry>> }
}
