import metaSchema from '@open-rpc/meta-schema'
import jsonSchemaMetaSchema from '@json-schema-tools/meta-schema'
import { Ajv } from 'ajv'
import { expect, test } from 'vitest'
import { createDispatcher } from '../src/dispatcher.js'
import { annotate, defineMethod } from '../src/method.js'
import type { MethodDefinition } from '../src/method.js'
import { Type } from '../src/schema.js'
import { ask, startServer } from './fixture.js'

const add: MethodDefinition = defineMethod({
  name: 'add',
  summary: 'Adds.',
  params: Type.Object({ a: Type.Integer({ minimum: 0 }), b: Type.Optional(Type.Integer()) }),
  result: Type.Integer(),
  example: { params: { a: 1, b: 2 }, result: 3 },
  handler: ({ a, b = 0 }) => a + b,
})

const dispatcher = createDispatcher({
  info: { title: 'adder', version: '1.2.3', description: 'Adds numbers' },
  methods: [add],
})

/** What the meta-schema of OpenRPC says against a document. */
function faultsOf(document: unknown): unknown {
  const ajv = new Ajv({ strict: false, validateFormats: false })
  // The meta-schema names this one in two ways.
  for (const id of ['https://meta.json-schema.tools', 'https://meta.json-schema.tools/']) {
    ajv.addSchema({ ...jsonSchemaMetaSchema, $id: id }, id, true, false)
  }
  const { default: inner = metaSchema } = metaSchema as { default?: object }
  const validate = ajv.compile(inner as object)
  return validate(document) ? undefined : validate.errors
}

test('createOpenRpcDocument() makes what the meta-schema of OpenRPC accepts', () => {
  expect(faultsOf(JSON.parse(JSON.stringify(dispatcher.document)))).toBeUndefined()
  expect(faultsOf({ ...dispatcher.document, openrpc: 'one' })).toBeDefined()
  expect(faultsOf({ ...dispatcher.document, methods: [{ name: 1 }] })).toBeDefined()
})

test('createOpenRpcDocument() describes params, result, effect and example', () => {
  const [method] = JSON.parse(JSON.stringify(dispatcher.document.methods)) as object[]
  expect(method).toMatchObject({
    name: 'add',
    summary: 'Adds.',
    params: [
      { name: 'a', required: true, schema: { type: 'integer', minimum: 0 } },
      { name: 'b', required: false, schema: { type: 'integer' } },
    ],
    result: { name: 'result', schema: { type: 'integer' } },
    'x-effect': 'reads',
    examples: [
      {
        name: 'add',
        params: [
          { name: 'a', value: 1 },
          { name: 'b', value: 2 },
        ],
        result: { name: 'result', value: 3 },
      },
    ],
  })
})

test('the document is the same by rpc.discover and GET /openrpc.json, and lists rpc.discover', async () => {
  const { socketPath } = await startServer({ dispatcher })
  const { body } = await ask(socketPath, { path: '/openrpc.json' })
  const answer = await ask(socketPath, {
    method: 'POST',
    path: '/rpc',
    headers: { 'content-type': 'application/json' },
    body: '{"jsonrpc":"2.0","id":1,"method":"rpc.discover"}',
  })
  const { result } = JSON.parse(answer.body) as { result: { methods: { name: string }[] } }
  expect(JSON.parse(body)).toEqual(result)
  expect(result.methods.map(({ name }) => name)).toEqual(['add', 'rpc.discover'])
})

test('annotate() adds notes and refuses those of nothing', () => {
  const [noted] = annotate([add], { add: { effect: 'changes' } })
  expect(noted).toMatchObject({ name: 'add', effect: 'changes', example: { result: 3 } })
  expect(() => annotate([add], { sub: {} })).toThrowErrorMatchingInlineSnapshot(
    `[TypeError: Expected notes of known methods, got sub]`,
  )
})
