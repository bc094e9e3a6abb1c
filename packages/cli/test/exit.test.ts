// From an error to an exit code and to what is said.
import { describe, expect, test } from 'vitest'
import { CliError, describeError, exitCodeOf, usageError } from '../src/exit.js'

const withCode = (code: unknown, data?: object): Error =>
  Object.assign(new Error('Oh'), { code, data })

describe('exitCodeOf()', () => {
  test.each<[string, unknown, number]>([
    ['a usage error', usageError('Oh'), 2],
    ['an error with its own code', new CliError(127, 'Oh'), 127],
    ['a missing thing', withCode('NotFound'), 3],
    ['a missing thing over RPC', withCode(-32001, { code: 'NotFound' }), 3],
    ['wrong params over RPC', withCode(-32602, { code: 'InvalidParams' }), 2],
    ['nobody listening', withCode('Unavailable'), 4],
    ['another one running', withCode('Conflict'), 4],
    ['a refused file', withCode('EACCES'), 5],
    ['a damaged store', withCode('DamagedStore'), 6],
    ['a closed pipe', withCode('EPIPE'), 0],
    ['a wrong regex', new SyntaxError('Oh'), 2],
    ['a cursor of another store', withCode('InvalidCursor'), 1],
    ['anything else', new Error('Oh'), 1],
    ['a thrown text', 'Oh', 1],
  ])('%s', (_, error, code) => {
    expect(exitCodeOf(error)).toBe(code)
  })
})

describe('describeError()', () => {
  test('is one line, and one for a hint', () => {
    expect(describeError(new CliError(1, 'Oh\n  no', 'Try again'))).toBe(
      'hero_proc: Oh no\nhint: Try again\n',
    )
  })

  test('takes the hint of an RPC error', () => {
    expect(describeError(withCode(-32001, { code: 'NotFound', hint: 'Look' }))).toBe(
      'hero_proc: Oh\nhint: Look\n',
    )
  })

  test('is silent about a closed pipe', () => {
    expect(describeError(withCode('EPIPE'))).toBe('')
  })

  test('frees what others wrote of control sequences', () => {
    expect(describeError(new Error('a\u001b[2Jb'))).toBe('hero_proc: ab\n')
  })
})
