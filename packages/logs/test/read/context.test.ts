// Lines around matches, and long lines joined from their parts, against what plain queries say.
import { openLogReader, openLogs } from '@hero/logs'
import type { Entry, LogReader, Logs, Query } from '@hero/logs'
import { expect, onTestFinished, test } from 'vitest'
import { encodeCursor } from '../../src/model/cursor.js'
import { joinParts } from '../../src/read/join-parts.js'
import { resolveQuery } from '../../src/read/resolve-query.js'
import type { ResolvedQuery } from '../../src/read/resolve-query.js'
import { freshDir, readAll, region } from '../support.js'

async function open(dir: string): Promise<Logs> {
  const logs = await openLogs({ dir, flushDelayMs: 1 })
  onTestFinished(() => logs.close())
  return logs
}

// Without the budget of time that a shared reader keeps: an answer is whole on the busiest machine.
function openReader(dir: string): LogReader {
  const reader = openLogReader({ dir })
  onTestFinished(() => reader.close())
  return reader
}

/** Two sources, line by line in turns: seq 2i-1 is line i of `a`, seq 2i line i of `b`. */
async function twoSources(lines: number): Promise<LogReader> {
  const dir = freshDir()
  const logs = await open(dir)
  const [a, b] = ['a', 'b'].map((source) => logs.sink({ source, origin: 'pipe' }))
  for (let i = 1; i <= lines; i++) {
    a!.writeLines(region(`${i % 10 === 0 ? 'hit' : 'line'} ${i}\n`), 1)
    b!.writeLines(region(`other ${i}\n`), 1)
  }
  await logs.sync()
  return openReader(dir)
}

function shown(entries: readonly Entry[]): string[] {
  return entries.map(({ source, n, context }) => `${source}${n}${context ? '' : '!'}`)
}

test('context shows lines of the same source around each match, in both orders', async () => {
  const reader = await twoSources(40)
  const asked: Query = { contains: 'hit', context: 2 }
  const { entries } = reader.query(asked)
  const around = (n: number): string[] => [
    `a${n - 2}`,
    `a${n - 1}`,
    `a${n}!`,
    `a${n + 1}`,
    `a${n + 2}`,
  ]
  const all = [10, 20, 30].flatMap(around)
  expect(shown(entries)).toEqual([...all, 'a38', 'a39', 'a40!'])
  const reversed = reader.query({ ...asked, order: 'desc' })
  expect(reversed.entries).toEqual(entries.toReversed())
  const apart = reader.query({ ...asked, context: 4, limit: 2 })
  expect(apart.entries.map(({ n }) => n)).not.toContain(15)
  expect(apart.entries).toHaveLength(18)
  const near = reader.query({ ...asked, context: 7, limit: 2 })
  expect(shown(near.entries)).toEqual(
    Array.from({ length: 25 }, (_, i) => `a${i + 3}${[10, 20].includes(i + 3) ? '!' : ''}`),
  )
})

test('context ignores other filters for the lines around, and a limit counts matches', async () => {
  const reader = await twoSources(40)
  const page = reader.query({ regex: '(hit|other) (10|20)$', context: 1, limit: 3 })
  expect(shown(page.entries)).toEqual([
    'a9',
    'b9',
    'a10!',
    'b10!',
    'a11',
    'b11',
    'a19',
    'a20!',
    'a21',
  ])
  const rest = reader.query({
    regex: '(hit|other) (10|20)$',
    context: 1,
    after: page.next_cursor!,
  })
  expect(shown(rest.entries)).toEqual(['b19', 'b20!', 'b21'])
})

test('prev_cursor leads back to the page before, in both orders', async () => {
  const reader = await twoSources(40)
  for (const order of ['asc', 'desc'] as const) {
    const [on, back] = order === 'asc' ? ['after', 'before'] : ['before', 'after']
    const first = reader.query({ order, limit: 10 })
    expect(first.prev_cursor).toBeNull()
    const second = reader.query({ order, limit: 10, [on!]: first.next_cursor })
    const opposite = order === 'asc' ? 'desc' : 'asc'
    const again = reader.query({ order: opposite, limit: 10, [back!]: second.prev_cursor })
    expect(again.entries.toReversed()).toEqual(first.entries)
  }
})

/** Each line of `long` in parts of 4 characters, lines of another source in between. */
async function longLines(lines: readonly string[]): Promise<LogReader> {
  const dir = freshDir()
  const logs = await open(dir)
  const long = logs.sink({ source: 'long', origin: 'pipe' })
  const other = logs.sink({ source: 'other', origin: 'pipe' })
  for (const line of lines) {
    const parts = line.match(/.{1,4}/g) ?? []
    for (const [i, text] of parts.entries()) {
      const isLast = i === parts.length - 1
      const part = parts.length === 1 ? 'none' : isLast ? 'last' : i === 0 ? 'first' : 'middle'
      long.writeLines(
        region(isLast ? `${text}\n` : text, { part, lines: 1, terminated: isLast }),
        1,
      )
      other.writeLines(region('tick\n'), 1)
    }
  }
  await logs.sync()
  return openReader(dir)
}

const LINES = ['abcdefghij', 'x', 'klmnopqrst', 'klmnABCDklmn', 'y', 'uvwx1234']

test('join gives each long line once, whatever the page size and the order', async () => {
  const reader = await longLines(LINES)
  for (const limit of [1, 2, 3, 5, 100]) {
    for (const order of ['asc', 'desc'] as const) {
      const entries = await readAll(reader, { sources: ['long'], join: true, limit, order })
      const texts = entries.map(({ text }) => text)
      expect(order === 'asc' ? texts : texts.toReversed()).toEqual(LINES)
    }
  }
  const all = await readAll(reader, { join: true, limit: 3 })
  expect(all.filter(({ source }) => source === 'long').map(({ text }) => text)).toEqual(LINES)
  expect(all.map(({ seq }) => seq)).toEqual(all.map(({ seq }) => seq).toSorted((a, b) => a - b))
})

test('join shows the whole line where any part of it matches, once', async () => {
  const reader = await longLines(LINES)
  for (const limit of [1, 2, 100]) {
    for (const order of ['asc', 'desc'] as const) {
      const entries = await readAll(reader, { contains: 'klmn', join: true, limit, order })
      const found = order === 'asc' ? entries : entries.toReversed()
      expect(found.map(({ text, parts }) => [text, parts])).toEqual([
        ['klmnopqrst', 3],
        ['klmnABCDklmn', 3],
      ])
    }
  }
})

test('join looks behind the border of a page only as far as the line goes', async () => {
  const reader = await longLines(LINES)
  const { entries } = reader.query({ sources: ['long'] })
  const [first, middle, last] = entries.filter(({ part_seq }) => part_seq === entries[0]!.seq)
  const before = encodeCursor(reader.storeId, middle!.seq)
  const query = resolveQuery({ contains: 'ab', order: 'desc', before }, reader.storeId)
  const searched: ResolvedQuery[] = []
  const joined = joinParts([first!], query, (asked) => {
    if (asked.contains !== null) searched.push(asked)
    return reader.read(asked, {}).entries
  })
  expect(joined.map(({ text }) => text)).toEqual(LINES.slice(0, 1))
  expect(searched.map(({ afterSeq, beforeSeq }) => [afterSeq, beforeSeq])).toEqual([
    [middle!.seq - 1, last!.seq + 1],
  ])
})
