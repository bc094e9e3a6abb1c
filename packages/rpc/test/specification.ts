// The examples of the JSON-RPC 2.0 specification, section 7, and the methods that they call.
import { defineMethod } from '../src/method.js'
import type { MethodDefinition } from '../src/method.js'
import { Type } from '../src/schema.js'

export const ok = (id: unknown, result: unknown) => ({ jsonrpc: '2.0', id, result })
export const failed = (id: unknown, code: number, message: string, name: string) => ({
  jsonrpc: '2.0',
  id,
  error: { code, message, data: { code: name } },
})
export const invalid = failed(null, -32600, 'Invalid Request', 'InvalidRequest')

// https://www.jsonrpc.org/specification, section 7. `data` may always be there by section 5.1.
export const SPECIFICATION: readonly [name: string, request: string, answer: unknown][] = [
  [
    'positional parameters',
    '{"jsonrpc": "2.0", "method": "subtract", "params": [42, 23], "id": 1}',
    ok(1, 19),
  ],
  [
    'positional parameters, turned round',
    '{"jsonrpc": "2.0", "method": "subtract", "params": [23, 42], "id": 2}',
    ok(2, -19),
  ],
  [
    'named parameters',
    '{"jsonrpc": "2.0", "method": "subtract", "params": {"subtrahend": 23, "minuend": 42}, "id": 3}',
    ok(3, 19),
  ],
  [
    'named parameters, turned round',
    '{"jsonrpc": "2.0", "method": "subtract", "params": {"minuend": 42, "subtrahend": 23}, "id": 4}',
    ok(4, 19),
  ],
  ['a notification', '{"jsonrpc": "2.0", "method": "update", "params": [1,2,3,4,5]}', undefined],
  ['a notification of nothing known', '{"jsonrpc": "2.0", "method": "foobar"}', undefined],
  [
    'a method that does not exist',
    '{"jsonrpc": "2.0", "method": "foobar", "id": "1"}',
    failed('1', -32601, 'Method not found', 'MethodNotFound'),
  ],
  [
    'invalid JSON',
    '{"jsonrpc": "2.0", "method": "foobar, "params": "bar", "baz]',
    failed(null, -32700, 'Parse error', 'ParseError'),
  ],
  ['an invalid request', '{"jsonrpc": "2.0", "method": 1, "params": "bar"}', invalid],
  [
    'a batch of invalid JSON',
    `[{"jsonrpc": "2.0", "method": "sum", "params": [1,2,4], "id": "1"},
      {"jsonrpc": "2.0", "method"]`,
    failed(null, -32700, 'Parse error', 'ParseError'),
  ],
  ['an empty batch', '[]', invalid],
  ['an invalid batch, not empty', '[1]', [invalid]],
  ['an invalid batch', '[1,2,3]', [invalid, invalid, invalid]],
  [
    'a batch',
    `[{"jsonrpc": "2.0", "method": "sum", "params": [1,2,4], "id": "1"},
      {"jsonrpc": "2.0", "method": "notify_hello", "params": [7]},
      {"jsonrpc": "2.0", "method": "subtract", "params": [42,23], "id": "2"},
      {"foo": "boo"},
      {"jsonrpc": "2.0", "method": "foo.get", "params": {"name": "myself"}, "id": "5"},
      {"jsonrpc": "2.0", "method": "get_data", "id": "9"}]`,
    [
      ok('1', 7),
      ok('2', 19),
      invalid,
      failed('5', -32601, 'Method not found', 'MethodNotFound'),
      ok('9', ['hello', 5]),
    ],
  ],
  [
    'a batch of notifications',
    `[{"jsonrpc": "2.0", "method": "notify_sum", "params": [1,2,4]},
      {"jsonrpc": "2.0", "method": "notify_hello", "params": [7]}]`,
    undefined,
  ],
]

const numbers = Type.Object({
  a: Type.Optional(Type.Integer()),
  b: Type.Optional(Type.Integer()),
  c: Type.Optional(Type.Integer()),
  d: Type.Optional(Type.Integer()),
  e: Type.Optional(Type.Integer()),
})

function note(name: string): MethodDefinition {
  return defineMethod({
    name,
    summary: 'Takes note.',
    params: numbers,
    result: Type.Null(),
    handler: () => null,
  })
}

/** The methods that the examples call. */
export const SPECIFICATION_METHODS: readonly MethodDefinition[] = [
  defineMethod({
    name: 'subtract',
    summary: 'Subtracts.',
    params: Type.Object({ minuend: Type.Number(), subtrahend: Type.Number() }),
    result: Type.Number(),
    handler: ({ minuend, subtrahend }) => minuend - subtrahend,
  }),
  defineMethod({
    name: 'sum',
    summary: 'Adds.',
    params: numbers,
    result: Type.Number(),
    handler: ({ a = 0, b = 0, c = 0 }) => a + b + c,
  }),
  defineMethod({
    name: 'get_data',
    summary: 'Gives data.',
    params: Type.Object({}),
    result: Type.Array(Type.Union([Type.String(), Type.Number()])),
    handler: () => ['hello', 5],
  }),
  note('update'),
  note('notify_hello'),
  note('notify_sum'),
]
