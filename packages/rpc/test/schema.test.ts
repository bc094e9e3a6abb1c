import { describe, expect, test } from 'vitest'
import { closed, compileSchema, Type } from '../src/schema.js'

const schema = closed(
  Type.Object({
    name: Type.String({ minLength: 1, maxLength: 3 }),
    count: Type.Optional(Type.Integer({ minimum: 1, maximum: 5 })),
    mode: Type.Optional(Type.Union([Type.Literal('pty'), Type.Literal('pipe')])),
    env: Type.Optional(Type.Record(Type.String(), Type.String())),
    list: Type.Optional(Type.Array(Type.String(), { minItems: 1 })),
    inner: Type.Optional(Type.Object({ on: Type.Boolean() }, { additionalProperties: false })),
    signal: Type.Optional(Type.String({ pattern: '^SIG', description: 'the name of a signal' })),
  }),
)

const KEYS = 'name, count, mode, env, list, inner, signal'

describe('compileSchema()', () => {
  const validate = compileSchema(schema, 'params')

  test('finds nothing wrong with what is right', () => {
    expect(validate({ name: 'a', count: 5, mode: 'pty', env: { A: 'b' } })).toBeUndefined()
  })

  test.each([
    [{}, 'Missing "name" in params'],
    [{ name: 'abcd' }, 'Expected params.name to be a string of 1 to 3 characters, got "abcd"'],
    [
      { name: 'a', nmae: 'a', other: 1 },
      `Unknown key "nmae", "other" in params, expected only ${KEYS}`,
    ],
    [{ name: 'a', count: 9 }, 'Expected params.count to be an integer of 1 to 5, got 9'],
    [{ name: 'a', count: 1.5 }, 'Expected params.count to be an integer of 1 to 5, got 1.5'],
    [{ name: 'a', mode: 'tee' }, 'Expected params.mode to be "pty" or "pipe", got "tee"'],
    [{ name: 'a', env: { 'A/B~C': 1 } }, 'Expected params.env.A/B~C to be a string, got 1'],
    [
      { name: 'a', list: [] },
      'Expected params.list to be an array of at least 1 items, got an array of 0 items',
    ],
    [{ name: 'a', list: ['x', 3] }, 'Expected params.list.1 to be a string, got 3'],
    [
      { name: 'a', inner: { on: 'yes' } },
      'Expected params.inner.on to be true or false, got "yes"',
    ],
    [
      { name: 'a', inner: { on: true, off: false } },
      'Unknown key "off" in params.inner, expected only on',
    ],
    [
      { name: 'a', signal: 'TERM' },
      'Expected params.signal to be the name of a signal, got "TERM"',
    ],
    [
      { name: 'x'.repeat(500) },
      `Expected params.name to be a string of 1 to 3 characters, got "${'x'.repeat(59)}...`,
    ],
    [[], 'Expected params to be an object, got an array of 0 items'],
    [3, 'Expected params to be an object, got 3'],
    [
      JSON.parse('{"name": "a", "__proto__": 1}'),
      `Unknown key "__proto__" in params, expected only ${KEYS}`,
    ],
  ])('says what it expected instead of %j', (value: unknown, fault) => {
    expect(validate(value)).toBe(fault)
  })
})

describe('closed()', () => {
  test('refuses unknown keys unless the schema says otherwise', () => {
    const open = Type.Object({}, { additionalProperties: Type.Number() })
    expect(compileSchema(Type.Object({}), 'value')({ a: 1 })).toBeUndefined()
    expect(compileSchema(closed(Type.Object({})), 'value')({ a: 1 })).toBe(
      'Unknown key "a" in value, expected none',
    )
    expect(compileSchema(closed(open), 'value')({ a: 1 })).toBeUndefined()
  })
})
