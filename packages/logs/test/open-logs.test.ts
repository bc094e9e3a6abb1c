// The library as its users see it: open, write, read, follow, close, and open again.
import { randomBytes } from 'node:crypto'
import { readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { openLogReader, openLogs } from '@hero/logs'
import type { Entry, LogRecord } from '@hero/logs'
import { expect, onTestFinished, test } from 'vitest'
import {
  expectConservation,
  expectNumbersProveLosses,
  freshDir,
  readAll,
  region,
} from './support.js'

async function open(dir: string, more: object = {}): ReturnType<typeof openLogs> {
  const logs = await openLogs({ dir, ...more })
  onTestFinished(() => logs.close())
  return logs
}

test('openLogs() keeps entries, counts and numbers over close and reopen', async () => {
  const dir = freshDir()
  const first = await open(dir)
  first.sink({ source: 'silent', origin: 'system' })
  first.sink({ source: 'web', origin: 'pipe' }).writeLines(region('a\nb\nc\n'), 1)
  await first.close()
  expectConservation(first.stats())

  const second = await open(dir)
  expect(second.storeId).toBe(first.storeId)
  expect(second.stats().sources['pipe:web']).toMatchObject({ received: 3, stored: 3, queued: 0 })
  second.sink({ source: 'web', origin: 'pipe' }).writeLines(region('d\n'), 2)
  await second.sync()
  const entries = await readAll(second)
  expect(entries.map(({ seq, n, text, run }) => [seq, n, text, run])).toEqual([
    [1, 1, 'a', 1],
    [2, 2, 'b', 1],
    [3, 3, 'c', 1],
    [4, 4, 'd', 2],
  ])
  expectConservation(second.stats())
})

test('openLogs() is refused while another has the store', async () => {
  const dir = freshDir()
  await open(dir)
  await expect(openLogs({ dir })).rejects.toMatchObject({ code: 'Conflict' })
})

test.each([
  [{ dir: '' }, '[TypeError: Expected dir to be a path, got ""]'],
  [{ dir: 'x', queueByteMax: 1 }, '[TypeError: Unknown option "queueByteMax" of openLogs]'],
  [
    { dir: 'x', flushDelayMs: 0 },
    '[RangeError: Expected flushDelayMs to be an integer from 1 to 10000, got 0]',
  ],
  [
    { dir: 'x', durability: 'none' },
    '[TypeError: Expected durability to be batch or interval, got none]',
  ],
])('openLogs() refuses %j', async (options, message) => {
  const error = await openLogs(options as never).catch((caught: unknown) => caught)
  expect(`[${String(error)}]`).toBe(message)
})

test('query() filters by source, stream, level, run, time and text, in both orders', async () => {
  const logs = await open(freshDir())
  const web = logs.sink({ source: 'web', origin: 'pipe' })
  const db = logs.sink({ source: 'db', origin: 'rpc' })
  web.writeLines(region('[error] one\nplain two\n', { ts: 1000 }), 1)
  web.writeLines(region('Plain three\n', { ts: 2000, stream: 'stderr' }), 2)
  db.write({ text: 'four', level: 'debug', ts: 3000, fields: { user: 'x' } })
  db.write({ text: 'five', level: 'info', ts: 500 })
  await logs.sync()
  const texts = async (query: object): Promise<(string | undefined)[]> =>
    (await readAll(logs, query)).map(({ text }) => text)
  expect(await texts({})).toEqual(['[error] one', 'plain two', 'Plain three', 'four', 'five'])
  expect(await texts({ order: 'desc' })).toEqual(
    ['[error] one', 'plain two', 'Plain three', 'four', 'five'].toReversed(),
  )
  expect(await texts({ sources: ['db'] })).toEqual(['four', 'five'])
  expect(await texts({ sources: ['w*', 'nothing'] })).toEqual([
    '[error] one',
    'plain two',
    'Plain three',
  ])
  expect(await texts({ sources: ['nothing'] })).toEqual([])
  expect(await texts({ origins: ['rpc'] })).toEqual(['four', 'five'])
  expect(await texts({ streams: ['stderr'] })).toEqual(['Plain three'])
  expect(await texts({ levels: ['error', 'debug'] })).toEqual(['[error] one', 'four'])
  expect(await texts({ runs: [1] })).toEqual(['[error] one', 'plain two'])
  expect(await texts({ runs: 'last', sources: ['web'] })).toEqual(['Plain three'])
  // "five" is stamped before the others though it came last: clocks jump, and until must not stop early.
  expect(await texts({ until: 1000 })).toEqual(['[error] one', 'plain two', 'five'])
  expect(await texts({ since: 2000 })).toEqual(['Plain three', 'four'])
  expect(await texts({ contains: 'plain' })).toEqual(['plain two', 'Plain three'])
  expect(await texts({ contains: 'Plain' })).toEqual(['Plain three'])
  expect(await texts({ regex: '^P.*two|FOUR' })).toEqual([])
  expect(await texts({ regex: '^p.*two|four' })).toEqual(['plain two', 'four'])
  const [four] = await readAll(logs, { contains: 'four' })
  expect(four).toMatchObject({
    fields: { user: 'x' },
    level: 'debug',
    origin: 'rpc',
    stream: 'none',
  })
})

test('query() pages by cursor without a gap or a duplicate, in both orders', async () => {
  const logs = await open(freshDir())
  const sinks = ['a', 'b', 'c'].map((source) => logs.sink({ source, origin: 'pipe' }))
  for (let i = 0; i < 100; i++) sinks[i % 3]!.writeLines(region(`line ${i}\n`), 1)
  await logs.sync()
  for (const order of ['asc', 'desc'] as const) {
    for (const limit of [1, 7, 100]) {
      const seqs = (await readAll(logs, { order, limit })).map(({ seq }) => seq)
      const want = Array.from({ length: 100 }, (_, i) => i + 1)
      expect(seqs, `${order} by ${limit}`).toEqual(order === 'asc' ? want : want.toReversed())
    }
  }
})

test.each([
  [{ order: 'up' }, 'Expected order to be asc or desc, got up'],
  [{ limit: 0 }, 'Expected limit to be an integer from 1 to 10000, got 0'],
  [{ limit: 10_001 }, 'Expected limit to be an integer from 1 to 10000, got 10001'],
  [{ level: ['info'] }, 'Unknown query key "level"'],
  [{ levels: ['loud'] }, 'got loud'],
  [{ regex: '(' }, 'Invalid regular expression'],
  [{ regex: String.raw`(a)\1` }, 'without back-references, look-around'],
  [{ regex: '(?<=a)b' }, 'without back-references, look-around'],
  [{ contains: '' }, 'Expected contains to be 1 to 1000 characters, got 0 characters'],
  [{ since: 'yesterday' }, 'Expected since to be microseconds since the epoch, got yesterday'],
  [{ after: 'x' }, 'Expected a cursor as an earlier answer gave it'],
])('query() refuses %j', async (query, message) => {
  const logs = await open(freshDir())
  await expect(logs.query(query as never)).rejects.toThrow(message)
})

test('write() keeps bytes, fields, time and line ends in a record bit for bit', async () => {
  const logs = await open(freshDir())
  const sink = logs.sink({ source: 'rpc', origin: 'rpc' })
  const records: LogRecord[] = [
    { text: '' },
    { text: 'two\nlines\n' },
    { bytes: Uint8Array.of(0xff, 0xfe, 0, 10, 0xc3) },
    { text: '\u0000\r\t日本', ts: 2 ** 52 - 1, stream: 'stderr', run: 7 },
    { text: 'fields', fields: { a: [1, { b: null }], ключ: 'значение' } },
  ]
  for (const record of records) expect(sink.write(record).dropped).toBeUndefined()
  await logs.sync()
  const entries = await readAll(logs)
  expect(entries.map(({ text, bytes }) => Buffer.from(bytes ?? text!))).toEqual(
    records.map(({ text, bytes }) => Buffer.from(bytes ?? text!)),
  )
  expect(entries[3]).toMatchObject({ ts: 2 ** 52 - 1, stream: 'stderr', run: 7 })
  expect(entries[4]!.fields).toEqual(records[4]!.fields)
  expectConservation(logs.stats())
})

test('write() refuses what is not a record', async () => {
  const logs = await open(freshDir())
  const sink = logs.sink({ source: 'rpc', origin: 'rpc' })
  const refused = [{}, { text: 1 }, { text: 'a', bytes: new Uint8Array() }, { text: 'a', msg: 'b' }]
  for (const record of refused) expect(() => sink.write(record as never)).toThrow(TypeError)
  expect(() => sink.write({ text: 'a', ts: -1 })).toThrow(RangeError)
  expect(() => sink.write({ text: 'a', ts: 2 ** 52 })).toThrow(RangeError)
  expect(() => sink.write({ text: 'a', run: 2 ** 52 })).toThrow(RangeError)
  expect(() => sink.write({ text: 'half \ud800' })).toThrow('lone surrogates')
  expect(logs.stats().totals.received_total).toBe(0)
})

test('write() drops a record over the limit as too_large, and a gap entry says so', async () => {
  const logs = await open(freshDir())
  const sink = logs.sink({ source: 'big', origin: 'rpc' })
  sink.write({ text: 'before' })
  expect(sink.write({ text: 'x'.repeat(600_000) }).dropped).toBe('too_large')
  sink.write({ text: 'after' })
  await logs.sync()
  const entries = await readAll(logs)
  expect(entries.map(({ n, text }) => [n, text])).toEqual([
    [1, 'before'],
    [3, '1 line of big lost: too_large (n 2 to 2, 600000 bytes)'],
    [4, 'after'],
  ])
  expect(entries[1]!.gap).toMatchObject({ from_n: 2, to_n: 2, lines: 1, bytes: 600_000 })
  expectConservation(logs.stats())
})

test('writeLines() keeps parts and unfinished lines, with one shared part_seq', async () => {
  const logs = await open(freshDir())
  const sink = logs.sink({ source: 'web', origin: 'pipe' })
  const piece = { lines: 1, terminated: false }
  sink.writeLines(region('he', { ...piece, part: 'first' }), 1)
  sink.writeLines(region('other\n', { stream: 'stderr' }), 1)
  sink.writeLines(region('ll', { ...piece, part: 'middle' }), 1)
  sink.writeLines(region('o\n', { part: 'last' }), 1)
  sink.writeLines(region('eof', piece), 1)
  await logs.sync()
  const entries = await readAll(logs, { streams: ['stdout'] })
  expect(
    entries.map(({ text, part, part_seq, unterminated }) => [text, part, part_seq, unterminated]),
  ).toEqual([
    ['he', 'first', 1, true],
    ['ll', 'middle', 1, true],
    ['o', 'last', 1, undefined],
    ['eof', undefined, undefined, true],
  ])
  expect(logs.stats().sources['pipe:web']!.bytes.stored).toBe('hello\nother\neof'.length)
})

test('a million empty lines and ten megabytes in pieces come back as they were', async () => {
  const dir = freshDir()
  const logs = await open(dir, { queueBytesMax: 2 ** 26 })
  const sink = logs.sink({ source: 'web', origin: 'pipe' })
  for (let i = 0; i < 20; i++) {
    sink.writeLines(region(Buffer.alloc(50_000, 10)), 1)
    await logs.sync()
  }
  const piece = region('x'.repeat(65_536), { lines: 1, terminated: false, part: 'middle' })
  for (let i = 0; i < 160; i++) sink.writeLines({ ...piece, part: i === 0 ? 'first' : 'middle' }, 1)
  await logs.close()
  expectConservation(logs.stats())
  const reader = openLogReader({ dir })
  onTestFinished(() => reader.close())
  let empty = 0
  let bytes = 0
  let query: object | undefined = { limit: 10_000 }
  while (query) {
    const page = reader.query(query)
    for (const { text } of page.entries) {
      if (text === '') empty++
      else bytes += text!.length
    }
    query = page.next_cursor === null ? undefined : { limit: 10_000, after: page.next_cursor }
  }
  expect(empty).toBe(1_000_000)
  expect(bytes).toBe(160 * 65_536)
})

test('follow() gives history and then live lines, each once and in order', async () => {
  const logs = await open(freshDir(), { flushDelayMs: 1 })
  const sink = logs.sink({ source: 'web', origin: 'pipe' })
  for (let i = 0; i < 50; i++) sink.writeLines(region(`${i}\n`), 1)
  await logs.sync()
  const stop = new AbortController()
  const got: number[] = []
  const following = (async () => {
    for await (const entry of logs.follow({ tail: 20, signal: stop.signal })) {
      got.push(Number(entry.text))
      if (got.length === 220) stop.abort()
    }
  })()
  for (let i = 50; i < 250; i++) {
    sink.writeLines(region(`${i}\n`), 1)
    if (i % 7 === 0) await logs.sync()
  }
  await following
  expect(got).toEqual(Array.from({ length: 220 }, (_, i) => i + 30))
})

test('follow() resumes strictly after a cursor, at every entry', async () => {
  const logs = await open(freshDir())
  const sink = logs.sink({ source: 'web', origin: 'pipe' })
  sink.writeLines(region('1\n2\n3\n4\n5\n'), 1)
  await logs.sync()
  for (let i = 1; i <= 5; i++) {
    const { next_cursor } = await logs.query({ limit: i })
    const page = await logs.query({ limit: 10, ...(next_cursor ? { after: next_cursor } : {}) })
    const seen: Entry[] = []
    const stop = new AbortController()
    if (i === 5) break
    for await (const entry of logs.follow({ from_cursor: next_cursor!, signal: stop.signal })) {
      seen.push(entry)
      if (seen.length === 5 - i) stop.abort()
    }
    expect(seen.map(({ text }) => text)).toEqual(page.entries.map(({ text }) => text))
  }
})

test('follow() ends when the store closes, after the last line', async () => {
  const logs = await open(freshDir())
  const sink = logs.sink({ source: 'web', origin: 'pipe' })
  const got: (string | undefined)[] = []
  const following = (async () => {
    for await (const entry of logs.follow()) got.push(entry.text)
  })()
  sink.writeLines(region('last words\n'), 1)
  await logs.close()
  await following
  expect(got).toEqual(['last words'])
})

test('partitions rotate by size, and reading crosses them', async () => {
  const dir = freshDir()
  const logs = await open(dir, { partitionBytes: 65_536 })
  const sink = logs.sink({ source: 'web', origin: 'pipe' })
  const noise = (i: number): string => Buffer.from(`${i * 7919}${i}`).toString('base64')
  for (let i = 0; i < 40; i++) {
    const text = Array.from({ length: 1000 }, (_, j) => `${i} ${j} ${noise(i * 1000 + j)}\n`).join(
      '',
    )
    sink.writeLines(region(text), 1)
    await logs.sync()
  }
  expect(readdirSync(dir).filter((name) => /^p-\d+\.db$/.test(name)).length).toBeGreaterThan(3)
  const entries = await readAll(logs, { limit: 10_000 })
  expect(entries.map(({ n }) => n)).toEqual(Array.from({ length: 40_000 }, (_, i) => i + 1))
  await logs.close()
  const again = await open(dir, { partitionBytes: 65_536 })
  expect(again.stats().sources['pipe:web']).toMatchObject({ received: 40_000, stored: 40_000 })
})

test('writing after close is counted as dropped, not lost in silence', async () => {
  const logs = await open(freshDir())
  const sink = logs.sink({ source: 'web', origin: 'rpc' })
  sink.write({ text: 'in time' })
  await logs.close()
  expect(sink.write({ text: 'late' }).dropped).toBe('closed')
  expect(logs.stats().sources['rpc:web']).toMatchObject({ received: 2, sent: 1, dropped: 1 })
  expectConservation(logs.stats())
})

test('coalesced lines are one entry with a count, and every number is accounted for', async () => {
  const logs = await open(freshDir())
  const sink = logs.sink({ source: 'web', origin: 'pipe', settings: { coalesce: true } })
  sink.writeLines(region('a\na\na\nb\n', { ts: 5 }), 1)
  sink.writeLines(region('b\nb\n', { ts: 6 }), 1)
  sink.tell()
  await logs.sync()
  const entries = await readAll(logs)
  expect(entries.map(({ n, text, repeat }) => [n, text, repeat?.count])).toEqual([
    [1, 'a', undefined],
    [2, 'a', 2],
    [4, 'b', undefined],
    [5, 'b', 2],
  ])
  expect(entries[3]!.repeat).toEqual({ count: 2, first_ts: 6, last_ts: 6 })
  expect(logs.stats().sources['pipe:web']).toMatchObject({ received: 6, stored: 6, dropped: 0 })
  expectConservation(logs.stats())
})

test('every lost line is named by a gap entry, and every other line is there', async () => {
  const logs = await open(freshDir(), { queueBytesMax: 1_048_576 })
  const sinks = ['a', 'b'].map((source) =>
    logs.sink({ source, origin: 'rpc', settings: { overflow: 'drop' } }),
  )
  for (let round = 0; round < 5; round++) {
    // No turn of the event loop in between: the writer cannot answer, and the queue must fill.
    for (let i = 0; i < 30; i++) {
      for (const sink of sinks) sink.writeLines(region(`${'x'.repeat(999)}\n`.repeat(50)), 1)
    }
    await logs.sync()
  }
  for (const sink of sinks) sink.tell()
  await logs.sync()
  const stats = logs.stats()
  expect(stats.totals.dropped_total).toBeGreaterThan(1000)
  expectConservation(stats)
  const lastN = Object.fromEntries(logs.sources().map(({ source, last_n }) => [source, last_n]))
  expectNumbersProveLosses(await readAll(logs, { limit: 10_000 }), lastN)
})

test('a follower of a flood sees every line that is stored', async () => {
  const logs = await open(freshDir(), { flushDelayMs: 1, queueBytesMax: 2 ** 26 })
  const sink = logs.sink({ source: 'web', origin: 'pipe' })
  const seen: number[] = []
  const following = (async () => {
    for await (const { n } of logs.follow()) seen.push(n)
  })()
  const text = `${'x'.repeat(999)}\n`.repeat(300)
  for (let i = 0; i < 30; i++) {
    sink.writeLines(region(text), 1)
    if (i % 3 === 0) await new Promise((resolve) => setImmediate(resolve))
  }
  await logs.close()
  await following
  expect(seen).toEqual(Array.from({ length: 9000 }, (_, i) => i + 1))
})

test('sync() covers repeats that wait, and switching coalescing off keeps the order', async () => {
  const logs = await open(freshDir())
  const sink = logs.sink({ source: 'web', origin: 'pipe', settings: { coalesce: true } })
  sink.writeLines(region('a\na\na\n'), 1)
  await logs.sync()
  expect((await readAll(logs)).map(({ repeat }) => repeat?.count ?? 1)).toEqual([1, 2])
  sink.writeLines(region('a\n'), 1)
  logs.configure('web', { coalesce: false })
  sink.writeLines(region('b\n'), 1)
  await logs.sync()
  expect((await readAll(logs)).map(({ text }) => text)).toEqual(['a', 'a', 'a', 'b'])
})

test('a damaged partition at the start is set aside, and the rest stays readable', async () => {
  const dir = freshDir()
  const first = await open(dir, { partitionBytes: 65_536 })
  const sink = first.sink({ source: 'web', origin: 'pipe' })
  for (let i = 0; i < 20; i++) {
    sink.writeLines(region(`${i} ${randomBytes(4000).toString('hex')}\n`.repeat(10)), 1)
    await first.sync()
  }
  await first.close()
  const files = readdirSync(dir).filter((name) => /^p-\d+\.db$/.test(name))
  expect(files.length).toBeGreaterThan(2)
  for (const name of [files[0]!, files.at(-1)!])
    writeFileSync(join(dir, name), 'garbage'.repeat(2000))
  const second = await open(dir)
  expect(second.quarantined).toEqual([`${files.at(-1)!}.damaged`, `${files[0]!}.damaged`])
  second.sink({ source: 'web', origin: 'pipe' }).writeLines(region('after\n'), 2)
  await second.sync()
  const entries = await readAll(second, { sources: ['web'], limit: 10_000 })
  expect(entries.length).toBeGreaterThan(10)
  expect(entries.at(-1)!.text).toBe('after')
  const seqs = entries.map(({ seq }) => seq)
  expect(seqs).toEqual(seqs.toSorted((a, b) => a - b))
})

test('compact() after close() is refused instead of waiting for ever', async () => {
  const logs = await open(freshDir())
  await logs.close()
  await expect(logs.compact()).rejects.toMatchObject({ code: 'Closed' })
})

test('compact() keeps the order of many small batches, of which some were regrouped before', async () => {
  const logs = await open(freshDir())
  const sink = logs.sink({ source: 'web', origin: 'pipe' })
  for (let i = 0; i < 60; i++) {
    sink.writeLines(region(Array.from({ length: 20 }, (_, j) => `${i * 20 + j}\n`).join('')), 1)
    await logs.sync()
  }
  await logs.compact()
  const entries = await readAll(logs)
  expect(entries.map(({ seq, text }) => [seq, text])).toEqual(
    Array.from({ length: 1200 }, (_, i) => [i + 1, String(i)]),
  )
})
