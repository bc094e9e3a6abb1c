// One suite for every way to read the log. Each case is asked of all of them, and all must give the same
// entries in the same order.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { WireEntry } from '@hero/logs'
import { errorCodeName } from '@hero/rpc'
import { House } from './house.js'
import { FOLLOWING, READING, STOPPED } from './surfaces.js'
import type { Asked, Followed, ReadingSurface } from './surfaces.js'

const TS = 1_700_000_000_000_000
const SECOND = 1_000_000

/** A process for every place is too much: the command takes every so many-th. */
const DEAR_STEP = 6

type Entries = readonly WireEntry[]
type Texts = readonly (string | undefined)[]

const textsOf = (entries: Entries): Texts => entries.map(({ text }) => text)

function lines(source: string, ...numbers: number[]): string[] {
  return numbers.map((number) => `${source} line ${number}`)
}

const range = (from: number, to: number): number[] =>
  Array.from({ length: to - from + 1 }, (_, i) => from + i)

/** The next `count` entries; what gives them can be asked for more. */
async function take(following: AsyncGenerator<WireEntry, void>, count: number): Promise<Entries> {
  const seen: WireEntry[] = []
  while (seen.length < count) {
    const { value } = await following.next()
    if (value === undefined) break
    seen.push(value)
  }
  return seen
}

/** The first `count` entries, and no more of them. */
async function first(following: AsyncGenerator<WireEntry, void>, count: number): Promise<Entries> {
  const seen = await take(following, count)
  await following.return()
  return seen
}

/** Resolves when so many follow: their places show up in the stats. */
async function followers(house: House, count: number): Promise<void> {
  while (house.logs.stats().followers.length !== count) {
    await new Promise((resolve) => setImmediate(resolve))
  }
}

async function expectTexts(
  surfaces: readonly ReadingSurface[],
  house: House,
  asked: Asked,
  texts: readonly string[],
): Promise<void> {
  for (const { name, read } of surfaces) {
    const entries = await read(house, asked)
    expect(textsOf(entries), `${name} ${JSON.stringify(asked)}`).toEqual(texts)
  }
}

const web = (...numbers: number[]): string[] => lines('web', ...numbers)
const all = [...web(...range(1, 10)), ...lines('db', 1, 2, 3)]
const cases: [string, Asked, string[]][] = [
  ['less than there is', { sources: ['web'], tail: 3 }, web(8, 9, 10)],
  ['as many as there are', { sources: ['web'], tail: 10 }, web(...range(1, 10))],
  ['more than there is', { sources: ['web'], tail: 100 }, web(...range(1, 10))],
  ['nothing', { tail: 0 }, []],
  ['all', {}, all],
  ['a pattern of names', { sources: ['d*'] }, lines('db', 1, 2, 3)],
  ['two names', { sources: ['db', 'web'], tail: 4 }, [...web(10), ...lines('db', 1, 2, 3)]],
  ['a pattern of no name', { sources: ['x*'] }, []],
  ['a beginning', { sources: ['web'], since: TS }, web(...range(1, 6), 9, 10)],
  ['an end that is not the first later time', { until: TS - 1 }, web(7, 8)],
  ['a span', { since: TS, until: TS }, web(...range(1, 6))],
  ['a level', { sources: ['web'], levels: 'error' }, web(5, 10)],
  ['levels', { sources: ['web'], levels: 'warning..info', tail: 2 }, web(8, 9)],
  ['a text', { contains: 'line 1', tail: 3 }, [...web(1, 10), ...lines('db', 1)]],
]

/** Filters under which every place is tried. */
const FILTERS: readonly Pick<Asked, 'sources' | 'levels' | 'contains' | 'since'>[] = [
  {},
  { sources: ['db'] },
  { levels: 'error' },
  { contains: 'line 2' },
  { sources: ['web'], levels: 'info', contains: 'line' },
]

async function writeHistory(house: House): Promise<void> {
  await house.open()
  await house.write('web', 1, 6, TS)
  // Somebody set the clock back.
  await house.write('web', 7, 8, TS - 100 * SECOND)
  await house.write('web', 9, 10, TS + SECOND)
  await house.write('db', 1, 3, TS + 2 * SECOND)
}

/** What the library finds under `asked`: what all others are compared with. */
async function oracle(house: House, asked: Asked): Promise<Entries> {
  return await READING[0]!.read(house, asked)
}

describe('history', () => {
  const house = new House()
  beforeAll(() => writeHistory(house))
  afterAll(() => house.remove())

  test.each(cases)('%s, live', async (_, asked, texts) => {
    await expectTexts(READING, house, asked, texts)
  })

  test.each(READING)('$name resumes after every entry, under every filter', async (surface) => {
    const everything = await oracle(house, {})
    for (const filter of FILTERS) {
      const matching = await oracle(house, filter)
      for (const [at, { seq, cursor }] of everything.entries()) {
        if (surface.isDear && at % DEAR_STEP !== 0) continue
        const later = matching.filter((one) => one.seq > seq)
        expect(await surface.read(house, { ...filter, after: cursor })).toEqual(later)
      }
    }
  })

  test.each(FOLLOWING)(
    '$name follows from after every entry, under every filter',
    async ({ follow, isDear }) => {
      const everything = await oracle(house, {})
      for (const filter of FILTERS) {
        const matching = await oracle(house, filter)
        for (const [at, { seq, cursor }] of everything.entries()) {
          const later = matching.filter((one) => one.seq > seq)
          if (later.length === 0 || (isDear && at % DEAR_STEP !== 0)) continue
          const following = follow(house, { ...filter, from_cursor: cursor })
          expect(await first(following, later.length)).toEqual(later)
        }
      }
    },
  )

  test.each(FOLLOWING)('$name follows over a clock that was set back', async ({ follow }) => {
    const since = { sources: ['web'], since: TS }
    expect(textsOf(await first(follow(house, since), 8))).toEqual(web(...range(1, 6), 9, 10))
    const tail = { sources: ['web'], tail: 4 }
    expect(textsOf(await first(follow(house, tail), 4))).toEqual(web(7, 8, 9, 10))
  })

  test('a cursor is the same everywhere, and outlives a restart', async () => {
    const [before] = await oracle(house, { sources: ['web'], tail: 3 })
    const after = { sources: ['web'], after: before!.cursor }
    await house.close()
    await expectTexts(STOPPED, house, after, web(9, 10))
    await house.open()
    await house.write('web', 11, 12)
    await expectTexts(READING, house, after, web(9, 10, 11, 12))
    for (const { name, follow } of FOLLOWING) {
      const following = follow(house, { sources: ['web'], from_cursor: before!.cursor })
      expect(textsOf(await first(following, 4)), name).toEqual(web(9, 10, 11, 12))
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
    await expectTexts(STOPPED, house, asked, texts)
  })
})

describe('an empty store', () => {
  const house = new House()
  beforeAll(() => house.open())
  afterAll(() => house.remove())

  test('has nothing to read', async () => {
    await expectTexts(READING, house, {}, [])
    await expectTexts(READING, house, { tail: 5 }, [])
  })
})

describe.each(FOLLOWING)('following by $name', ({ follow, isLasting }) => {
  const house = new House()
  beforeAll(() => house.open())
  afterAll(() => house.remove())

  const followed = async (options: Followed, count: number): Promise<Texts> =>
    textsOf(await first(follow(house, options), count))

  // The connection of the test before may end a little later: it must not be taken for the next one.
  beforeEach(() => followers(house, 0))

  test('begins with an empty store', async () => {
    const seen = followed({ since: 0 }, 5)
    await followers(house, 1)
    await house.write('web', 1, 5)
    expect(await seen).toEqual(web(1, 2, 3, 4, 5))
  })

  test('begins in the middle, with the newest, and goes on live', async () => {
    const seen = followed({ sources: ['web'], tail: 2 }, 5)
    await followers(house, 1)
    await house.write('db', 1, 5)
    await house.write('web', 6, 8)
    expect(await seen).toEqual(web(4, 5, 6, 7, 8))
  })

  test('begins with what is new', async () => {
    const seen = followed({ sources: ['web'], tail: 0 }, 2)
    await followers(house, 1)
    await house.write('web', 9, 10)
    expect(await seen).toEqual(web(9, 10))
  })

  test('goes on after a restart in between', async () => {
    const sources = ['restarted']
    let following = follow(house, { sources, since: 0 })
    const begun = take(following, 3)
    await followers(house, 1)
    await house.write('restarted', 1, 3)
    const seen = [...(await begun)]
    await house.close()
    if (!isLasting) {
      // It ends, with an error or without; whoever asks goes on after what he saw.
      const end = await following.next().catch(() => ({ done: true }))
      expect(end.done).toBe(true)
    }
    await house.open()
    if (!isLasting) {
      following = follow(house, { sources, from_cursor: seen.at(-1)!.cursor })
    }
    await house.write('restarted', 4, 5)
    seen.push(...(await first(following, 2)))
    expect(textsOf(seen)).toEqual(lines('restarted', 1, 2, 3, 4, 5))
  })

  test('loses and repeats nothing at a high rate', async () => {
    const seen = followed({ sources: ['fast'], since: 0 }, 20_000)
    await followers(house, 1)
    for (let i = 0; i < 20; i++) await house.write('fast', i * 1_000 + 1, (i + 1) * 1_000)
    expect(await seen).toEqual(lines('fast', ...range(1, 20_000)))
  })
})

/** Fills some partitions of 64 KiB: lines that do not pack well. */
async function writeNoise(house: House, from: number, to: number): Promise<void> {
  const sink = house.logs.sink({ source: 'web', origin: 'rpc' })
  for (const i of range(from, to)) {
    const noise = Array.from({ length: 100 }, () => String(Math.random())).join('')
    sink.write({ text: `${i} ${noise}` })
    if (i % 10 === 0) await house.logs.sync()
  }
}

describe('retention in between', () => {
  const house = new House({ partitionBytes: 65_536 })
  beforeAll(() => house.open())
  afterAll(() => house.remove())

  test('a cursor below what is kept is refused with the exact loss; the command shows what is left', async () => {
    await writeNoise(house, 1, 400)
    const after = (await house.logs.query({ limit: 1 })).next_cursor!
    await house.logs.vacuum({ bytes: 0 })
    await writeNoise(house, 401, 410)
    const left = await oracle(house, {})
    const lost = 410 - 1 - left.length
    expect(lost).toBeGreaterThan(0)
    const count = left.length
    const answers = [
      ...READING.map(({ name, read }) => [name, () => read(house, { after })] as const),
      ...FOLLOWING.map(
        ({ name, follow }) =>
          [name, () => first(follow(house, { from_cursor: after }), count)] as const,
      ),
    ]
    for (const [name, ask] of answers) {
      if (name === 'command') {
        expect(await ask(), name).toEqual(left)
        continue
      }
      const error = await ask().then(
        () => undefined,
        (reason: Error) => reason,
      )
      expect(error?.message, name).toContain(`${lost} lines after this cursor were removed`)
      expect(errorCodeName(error), name).toBe('MissedRotation')
    }
  })

  test.each(FOLLOWING)('$name goes on when what it has seen is removed', async ({ follow }) => {
    await followers(house, 0)
    const following = follow(house, { sources: ['web'], tail: 0 })
    const begun = take(following, 200)
    await followers(house, 1)
    await writeNoise(house, 1, 200)
    const seen = [...(await begun)]
    await house.logs.vacuum({ bytes: 0 })
    expect((await oracle(house, {})).length).toBeLessThan(200)
    await writeNoise(house, 201, 300)
    seen.push(...(await first(following, 100)))
    expect(seen.map(({ n }) => n)).toEqual(range(seen[0]!.n, seen[0]!.n + 299))
    expect(seen.map(({ text }) => Number.parseInt(text!, 10))).toEqual(range(1, 300))
  })
})
