import { setImmediate as turn } from 'node:timers/promises'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { createReadClock } from '../src/read-clock.js'
import { StreamLines } from '../src/stream-lines.js'
import { toPiece } from './support.js'
import type { Piece } from './support.js'

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] }))
afterEach(() => void vi.useRealTimers())

function open(isPaused: () => boolean = () => false): { lines: StreamLines; pieces: Piece[] } {
  const pieces: Piece[] = []
  let now = 0
  const lines = new StreamLines({
    stream: 'stdout',
    lineBytesMax: 1024,
    partialFlushMs: 2000,
    clock: createReadClock(() => (now += 1)),
    isPaused,
    onLines: (region) => pieces.push(toPiece(region)),
  })
  return { lines, pieces }
}

const texts = (pieces: readonly Piece[]): string[] =>
  pieces.map(({ text, part }) => `${part} ${text.toString()}`)

/** Runs the timers that are due and, when the event loop has polled, their checks. */
async function pass(ms: number): Promise<void> {
  vi.advanceTimersByTime(ms)
  await turn()
}

test('StreamLines hands over an unfinished line when it is old, not before', async () => {
  const { lines, pieces } = open()
  lines.take(Buffer.from('a\nb'))
  await pass(1999)
  expect(texts(pieces)).toEqual(['none a\n'])
  await pass(1)
  expect(texts(pieces)).toEqual(['none a\n', 'first b'])
  lines.take(Buffer.from('c'))
  await pass(1999)
  expect(pieces.length).toBe(2)
  await pass(1)
  lines.take(Buffer.from('\n'))
  expect(texts(pieces)).toEqual(['none a\n', 'first b', 'middle c', 'last \n'])
})

test('StreamLines counts the age from the line, not from the latest or first read', async () => {
  const { lines, pieces } = open()
  lines.take(Buffer.from('old'))
  await pass(1500)
  lines.take(Buffer.from('er\nnew'))
  await pass(500)
  expect(texts(pieces)).toEqual(['none older\n'])
  await pass(1499)
  expect(pieces.length).toBe(1)
  await pass(1)
  expect(texts(pieces)).toEqual(['none older\n', 'first new'])
})

test('StreamLines does not cut a line of which more was unread when the timer came', async () => {
  const { lines, pieces } = open()
  lines.take(Buffer.from('slow'))
  vi.advanceTimersByTime(2000)
  // What the event loop's poll brings after a busy time.
  lines.take(Buffer.from('ly'))
  await turn()
  expect(pieces).toEqual([])
  lines.take(Buffer.from('\n'))
  expect(texts(pieces)).toEqual(['none slowly\n'])
})

test('StreamLines does not cut a line while reading is paused', async () => {
  let isPaused = true
  const { lines, pieces } = open(() => isPaused)
  lines.take(Buffer.from('a'))
  await pass(2000)
  expect(pieces).toEqual([])
  isPaused = false
  await pass(2000)
  expect(texts(pieces)).toEqual(['first a'])
})

test('StreamLines.end() hands over the rest at once, with the time of its read, and no timer after', async () => {
  const { lines, pieces } = open()
  lines.take(Buffer.from('a'))
  lines.end()
  await pass(10_000)
  expect(texts(pieces)).toEqual(['none a'])
  expect(pieces[0]?.ts).toBe(1)
})
