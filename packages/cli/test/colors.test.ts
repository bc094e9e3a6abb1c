// When the command colors.
import { describe, expect, test } from 'vitest'
import { paint, usesColors } from '../src/colors.js'

describe('usesColors()', () => {
  test.each<[string, boolean, boolean, Record<string, string>, boolean]>([
    ['a terminal', true, true, {}, true],
    ['a pipe', true, false, {}, false],
    ['NO_COLOR', true, true, { NO_COLOR: '1' }, false],
    ['an empty NO_COLOR', true, true, { NO_COLOR: '' }, true],
    ['FORCE_COLOR in a pipe', true, false, { FORCE_COLOR: '1' }, true],
    ['FORCE_COLOR=0', true, true, { FORCE_COLOR: '0' }, false],
    ['FORCE_COLOR over NO_COLOR', true, false, { FORCE_COLOR: '1', NO_COLOR: '1' }, true],
    ['--no-color over FORCE_COLOR', false, true, { FORCE_COLOR: '1' }, false],
    ['a dumb terminal', true, true, { TERM: 'dumb' }, false],
  ])('%s', (_, isWanted, isTerminal, env, expected) => {
    expect(usesColors({ isWanted, isTerminal, env })).toBe(expected)
  })
})

test('paint() changes nothing when colors are off', () => {
  expect(paint('red', false)('x')).toBe('x')
  expect(paint('red', true)('x')).toBe('\u001b[31mx\u001b[39m')
})
