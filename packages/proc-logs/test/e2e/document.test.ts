// The document of the whole surface: valid, complete, and true - every example in it is called.
import metaSchema from '@open-rpc/meta-schema'
import jsonSchemaMetaSchema from '@json-schema-tools/meta-schema'
import { Ajv } from 'ajv'
import { expect, test } from 'vitest'
import { openHouse } from '../house.js'
import type { House } from '../house.js'

interface Described {
  readonly name: string
  readonly params: readonly { readonly name: string; readonly schema: object }[]
  readonly result: { readonly schema: object }
  readonly examples?: readonly {
    readonly params: readonly { readonly name: string; readonly value: unknown }[]
    readonly result: { readonly value: unknown }
  }[]
  readonly 'x-needs-session'?: boolean
}

async function readDocument(house: House): Promise<{ methods: readonly Described[] }> {
  const { status, body } = await house.ask('/openrpc.json')
  expect(status).toBe(200)
  return JSON.parse(body.toString()) as { methods: readonly Described[] }
}

test('the document is a valid OpenRPC document and has an example of every method', async () => {
  const document = await readDocument(await openHouse())
  const ajv = new Ajv({ strict: false, validateFormats: false })
  for (const id of ['https://meta.json-schema.tools', 'https://meta.json-schema.tools/']) {
    ajv.addSchema({ ...jsonSchemaMetaSchema, $id: id }, id, true, false)
  }
  const { default: inner = metaSchema } = metaSchema as { default?: object }
  const validate = ajv.compile(inner as object)
  expect(validate(document) ? [] : validate.errors).toEqual([])
  const without = document.methods.filter(({ examples }) => examples === undefined)
  expect(without.map(({ name }) => name)).toEqual(['rpc.discover'])
})

/** What of a value is the same at every call: its shape and kinds. Arrays are known by their first. */
function kindOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.slice(0, 1).map(kindOf)
  if (typeof value !== 'object' || value === null) return value === null ? null : typeof value
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, kindOf(one)]))
}

/** A hero_proc that holds what the examples show. */
async function furnished(method: string): Promise<House> {
  const house = await openHouse()
  const definition = { name: 'web', command: ['sleep', '3600'] }
  if (method !== 'logs.insert') {
    const entry = {
      text: 'slow request',
      level: 'warning',
      fields: { path: '/cups', ms: 1204 },
      ts: '2026-11-21T10:00:00.000000Z',
    }
    await house.call('logs.insert', { source: 'web', entries: [entry], ack: 'commit' })
  }
  if (method.startsWith('service.')) await house.call('service.add', { definition })
  if (method === 'service.stop') await house.call('service.start', { name: 'web' })
  return house
}

test('every method answers its example as the document says', async () => {
  const ajv = new Ajv({ strict: false, validateFormats: false })
  const { methods } = await readDocument(await openHouse())
  for (const { name, params, result, examples = [] } of methods) {
    for (const example of examples) {
      const house = await furnished(name)
      const given = Object.fromEntries(example.params.map((one) => [one.name, one.value]))
      const answer = await callOverSocket(house, name, given)
      expect([name, answer.error]).toEqual([name, undefined])
      expect([name, ajv.validate(result.schema, answer.result), ajv.errorsText()]).toEqual([
        name,
        true,
        'No errors',
      ])
      expect([name, ajv.validate(result.schema, example.result.value)]).toEqual([name, true])
      for (const one of params.filter(({ name: key }) => key in given)) {
        expect([name, one.name, ajv.validate(one.schema, given[one.name])]).toEqual([
          name,
          one.name,
          true,
        ])
      }
      if (!MOMENTARY.includes(name)) {
        // Readers ignore keys that they do not know, so that an answer may say more.
        expect([name, kindOf(answer.result)]).toMatchObject([name, kindOf(example.result.value)])
      }
      await house.close()
    }
  }
})

/** Answers whose shape depends on what has happened, beside what their schemas say. */
const MOMENTARY = ['service.stop', 'service.restart']

async function callOverSocket(
  house: House,
  method: string,
  params: object,
): Promise<{ result?: unknown; error?: unknown }> {
  const listening = await house.open('/ws')
  // A subscription can only be ended by the connection that began it.
  if (method === 'logs.unfollow') {
    listening.socket.send(
      JSON.stringify({ jsonrpc: '2.0', id: 'first', method: 'logs.follow', params: {} }),
    )
    await listening.until((heard) => heard.some(({ id }) => id === 'first'))
  }
  listening.socket.send(JSON.stringify({ jsonrpc: '2.0', id: 'walk', method, params }))
  await listening.until((heard) => heard.some(({ id }) => id === 'walk'))
  listening.socket.terminate()
  return listening.heard.find(({ id }) => id === 'walk') as { result?: unknown; error?: unknown }
}
