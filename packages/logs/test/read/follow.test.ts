// Following: where it begins, how far behind it is, and how it ends.
import { openLogs } from '@hero/logs'
import type { Entry, FollowOptions, Logs } from '@hero/logs'
import { expect, onTestFinished, test } from 'vitest'
import { encodeCursor } from '../../src/model/cursor.js'
import { Followers } from '../../src/read/follow.js'
import { LogReader } from '../../src/read/log-reader.js'
import { freshDir, region } from '../support.js'

async function open(more: object = {}): Promise<Logs> {
  const logs = await openLogs({ dir: freshDir(), flushDelayMs: 1, ...more })
  onTestFinished(() => logs.close())
  return logs
}

async function write(logs: Logs, from: number, to: number, size = 0): Promise<void> {
  const sink = logs.sink({ source: 'web', origin: 'pipe' })
  for (let i = from; i <= to; i++) sink.writeLines(region(`${i}${' '.repeat(size)}\n`), 1)
  await logs.sync()
}

/** Follows until `count` entries have come. */
async function take(logs: Logs, count: number, options: FollowOptions): Promise<number[]> {
  const seen: number[] = []
  for await (const { text } of logs.follow(options)) {
    seen.push(Number(text))
    if (seen.length === count) break
  }
  return seen
}

test('follow() begins at its call, not at the first step', async () => {
  const logs = await open()
  await write(logs, 1, 3)
  const following = logs.follow()
  await write(logs, 4, 5)
  const seen: (string | undefined)[] = []
  for await (const { text } of following) {
    seen.push(text)
    if (seen.length === 2) break
  }
  expect(seen).toEqual(['4', '5'])
})

test('follow() takes the newest, of all or of those after a beginning', async () => {
  const logs = await open()
  await write(logs, 1, 50)
  const { next_cursor } = await logs.query({ limit: 45 })
  expect(await take(logs, 3, { tail: 3 })).toEqual([48, 49, 50])
  expect(await take(logs, 3, { tail: 3, from_cursor: next_cursor! })).toEqual([48, 49, 50])
  expect(await take(logs, 5, { tail: 10, from_cursor: next_cursor! })).toEqual([46, 47, 48, 49, 50])
  expect(await take(logs, 3, { tail: 3, since: 0 })).toEqual([48, 49, 50])
  expect(await take(logs, 3, { tail: 3, contains: '1' })).toEqual([21, 31, 41])
})

test('follow() of a tail that is too large for one answer reads it in order', async () => {
  const logs = await open()
  for (let i = 1; i <= 60; i += 10) await write(logs, i, i + 9, 300_000)
  const seen = take(logs, 52, { tail: 50 })
  await write(logs, 61, 62)
  expect(await seen).toEqual(Array.from({ length: 52 }, (_, i) => i + 11))
})

test.each<[FollowOptions, string]>([
  [
    { since: 1, from_cursor: 'x' },
    '[TypeError: Expected at most one of since and from_cursor, got both]',
  ],
  [{ tail: -1 }, '[RangeError: Expected tail to be an integer from 0 to 10000, got -1]'],
  [{ regex: '(' }, '[SyntaxError: Invalid regular expression: /(/: Unterminated group]'],
  [{ from_cursor: 'x' }, '[LogsError: Expected a cursor as an earlier answer gave it]'],
])('follow() refuses %j at the call', async (options, message) => {
  const logs = await open()
  let said = ''
  try {
    logs.follow(options)
  } catch (error) {
    said = `[${String(error)}]`
  }
  expect(said).toBe(message)
})

test('a follower that is closed upon in the middle of its history sees the last line', async () => {
  const logs = await open()
  await write(logs, 1, 5_000)
  const seen: Entry[] = []
  const following = (async () => {
    for await (const entry of logs.follow({ since: 0 })) seen.push(entry)
  })()
  logs.sink({ source: 'web', origin: 'pipe' }).writeLines(region('5001\n'), 1)
  await logs.close()
  await following
  expect(seen.map(({ text }) => Number(text))).toEqual(
    Array.from({ length: 5_001 }, (_, i) => i + 1),
  )
})

test('lines that go before the first page of a follower from the very beginning are told', async () => {
  const dir = freshDir()
  const logs = await open({ dir })
  await write(logs, 1, 10)
  const reader = new LogReader(dir)
  onTestFinished(() => reader.close())
  let reads = 0
  const followers = new Followers({
    storeId: logs.storeId,
    committedSeq: () => 10,
    read: async (query, upToSeq) => {
      const page = reader.read(query, { upToSeq })
      if (++reads === 1) await logs.vacuum({ bytes: 0 })
      return page
    },
    onCommit: () => () => {},
  })
  const from_cursor = encodeCursor(logs.storeId, 0)
  const { value: first } = await followers.follow({ from_cursor }).next()
  expect(first.gap).toMatchObject({ reason: 'removed', from_seq: 1, to_seq: 10, lines: 10 })
})

test('many followers of one filter see the same, and leave nothing behind', async () => {
  const logs = await open()
  const followers = Array.from({ length: 200 }, (_, i) =>
    take(logs, 100, i % 2 === 0 ? {} : { sources: ['web'] }),
  )
  for (let i = 1; i <= 100; i += 10) await write(logs, i, i + 9)
  for (const seen of await Promise.all(followers)) {
    expect(seen).toEqual(Array.from({ length: 100 }, (_, i) => i + 1))
  }
  expect(logs.stats().followers).toEqual([])
})
