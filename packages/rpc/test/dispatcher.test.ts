import { describe, expect, test } from 'vitest'
import { createDispatcher } from '../src/dispatcher.js'
import type { Dispatcher } from '../src/dispatcher.js'
import { defineMethod } from '../src/method.js'
import type { RpcContext } from '../src/method.js'
import { Type } from '../src/schema.js'
import { failed, invalid, ok, SPECIFICATION_METHODS } from './specification.js'

const context: RpcContext = {
  transport: 'unix',
  caller: { transport: 'unix', address: 'unix' },
  signal: new AbortController().signal,
}
const calls: string[] = []
const internal: { error: unknown; method: string }[] = []

function failing(name: string, error: unknown) {
  return defineMethod({
    name,
    summary: 'Throws.',
    params: Type.Object({}),
    result: Type.Null(),
    handler: () => {
      throw error
    },
  })
}

function fixture(): Dispatcher {
  calls.length = 0
  internal.length = 0
  return createDispatcher({
    onInternalError: (error, method) => internal.push({ error, method }),
    methods: [
      ...SPECIFICATION_METHODS,
      defineMethod({
        name: 'slow',
        summary: 'Notes begin and end.',
        params: Type.Object({ name: Type.String() }),
        result: Type.Null(),
        handler: async ({ name }) => {
          calls.push(`begin ${name}`)
          await new Promise((resolve) => {
            setImmediate(resolve)
          })
          calls.push(`end ${name}`)
          return null
        },
      }),
      defineMethod({
        name: 'note',
        summary: 'Notes that it was called.',
        params: Type.Object({ number: Type.Integer() }),
        result: Type.Null(),
        handler: ({ number }) => {
          calls.push(`note ${number}`)
          return null
        },
      }),
      failing('not_found', Object.assign(new Error('No such cup'), { code: 'NotFound' })),
      failing(
        'missed',
        Object.assign(new Error('Gone'), {
          code: 'MissedRotation',
          hint: 'Begin again',
          details: { floor: 7 },
        }),
      ),
      failing('invalid_name', Object.assign(new Error('Bad name'), { code: 'InvalidName' })),
      failing('sql', Object.assign(new Error('near "x": syntax error'), { code: 'SQLITE_ERROR' })),
      failing('bug', new TypeError('Cannot read /secret/path')),
      failing('text', 'thrown text'),
      defineMethod({
        name: 'circular',
        summary: 'Gives what JSON cannot hold.',
        params: Type.Object({}),
        result: Type.Unknown(),
        handler: () => 1n,
      }),
    ],
  })
}

async function receive(text: string): Promise<unknown> {
  const answer = await fixture().receive(text, context)
  return answer === undefined ? undefined : JSON.parse(answer)
}

function call(method: string, params?: unknown): Promise<unknown> {
  return receive(JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }))
}

describe('Dispatcher.receive()', () => {
  test('answers a batch of one with an array', async () => {
    expect(await receive('[{"jsonrpc":"2.0","method":"get_data","id":1}]')).toEqual([
      ok(1, ['hello', 5]),
    ])
  })

  test('calls notifications', async () => {
    await receive('{"jsonrpc":"2.0","method":"note","params":[1]}')
    expect(calls).toEqual(['note 1'])
  })

  test('gives a failed notification no answer', async () => {
    expect(await receive('{"jsonrpc":"2.0","method":"bug"}')).toBeUndefined()
    expect(internal).toHaveLength(1)
  })

  test('answers only the bad members of a batch with an error', async () => {
    const answer = await receive('[null, {"jsonrpc":"2.0","method":"get_data","id":1}, []]')
    expect(answer).toEqual([invalid, ok(1, ['hello', 5]), invalid])
  })

  test('runs a batch in order, one call after another', async () => {
    const one = (id: number) => ({ jsonrpc: '2.0', id, method: 'slow', params: [`${id}`] })
    await receive(JSON.stringify([one(1), one(2)]))
    expect(calls).toEqual(['begin 1', 'end 1', 'begin 2', 'end 2'])
  })

  test('takes 100 calls in a batch and refuses 101', async () => {
    const batch = (length: number) =>
      JSON.stringify(
        Array.from({ length }, (_, id) => ({ jsonrpc: '2.0', id, method: 'get_data' })),
      )
    expect(await receive(batch(100))).toHaveLength(100)
    expect(await receive(batch(101))).toEqual(
      failed(null, -32600, 'Expected at most 100 calls in a batch, got more', 'InvalidRequest'),
    )
  })

  test('takes 64 nested levels and refuses 65', async () => {
    // The request and its params are two of them.
    const nested = (levels: number) =>
      `{"jsonrpc":"2.0","id":1,"method":"get_data","params":[${'['.repeat(levels - 2)}${']'.repeat(levels - 2)}]}`
    expect(await receive(nested(64))).toMatchObject({ error: { code: -32602 } })
    expect(await receive(nested(65))).toEqual(
      failed(null, -32600, 'Expected at most 64 nested levels, got more', 'InvalidRequest'),
    )
  })

  test('takes 10,000 elements in an array and refuses 10,001 under the id of the call', async () => {
    const request = (length: number) => ({
      jsonrpc: '2.0',
      method: 'get_data',
      params: Array<number>(length).fill(0),
      id: 'last',
    })
    const refused = (id: string | null) => {
      const message = 'Expected at most 10000 elements in an array, got more'
      return failed(id, -32602, message, 'InvalidParams')
    }
    expect(await receive(JSON.stringify(request(10_000)))).toMatchObject({
      error: { message: 'Expected at most 0 params, got 10000' },
    })
    expect(await receive(JSON.stringify(request(10_001)))).toEqual(refused('last'))
    expect(await receive(JSON.stringify([request(10_001)]))).toEqual(refused(null))
    expect(await receive(`[[${'0,'.repeat(10_000)}]`)).toMatchObject({ error: { code: -32700 } })
  })

  test.each([
    ['an object as id', '{"jsonrpc":"2.0","method":"get_data","id":{}}'],
    ['scalar params', '{"jsonrpc":"2.0","method":"get_data","params":3}'],
    ['null params', '{"jsonrpc":"2.0","method":"get_data","params":null}'],
    ['another version', '{"jsonrpc":"1.0","method":"get_data"}'],
    ['a scalar', '3'],
    ['null', 'null'],
  ])('refuses %s', async (_name, request) => {
    expect(await receive(request)).toEqual(invalid)
  })

  test.each(['__proto__', 'constructor', 'toString', 'hasOwnProperty'])(
    'knows no method %s',
    async (method) => {
      expect(await call(method)).toMatchObject({ error: { code: -32601 } })
    },
  )

  test.each([
    ['not_found', { code: -32001, message: 'No such cup', data: { code: 'NotFound' } }],
    [
      'missed',
      {
        code: -32003,
        message: 'Gone',
        data: { code: 'MissedRotation', hint: 'Begin again', floor: 7 },
      },
    ],
    ['invalid_name', { code: -32602, message: 'Bad name', data: { code: 'InvalidParams' } }],
  ])('tells a known condition: %s', async (method, error) => {
    expect(await call(method)).toEqual({ jsonrpc: '2.0', id: 1, error })
    expect(internal).toEqual([])
  })

  test.each(['sql', 'bug', 'text', 'circular'])('tells nothing about %s', async (method) => {
    expect(await call(method)).toEqual(failed(1, -32009, 'Internal error', 'Internal'))
    expect(internal).toHaveLength(1)
  })

  test('spoils one answer of a batch only when a result cannot be written', async () => {
    const answer = await receive(
      '[{"jsonrpc":"2.0","method":"circular","id":1},{"jsonrpc":"2.0","method":"get_data","id":2}]',
    )
    expect(answer).toEqual([failed(1, -32009, 'Internal error', 'Internal'), ok(2, ['hello', 5])])
  })

  test('says what params it expected', async () => {
    const message = async (params: unknown) =>
      ((await call('subtract', params)) as { error: { code: number; message: string } }).error
    expect(await message({ minuend: 1 })).toMatchInlineSnapshot(`
      {
        "code": -32602,
        "data": {
          "code": "InvalidParams",
        },
        "message": "Missing "subtrahend" in params",
      }
    `)
    expect(await message({ minuend: 1, subtrahend: 'x' })).toMatchInlineSnapshot(`
      {
        "code": -32602,
        "data": {
          "code": "InvalidParams",
        },
        "message": "Expected params.subtrahend to be a number, got "x"",
      }
    `)
    expect(await message({ minuend: 1, subtrahend: 2, extra: 3 })).toMatchInlineSnapshot(`
      {
        "code": -32602,
        "data": {
          "code": "InvalidParams",
        },
        "message": "Unknown key "extra" in params, expected only minuend, subtrahend",
      }
    `)
    expect(await message([1, 2, 3])).toMatchInlineSnapshot(`
      {
        "code": -32602,
        "data": {
          "code": "InvalidParams",
        },
        "message": "Expected at most 2 params, got 3",
      }
    `)
  })
})

test('createDispatcher() refuses two methods of one name', () => {
  const method = failing('twice', new Error('x'))
  expect(() => createDispatcher({ methods: [method, method] })).toThrowErrorMatchingInlineSnapshot(
    `[TypeError: Expected one method twice, got two]`,
  )
})
