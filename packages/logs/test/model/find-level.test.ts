// Levels as loggers write them; sentences that only mention one have none. The table beside this file
// has the lines.
import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { LEVELS } from '../../src/model/level.js'
import { findLevel } from '../../src/model/find-level.js'

function levelOf(line: Buffer | string): string {
  const bytes = Buffer.concat([Buffer.from('before\n'), Buffer.from(line), Buffer.from('\nafter')])
  return LEVELS[findLevel(bytes, 7, bytes.length - 6)]!
}

/** Lines of the table: number, expected level, line. */
function readTable(): [number: number, level: string, line: string][] {
  const text = readFileSync(new URL('level-table.txt', import.meta.url), 'utf8')
  return text.split('\n').flatMap((row, at) => {
    const tab = row.indexOf('\t')
    if (row.startsWith('#') || tab < 0) return []
    const line = row
      .slice(tab + 1)
      .replaceAll('␛', '\x1b')
      .replaceAll('␉', '\t')
    return [[at + 1, row.slice(0, tab), line]]
  })
}

test('findLevel() gives every line of the table its level', () => {
  const table = readTable()
  expect(table.length).toBeGreaterThan(500)
  const wrong = table
    .map(([number, level, line]) => ({ number, line, level, found: levelOf(line) }))
    .filter(({ level, found }) => found !== level)
  expect(wrong).toEqual([])
})

// Bytes that are likely to lead somewhere, among any bytes.
const piece = fc.oneof(
  fc.constantFrom(
    'error',
    'ERROR',
    'warn',
    'INFO',
    'level=',
    '"level":',
    '{',
    '}',
    '"',
    ':',
    ' ',
    '[',
    ']',
    '\x1b[31m',
    '\x1b[0m',
    '<3>',
    '<',
    '>',
    '%SYS-5-X',
    '1:M ',
    '10:00:00',
    '/',
    ',',
    '**',
    'npm',
    '|',
    '.',
    '=',
    '\t',
    '\\',
    '30',
  ),
  fc.string({ maxLength: 6 }),
)
const text = fc
  .array(piece, { maxLength: 40 })
  .map((pieces) => Buffer.from(pieces.join('').replaceAll('\n', ' ')))

test('findLevel() answers a level for any bytes', () => {
  fc.assert(
    fc.property(fc.oneof(text, fc.uint8Array({ maxLength: 600 })), (line) => {
      const level = findLevel(Buffer.from(line), 0, line.length)
      expect(Number.isInteger(level) && level >= 0 && level <= 9).toBe(true)
    }),
    { numRuns: 3000 },
  )
})

test('findLevel() reads nothing before the line or after it', () => {
  fc.assert(
    fc.property(text, text, text, (before, line, after) => {
      const inside = Buffer.concat([before, line, after])
      expect(findLevel(inside, before.length, before.length + line.length)).toBe(
        findLevel(line, 0, line.length),
      )
    }),
    { numRuns: 3000 },
  )
})

test('findLevel() looks at 64 bytes, 512 of a JSON object', () => {
  fc.assert(
    fc.property(text, text, fc.boolean(), (front, rest, isJson) => {
      const reach = isJson ? 512 : 64
      const begin = Buffer.from(isJson ? '{"a":"' : '')
      const line = Buffer.concat([begin, front, Buffer.alloc(reach, ' ')]).subarray(0, reach)
      fc.pre(isJson || !line.includes('{'))
      const longer = Buffer.concat([line, rest])
      expect(findLevel(longer, 0, longer.length)).toBe(findLevel(line, 0, line.length))
    }),
    { numRuns: 3000 },
  )
})

test('findLevel() does not take the front of a longer word at the end of its reach', () => {
  const line = `${'.'.repeat(58)} ERROR`
  expect(levelOf(line)).toBe('none')
  expect(levelOf(`${line}S`)).toBe('none')
  expect(levelOf(line.slice(1))).toBe('error')
})

test.each(['<3', '{"level":30', 'error', '[error', '\u001b[31', '%SYS-5-'])(
  'findLevel() does not read on behind %j',
  (line) => {
    const bytes = Buffer.from(`${line}>]: ,}m `)
    const alone = findLevel(Buffer.from(line), 0, line.length)
    expect(findLevel(bytes, 0, line.length)).toBe(alone)
  },
)

const fronts = [
  ': ',
  ':',
  ',',
  '="',
  'level=',
  '*** ',
  'npm ',
  '10:00:00 ',
  '\x1b[31m',
  'no ',
  'a.',
]
test.each([
  'INFO/x',
  '"ERROR",',
  'error x',
  'ERROR x',
  'debug x',
  'ERROR:',
  'm error: x',
  '"error"',
])('findLevel() does not read what lies before %j', (line) => {
  const alone = findLevel(Buffer.from(line), 0, line.length)
  for (const front of fronts) {
    const bytes = Buffer.from(front + line)
    expect(findLevel(bytes, front.length, bytes.length), front).toBe(alone)
  }
})
