// The document of the whole surface: valid, complete, and true - every example in it is called.
import metaSchema from '@open-rpc/meta-schema'
import jsonSchemaMetaSchema from '@json-schema-tools/meta-schema'
import { readFileSync } from 'node:fs'
import { connectSocket } from '@hero/rpc'
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
  readonly 'x-effect': string
}

interface Document {
  readonly methods: readonly Described[]
}

const at = new URL('../../../sdk/openrpc.json', import.meta.url)
const committed = JSON.parse(readFileSync(at, 'utf8')) as Document

test('the document is a valid OpenRPC document and has an example of every method', async () => {
  const house = await openHouse()
  const { status, body } = await house.ask('/openrpc.json')
  const document = JSON.parse(body.toString()) as Document
  expect(status).toBe(200)
  expect(document, 'npm run sdk').toEqual(committed)
  const ajv = new Ajv({ strict: false, validateFormats: false })
  for (const id of ['https://meta.json-schema.tools', 'https://meta.json-schema.tools/']) {
    ajv.addSchema({ ...jsonSchemaMetaSchema, $id: id }, id, true, false)
  }
  const { default: inner = metaSchema } = metaSchema as { default?: object }
  const validate = ajv.compile(inner as object)
  expect(validate(document) ? [] : validate.errors).toEqual([])
  expect(document.methods.filter(({ examples = [] }) => examples.length === 0)).toEqual([])
  expect(await callOverSocket(house, 'rpc.discover', {})).toMatchObject({ result: document })
})

/** Figures of the moment and of the machine: only their kind is the same at every call. */
const MOMENTARY =
  /(?:^|\.)(?:pid|data_dir|cursor|started_ts|since|uptime_ms|last_exit\.\w+|p\d\d_ms|commit_p99_ms)$|^store\.(?:wal_)?bytes$/

/** Every value by its path, and how many there are in each list. */
function leavesOf(value: unknown, path = ''): [path: string, value: unknown][] {
  if (typeof value !== 'object' || value === null) return [[path, value]]
  const length: [string, unknown][] = Array.isArray(value) ? [[`${path}.length`, value.length]] : []
  return Object.entries(value).reduce(
    (leaves, [key, one]) => leaves.concat(leavesOf(one, path === '' ? key : `${path}.${key}`)),
    length,
  )
}

/** What the document promises of an answer. */
function promisesOf(value: unknown): Record<string, unknown> {
  const shown = ([path, one]: [string, unknown]): [string, unknown] => [
    path,
    MOMENTARY.test(path) ? kindOf(one) : one,
  ]
  return Object.fromEntries(leavesOf(value).map(shown))
}

const kindOf = (value: unknown): string => (value === null ? 'null' : typeof value)

/** A hero_proc that holds what the examples show. */
async function furnished(method: string): Promise<House> {
  const house = await openHouse()
  const { logs } = house.plugin
  const web = logs.sink({ source: 'web', origin: 'rpc' })
  const ts = Date.UTC(2026, 10, 21, 10) * 1_000
  const fields = { path: '/cups', ms: 1204 }
  web.write({ text: 'slow request', level: 'warning', fields, ts })
  if (method === 'logs.histogram') web.write({ text: 'up', level: 'info', ts: ts + 59_999_999 })
  await logs.sync()
  const definition = { name: 'web', command: ['sleep', '3600'] }
  if (/^service\.|^rpc\./.test(method)) await house.call('service.add', { definition })
  if (method === 'service.stop') await house.call('service.start', { name: 'web' })
  return house
}

test.each(committed.methods)('$name answers its example as the document says', async (method) => {
  const { name, params, result, examples = [] } = method
  const ajv = new Ajv({ strict: false, validateFormats: false })
  for (const example of examples) {
    const house = await furnished(name)
    const given = Object.fromEntries(example.params.map((one) => [one.name, one.value]))
    const schemas = Object.fromEntries(params.map((one) => [one.name, one.schema]))
    for (const [key, value] of Object.entries(given)) {
      expect([key, ajv.validate(schemas[key] ?? false, value)]).toEqual([key, true])
    }
    const answer = await callOverSocket(house, name, given)
    expect(answer.error).toBeUndefined()
    for (const one of [answer.result, example.result.value]) {
      expect([ajv.validate(result.schema, one), ajv.errorsText()]).toEqual([true, 'No errors'])
    }
    // Readers ignore keys that they do not know, so that an answer may say more.
    if (name === 'rpc.discover') continue
    expect(promisesOf(answer.result)).toMatchObject(promisesOf(example.result.value))
  }
})

/** What stands in hero_proc's own log about a method. */
async function auditOf(house: House, method: string): Promise<unknown[]> {
  const query = { sources: ['hero_proc'], contains: `${method} called` }
  await house.call('logs.sync')
  const { entries } = await house.call<{ entries: { text: string; fields: object }[] }>(
    'logs.query',
    query,
  )
  return entries.map(({ text, fields }) => [text, fields])
}

test.each(committed.methods.filter((method) => method['x-effect'] !== 'reads'))(
  'S2: $name, which does more than read, stands in the audit with uid and pid',
  async ({ name, examples }) => {
    const house = await openHouse()
    const { params } = examples![0]!
    const given = Object.fromEntries(params.map((one) => [one.name, one.value]))
    const answer = await callOverSocket(house, name, given)
    const failure = (answer.error as { data: { code: string } } | undefined)?.data.code
    const [uid, gid, pid] = [process.getuid?.(), process.getgid?.(), process.pid]
    const how = failure === undefined ? '' : `, failed: ${failure}`
    expect(await auditOf(house, name)).toEqual([
      [
        `${name} called by uid ${uid}, pid ${pid}${how}`,
        expect.objectContaining({ uid, gid, pid }),
      ],
    ])
  },
)

test('S2: who types into a service stands in the audit, once for a connection', async () => {
  const house = await openHouse()
  const definition = { name: 'cat', command: ['cat'], capture: 'tee' }
  await house.call('service.add', { definition })
  await house.call('service.start', { name: 'cat' })
  const follower = await house.open('/stream/cat?contains=two')
  const socket = await connectSocket(house.socketPath, '/attach/cat')
  socket.send(Buffer.from('one\n'))
  socket.send(Buffer.from('two\n'))
  await follower.until(() => follower.texts.length > 0)
  socket.close()
  expect(await auditOf(house, 'attach')).toMatchObject([
    [`attach called by uid ${process.getuid?.()}, pid ${process.pid}`, { pid: process.pid }],
  ])
})

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
