// The level flag, and that its names are the library's.
import { LEVELS, parseLevelName } from '@hero/logs'
import { describe, expect, test } from 'vitest'
import { LEVEL_NAMES, parseLevel, parseLevels } from '../src/level-spec.js'

describe('parseLevels()', () => {
  test.each([
    ['error', 'emerg alert crit error'],
    ['ERR', 'emerg alert crit error'],
    ['emerg', 'emerg'],
    ['3', 'emerg alert crit error'],
    ['0', 'emerg'],
    ['8', 'emerg alert crit error warning notice info debug trace'],
    ['warning..info', 'warning notice info'],
    ['info..warn', 'warning notice info'],
    ['4..6', 'warning notice info'],
    ['debug..debug', 'debug'],
    ['none', 'none'],
  ])('reads %j', (spec, expected) => {
    expect(parseLevels(spec).join(' ')).toBe(expected)
  })

  test.each(['', 'loud', '9', '-1', '..', 'info..', '..info', 'a..b..c', 'none..info', 'info...'])(
    'refuses %j',
    (spec) => {
      expect(() => parseLevels(spec)).toThrow(`Expected a level or A..B, got '${spec}'`)
    },
  )
})

test('LEVEL_NAMES and the spellings are those of the library', () => {
  expect(LEVEL_NAMES).toEqual(LEVELS)
  const spellings =
    'panic emergency fatal critical severe err warn information verbose emerg alert crit error warning notice info debug trace none'
  for (const name of spellings.split(' ')) expect(parseLevel(name)).toBe(parseLevelName(name))
})
