// Patterns: smart case, and nothing that can take more than linear time.
import { expect, test } from 'vitest'
import { checkPattern, containsTest, patternTest } from '../../src/read/pattern.js'

test.each(['a+b', '[a-z]+\\d', 'x|y', '(?:a)(b)', '\\(?=', '[(?=]', '\\\\1', 'ä', '(?<name>x)'])(
  'checkPattern() takes %s',
  (source) => {
    expect(() => checkPattern(source)).not.toThrow()
  },
)

test.each([
  '(',
  '[',
  '(a)\\1',
  '(?<n>a)\\k<n>',
  'a(?=b)',
  'a(?!b)',
  '(?<=a)b',
  '(?<!a)b',
  'a{2,1}',
  '\\p{L}',
  '[\\p{L}]',
  '\\u{61}',
  '\\1',
  '(?i:a)',
])('checkPattern() refuses %s', (source) => {
  expect(() => checkPattern(source)).toThrow(SyntaxError)
})

test.each([
  '[0-9a-f]{32}',
  '\\d{1,3}(\\.\\d{1,3}){3}',
  '.{0,200}z',
  '[a-f0-9]{8}-[a-f0-9]{4}',
  'a{20,}',
  '(ab){2,16}',
  '(ab){2,60}',
  '(a|a){1,60}$',
  'a*.{20}$',
  '.{1000}z',
  '[0-9a-f]{128}',
])('checkPattern() takes the counts of %s', (source) => {
  expect(() => checkPattern(source)).not.toThrow()
})

test.each([
  '(a{1,20}){1,20}$',
  '(a{1,20}){1,16}$',
  'a*.{200}$',
  '.{0,9999}$',
  '((a{0,9}){0,9}){0,9}$',
  '.{0,200}.{0,200}.{0,200}z',
])('checkPattern() refuses %s, which could take for ever', (source) => {
  expect(() => checkPattern(source)).toThrow(SyntaxError)
})

test('patternTest() and containsTest() have smart case', () => {
  expect(patternTest('err')('ERR')).toBe(true)
  expect(patternTest('Err')('ERR')).toBe(false)
  expect(patternTest(String.raw`\Serr`)('xERR')).toBe(true)
  expect(patternTest(String.raw`\x45rr`)('err')).toBe(false)
  expect(patternTest(String.raw`(?<Name>err)`)('ERR')).toBe(true)
  expect(containsTest('err')('ERR')).toBe(true)
  expect(containsTest('Err')('err')).toBe(false)
})

test('patternTest() is linear where backtracking would explode', () => {
  expect(patternTest('(a*)*b')('a'.repeat(20_000))).toBe(false)
})

test('patternTest() finds the same in long lines', () => {
  const isFound = patternTest('x[0-9]{18,20}y')
  const digits = '0123456789'.repeat(2)
  for (const padding of [0, 10_000]) {
    expect(isFound(`${'a'.repeat(padding)}x${digits}y`)).toBe(true)
    expect(isFound(`${'a'.repeat(padding)}x${digits}1y`)).toBe(false)
    expect(isFound(`${'a'.repeat(padding)}x${digits.slice(3)}y`)).toBe(false)
  }
})
