// Random queries against a brute-force oracle: all entries in memory and a naive filter. The store has
// several partitions, sealed and staged blocks, clock jumps, lines that are not UTF-8, fields and parts.
//
// ORACLE_QUERIES=10000 asks that many; ORACLE_SEED repeats a failure.
import fc from 'fast-check'
import { encodeCursor, LEVELS, openLogReader, openLogs, ORIGINS, STREAMS } from '@hero/logs'
import type { Entry, Fields, LogReader, Logs, Query, QueryPage } from '@hero/logs'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createRandom, region } from '../support.js'

const QUERIES = Number(process.env['ORACLE_QUERIES'] ?? 60)
const SEED = process.env['ORACLE_SEED']
const SOURCES = ['web', 'db', 'worker', 'web-2']
const WORDS = ['error', 'GET', 'get', 'Timeout', 'ok', 'user=ann', 'ünïcode', '500', '[x]', 'a.b']
const TS = 1_700_000_000_000_000

const dir = mkdtempSync(join(tmpdir(), 'logs-oracle-'))
let logs: Logs
let reader: LogReader
let all: Entry[]

beforeAll(async () => {
  const random = createRandom(7)
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)]!
  logs = await openLogs({ dir, partitionBytes: 65_536, flushDelayMs: 1 })
  let written = 0
  for (let round = 0; round < 60; round++) {
    for (const source of SOURCES) {
      const ts = TS + Math.floor(random() * 20) * 1_000_000
      const noise = (): string => Buffer.from(String(random())).toString('base64')
      if (random() < 0.7) {
        const count = pick([1, 5, 300])
        const lines = Array.from(
          { length: count },
          () => `${pick(WORDS)} ${pick(WORDS)} ${noise()}\n`,
        )
        const stream = pick(['stdout', 'stderr'] as const)
        const sink = logs.sink({ source, origin: pick(['pty', 'pipe'] as const) })
        sink.writeLines(region(lines.join(''), { ts, stream }), 1 + Math.floor(round / 20))
        written += count
      }
      if (random() < 0.5) {
        const fields = { status: pick([200, 404, 500]), user: { name: pick(['ann', 'bob']) } }
        const text = `${pick(WORDS)} ${pick(WORDS)}`
        logs.sink({ source, origin: 'rpc' }).write({ text, level: pick(LEVELS), ts, fields })
        written++
      }
      if (random() < 0.1) {
        const bytes = Buffer.from([0x66, 0xff, 0x6f, 0x6b, 0x0a])
        logs.sink({ source, origin: 'pipe' }).writeLines(region(bytes, { ts }), 1)
        written++
      }
    }
    // Blocks of one level that reach over several buckets of a histogram.
    for (const half of [0, 1]) {
      const plain = Array.from({ length: 60 }, (_, i) => `plain ${half} ${i}\n`).join('')
      const ts = TS + Math.floor(random() * 20) * 1_000_000
      logs.sink({ source: 'plain', origin: 'pipe' }).writeLines(region(plain, { ts }), 1)
      written += 60
    }
    await logs.sync()
    if (round % 45 === 10) await logs.compact()
  }
  reader = openLogReader({ dir })
  all = [...reader.query({ limit: 10_000 }).entries]
  let after = all.at(-1)
  while (after) {
    const page = await logs.query({ after: cursorOf(after), limit: 10_000 })
    all.push(...page.entries)
    after = page.entries.at(-1)
  }
  expect(all).toHaveLength(written)
})

afterAll(async () => {
  reader.close()
  await logs.close()
  rmSync(dir, { recursive: true, force: true })
})

function cursorOf({ seq }: Pick<Entry, 'seq'>): string {
  return encodeCursor(logs.storeId, seq)
}

const someOf = <T>(list: readonly T[]): fc.Arbitrary<T[]> =>
  fc.subarray([...list], { minLength: 0, maxLength: list.length })

const everything = fc.record({
  sources: someOf([...SOURCES, 'plain', 'web*', '*', 'nobody']),
  origins: someOf(ORIGINS),
  streams: someOf(STREAMS),
  levels: fc.oneof(someOf(LEVELS), fc.constantFrom('error', 'warning..debug', 'none', 'trace')),
  runs: fc.oneof(someOf([0, 1, 2, 3]), fc.constant('last' as const)),
  since: fc.integer({ min: 0, max: 20 }).map((second) => TS + second * 1_000_000),
  until: fc.integer({ min: 0, max: 20 }).map((second) => TS + second * 1_000_000),
  contains: fc.constantFrom(...WORDS, 'timeout', 'or G', 'zzz', 'ü'),
  regex: fc.constantFrom('^get', 'G[E]T', 'error|ok', String.raw`\d{3}\b`, 'a.b', '(o)+k?', '.*'),
  fields: fc.constantFrom<Query['fields'] & object>(
    { status: 500 },
    ['status>=404'],
    ['user.name~an', 'status!=200'],
    { missing: 1 },
  ),
  afterAt: fc.nat(),
  beforeAt: fc.nat(),
  order: fc.constantFrom('asc' as const, 'desc' as const),
  limit: fc.constantFrom(1, 2, 7, 100, 1_000, 10_000),
})

type Asked =
  typeof everything extends fc.Arbitrary<infer T> ? Partial<T> & { limit: number } : never

// A few conditions at a time: with all of them nothing ever matches.
const KEYS =
  'sources origins streams levels runs since until contains regex fields afterAt beforeAt order'.split(
    ' ',
  )
const query = fc
  .tuple(everything, fc.subarray(KEYS, { maxLength: 3 }))
  .map(
    ([whole, keys]) =>
      Object.fromEntries(
        Object.entries(whole).filter(([key]) => key === 'limit' || keys.includes(key)),
      ) as Asked,
  )

test(`${QUERIES} random queries have the answers of the oracle`, async () => {
  await fc.assert(
    fc.asyncProperty(query, async ({ afterAt, beforeAt, ...rest }) => {
      const asked: Query = {
        ...rest,
        ...(afterAt === undefined ? {} : { after: cursorOf(all[afterAt % all.length]!) }),
        ...(beforeAt === undefined ? {} : { before: cursorOf(all[beforeAt % all.length]!) }),
      }
      const low = afterAt === undefined ? 0 : all[afterAt % all.length]!.seq
      const high = beforeAt === undefined ? Infinity : all[beforeAt % all.length]!.seq
      const expected = all.filter(
        (entry) => entry.seq > low && entry.seq < high && holds(entry, rest),
      )
      if (rest.order === 'desc') expected.reverse()
      const seqs = expected.slice(0, PAGES * rest.limit).map(({ seq }) => seq)
      for (const from of [logs, reader]) {
        expect((await answer(from, asked)).slice(0, PAGES * rest.limit)).toEqual(seqs)
      }
    }),
    { numRuns: QUERIES, ...(SEED === undefined ? {} : { seed: Number(SEED) }) },
  )
})

test('random histograms have the counts of the oracle', async () => {
  const buckets = fc.constantFrom(1, 3, 60, 1_000)
  await fc.assert(
    fc.asyncProperty(query, buckets, async (asked, count) => {
      const { afterAt: _after, beforeAt: _before, order: _order, limit: _limit, ...filters } = asked
      const expected = all.filter((entry) => holds(entry, filters))
      for (const from of [logs, reader]) {
        const histogram = await from.histogram({ ...filters, buckets: count })
        const width = histogram.bucket_us
        expect(histogram.buckets.length).toBeLessThanOrEqual(count)
        for (const { ts, total, levels } of histogram.buckets) {
          const inside = expected.filter((entry) => entry.ts >= ts && entry.ts < ts + width)
          expect(total).toBe(inside.length)
          for (const level of LEVELS) {
            const lines = inside.filter((entry) => entry.level === level).length
            expect(levels[level] ?? 0).toBe(lines)
          }
        }
        expect(histogram.buckets.reduce((sum, { total }) => sum + total, 0)).toBe(expected.length)
      }
    }),
    { numRuns: Math.ceil(QUERIES / 5), ...(SEED === undefined ? {} : { seed: Number(SEED) }) },
  )
})

test('the details of sources are what their entries say', async () => {
  for (const one of await logs.sourceDetails()) {
    const own = all.filter(({ source }) => source === one.source)
    const times = own.map(({ ts }) => ts)
    expect(one).toMatchObject({
      lines: own.length,
      first_seq: own[0]!.seq,
      last_seq: own.at(-1)!.seq,
      first_ts: Math.min(...times),
      last_ts: Math.max(...times),
      levels: LEVELS.filter((level) => own.some((entry) => entry.level === level)),
    })
  }
})

/** Pages that are read of one query: enough to cross their borders. */
const PAGES = 6

async function answer(from: Pick<LogReader | Logs, 'query'>, asked: Query): Promise<number[]> {
  const seqs: number[] = []
  let next: Query | undefined = asked
  while (next && seqs.length < PAGES * (asked.limit ?? 1)) {
    const page: QueryPage = await from.query(next)
    seqs.push(...page.entries.map(({ seq }) => seq))
    const side = asked.order === 'desc' ? 'before' : 'after'
    next = page.next_cursor === null ? undefined : { ...asked, [side]: page.next_cursor }
  }
  return seqs
}

function holds(entry: Entry, asked: Query): boolean {
  const { sources, origins, streams, levels, runs, since, until, contains, regex, fields } = asked
  const text = entry.text ?? Buffer.from(entry.bytes ?? []).toString()
  return (
    (sources === undefined || sources.some((one) => glob(one, entry.source))) &&
    (origins === undefined || origins.includes(entry.origin)) &&
    (streams === undefined || streams.includes(entry.stream)) &&
    (levels === undefined || levelsOf(levels).includes(entry.level)) &&
    (runs === undefined || runsOf(runs, entry.source).includes(entry.run)) &&
    entry.ts >= (since ?? 0) &&
    entry.ts <= (until ?? Infinity) &&
    (contains === undefined || smart(contains, text).includes(contains)) &&
    (regex === undefined || new RegExp(regex).test(smart(regex.replaceAll(/\\./g, ''), text))) &&
    (fields === undefined || fieldsHold(entry.fields, fields))
  )
}

function smart(pattern: string, text: string): string {
  return pattern === pattern.toLowerCase() ? text.toLowerCase() : text
}

function glob(pattern: string, name: string): boolean {
  return pattern.endsWith('*') ? name.startsWith(pattern.slice(0, -1)) : pattern === name
}

function levelsOf(levels: NonNullable<Query['levels']>): readonly string[] {
  if (typeof levels !== 'string') return levels
  if (levels === 'none') return ['none']
  const [from, to] = levels.split('..').map((name) => LEVELS.indexOf(name as never))
  return to === undefined ? LEVELS.slice(0, from! + 1) : LEVELS.slice(from, to + 1)
}

const lastRuns = new Map<string, number>()

function runsOf(runs: NonNullable<Query['runs']>, source: string): readonly number[] {
  if (runs !== 'last') return runs
  const known = lastRuns.get(source)
  if (known !== undefined) return [known]
  const last = Math.max(...all.filter((one) => one.source === source).map(({ run }) => run))
  lastRuns.set(source, last)
  return [last]
}

function fieldsHold(fields: Fields | undefined, asked: NonNullable<Query['fields']>): boolean {
  if (fields === undefined) return false
  const { status, user } = fields as { status: number; user: { name: string } }
  if (!Array.isArray(asked)) return 'status' in asked && status === asked['status']
  return asked[0] === 'status>=404' ? status >= 404 : user.name.includes('an') && status !== 200
}
