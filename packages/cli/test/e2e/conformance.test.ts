// One suite for every way to read the log: library, RPC, server-sent events, command line. Each case is
// asked of all of them, and all must give the same entries in the same order.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { House } from './surfaces.js'
import type { Asked, Followed, Surface } from './surfaces.js'

const TS = 1_700_000_000_000_000
const SECOND = 1_000_000

function reading(
  surfaces: readonly Surface[],
): (Surface & { read: NonNullable<Surface['read']> })[] {
  return surfaces.flatMap((one) => (one.read === null ? [] : [{ ...one, read: one.read }]))
}

function following(
  surfaces: readonly Surface[],
): (Surface & { follow: NonNullable<Surface['follow']> })[] {
  return surfaces.flatMap((one) => (one.follow === null ? [] : [{ ...one, follow: one.follow }]))
}

async function expectTexts(
  surfaces: readonly Surface[],
  asked: Asked,
  texts: readonly string[],
): Promise<void> {
  for (const { name, read } of reading(surfaces)) {
    expect(
      (await read(asked)).map(({ text }) => text),
      `${name} ${JSON.stringify(asked)}`,
    ).toEqual(texts)
  }
}

function lines(source: string, ...numbers: number[]): string[] {
  return numbers.map((number) => `${source} line ${number}`)
}

const range = (from: number, to: number): number[] =>
  Array.from({ length: to - from + 1 }, (_, i) => from + i)

const web = (...numbers: number[]): string[] => lines('web', ...numbers)
const all = [...web(...range(1, 10)), ...lines('db', 1, 2, 3)]
const cases: [string, Asked, string[]][] = [
  ['less than there is', { sources: ['web'], tail: 3 }, web(8, 9, 10)],
  ['as many as there are', { sources: ['web'], tail: 10 }, web(...range(1, 10))],
  ['more than there is', { sources: ['web'], tail: 100 }, web(...range(1, 10))],
  ['nothing', { tail: 0 }, []],
  ['all', {}, all],
  ['a pattern of names', { sources: ['d*'] }, lines('db', 1, 2, 3)],
  ['a beginning', { sources: ['web'], since: TS }, web(...range(1, 6), 9, 10)],
  ['an end that is not the first later time', { until: TS - 1 }, web(7, 8)],
  ['a span', { since: TS, until: TS }, web(...range(1, 6))],
  ['a level', { sources: ['web'], levels: 'error' }, web(5, 10)],
  ['levels', { sources: ['web'], levels: 'warning..info', tail: 2 }, web(8, 9)],
  ['a text', { contains: 'line 1', tail: 3 }, [...web(1, 10), ...lines('db', 1)]],
]

async function writeHistory(house: House): Promise<void> {
  await house.open()
  await house.write('web', 1, 6, TS)
  // Somebody set the clock back.
  await house.write('web', 7, 8, TS - 100 * SECOND)
  await house.write('web', 9, 10, TS + SECOND)
  await house.write('db', 1, 3, TS + 2 * SECOND)
}

describe('history', () => {
  const house = new House()
  beforeAll(() => writeHistory(house))
  afterAll(() => house.remove())

  test.each(cases)('%s, live', async (_, asked, texts) => {
    await expectTexts(house.surfaces, asked, texts)
  })

  test('resumes after every entry, under every filter', async () => {
    const filters: Asked[] = [{}, { sources: ['db'] }, { levels: 'error' }, { contains: 'line 2' }]
    const everything = await house.surfaces[0]!.read!({})
    for (const [at, { cursor }] of everything.entries()) {
      for (const filter of filters) {
        const matching = await house.surfaces[0]!.read!(filter)
        const expected = matching.filter(({ seq }) => seq > everything[at]!.seq)
        for (const { name, read } of reading(house.surfaces)) {
          // A process for each is too much: the command takes every fourth.
          if (name === 'command' && at % 4 !== 0) continue
          expect(await read({ ...filter, after: cursor }), name).toEqual(expected)
        }
      }
    }
  })

  test('a cursor is the same everywhere, and outlives a restart', async () => {
    const [before] = await house.surfaces[0]!.read!({ sources: ['web'], tail: 3 })
    await house.close()
    await expectTexts(
      house.stoppedSurfaces,
      { sources: ['web'], after: before!.cursor },
      web(9, 10),
    )
    await house.open()
    await house.write('web', 11, 12)
    await expectTexts(
      house.surfaces,
      { sources: ['web'], after: before!.cursor },
      web(9, 10, 11, 12),
    )
    for (const { name, follow } of following(house.surfaces)) {
      const seen = await follow({ sources: ['web'], from_cursor: before!.cursor }, 4)
      expect(
        seen.map(({ text }) => text),
        name,
      ).toEqual(web(9, 10, 11, 12))
    }
  })
})

describe('history of a stopped hero_proc', () => {
  const house = new House()
  afterAll(() => house.remove())

  beforeAll(async () => {
    await writeHistory(house)
    await house.close()
  })

  test.each(cases)('%s', async (_, asked, texts) => {
    await expectTexts(house.stoppedSurfaces, asked, texts)
  })
})

describe('an empty store', () => {
  const house = new House()
  beforeAll(() => house.open())
  afterAll(() => house.remove())

  test('has nothing to read', async () => {
    await expectTexts(house.surfaces, {}, [])
    await expectTexts(house.surfaces, { tail: 5 }, [])
  })
})

describe.each(['library', 'events', 'command'])('following by %s', (name) => {
  const house = new House()
  beforeAll(() => house.open())
  afterAll(() => house.remove())

  const follow = async (followed: Followed, count: number): Promise<(string | undefined)[]> => {
    const surface = following(house.surfaces).find((one) => one.name === name)!
    return (await surface.follow(followed, count)).map(({ text }) => text)
  }

  /** Resolves when so many follow: their places show up in the stats. */
  async function followed(count = 1): Promise<void> {
    while (house.logs.stats().followers.length !== count) {
      await new Promise((resolve) => setImmediate(resolve))
    }
  }

  // The connection of the test before may end a little later: it must not be taken for the next one.
  beforeEach(() => followed(0))

  test('begins with an empty store', async () => {
    const seen = follow({ since: 0 }, 5)
    await followed()
    await house.write('web', 1, 5)
    expect(await seen).toEqual(lines('web', 1, 2, 3, 4, 5))
  })

  test('begins in the middle, with the newest, and goes on live', async () => {
    const seen = follow({ sources: ['web'], tail: 2 }, 5)
    await followed()
    await house.write('db', 1, 5)
    await house.write('web', 6, 8)
    expect(await seen).toEqual(lines('web', 4, 5, 6, 7, 8))
  })

  test('loses and repeats nothing at a high rate', async () => {
    const seen = follow({ sources: ['fast'], since: 0 }, 20_000)
    await followed()
    for (let i = 0; i < 20; i++) await house.write('fast', i * 1_000 + 1, (i + 1) * 1_000)
    expect(await seen).toEqual(lines('fast', ...range(1, 20_000)))
  })
})

describe('retention in between', () => {
  const house = new House({ partitionBytes: 65_536 })
  let first: string

  beforeAll(async () => {
    await house.open()
    const sink = house.logs.sink({ source: 'web', origin: 'rpc' })
    for (let i = 0; i < 40; i++) {
      const noise = Array.from({ length: 100 }, () => String(Math.random())).join('')
      for (let j = 0; j < 10; j++) sink.write({ text: `${i} ${j} ${noise}${j}` })
      await house.logs.sync()
    }
    first = (await house.logs.query({ limit: 1 })).next_cursor!
    await house.logs.vacuum({ bytes: 0 })
  })

  afterAll(() => house.remove())

  test('a cursor below what is kept is refused with the exact loss, everywhere', async () => {
    const left = await house.surfaces[0]!.read!({})
    const lost = 400 - 1 - left.length
    expect(lost).toBeGreaterThan(0)
    const said = `${lost} lines after this cursor were removed`
    for (const { name, read } of reading(house.surfaces)) {
      await expect(read({ after: first }), name).rejects.toThrow(said)
    }
    for (const { name, follow } of following(house.surfaces)) {
      await expect(follow({ from_cursor: first }, 1), name).rejects.toThrow(said)
    }
  })
})
