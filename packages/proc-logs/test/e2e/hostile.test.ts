// S2, S6, S9 and S10 of the threat model: who calls, and what they put into filters and names.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { json, openHouse, temporaryFolder } from '../house.js'
import type { Answer, House } from '../house.js'

/** How many made-up filters; the threat model asks for 100,000 (HERO_FUZZ=100000). */
const RUNS = Number(process.env['HERO_FUZZ'] ?? 100)
/** A run takes some milliseconds. */
const FUZZ_MS_MAX = 60_000 + RUNS * 20

const JSON_TYPE = { 'content-type': 'application/json' }

const CALLS = `
  const { request } = require('node:http')
  const headers = { 'content-type': 'application/json' }
  const [socketPath, count] = process.argv.slice(1)
  const call = () => new Promise((resolve) => {
    const options = { socketPath, agent: false, method: 'POST', path: '/rpc', headers }
    const sent = request(options, (response) => resolve(response.statusCode))
    sent.on('error', (error) => resolve(error.code))
    sent.end('{"jsonrpc":"2.0","id":1,"method":"logs.clear","params":{"source":"app"}}')
  })
  const got = []
  const next = async () => {
    if (got.length === Number(count)) return console.log(JSON.stringify(got))
    got.push(await call())
    return next()
  }
  void next()
`

/** What another user gets for calls that would change something. */
async function callAsNobody(socketPath: string, count: number): Promise<unknown> {
  const child = spawn(process.execPath, ['-e', CALLS, socketPath, String(count)], {
    uid: 65_534,
    gid: 65_534,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const [answer] = (await once(child.stdout, 'data')) as [Buffer]
  return JSON.parse(answer.toString())
}

describe.runIf(process.getuid?.() === 0)('S2: another user', () => {
  test('S2: is kept out by the mode, and by the kernel where the mode lets it in', async () => {
    const { socketPath, dir, insert, call } = await openHouse()
    await insert('app', ['kept'])
    expect(await callAsNobody(socketPath, 1)).toEqual(['EACCES'])
    chmodSync(dir, 0o755)
    expect(await callAsNobody(socketPath, 1)).toEqual(['EACCES'])
    chmodSync(socketPath, 0o666)
    expect(await callAsNobody(socketPath, 100)).toEqual(Array(100).fill(403))
    const { entries } = await call<{ entries: object[] }>('logs.query', { sources: ['app'] })
    expect(entries).toHaveLength(1)
  })
})

const nasty = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc.constantFrom(
    "' OR 1=1 --",
    '"; DROP TABLE blocks; --',
    '%',
    '_',
    '\\',
    '*',
    '" OR "x"="x',
    'NEAR(a b)',
    ')',
    '\u0000',
    '/etc/passwd',
    '../../..',
    '${7*7}',
  ),
)

interface Found {
  readonly source: string
  readonly text: string
}

/** What a filter finds over RPC or over HTTP, or the code and the words with which it is refused. */
async function find(house: House, filter: Filter): Promise<readonly Found[] | RefusedFilter> {
  try {
    return (await house.call<{ entries: Found[] }>('logs.query', filter)).entries
  } catch (error) {
    return error as RefusedFilter
  }
}

async function findOverHttp(
  house: House,
  filter: Filter,
): Promise<readonly Found[] | RefusedFilter> {
  const query = new URLSearchParams()
  for (const [key, value] of Object.entries(filter)) {
    for (const one of [value].flat()) query.append(key, one)
  }
  const answer = await house.ask(`/logs?${query.toString()}`)
  const { entries, error } = json<{ entries: Found[]; error?: RefusedFilter }>(answer)
  return error ?? entries
}

type Filter = Readonly<Record<string, string | readonly string[]>>

interface RefusedFilter {
  readonly code: number
  readonly message: string
}

describe('S9: filters', () => {
  const filter = fc.record(
    {
      sources: fc.array(nasty, { maxLength: 3 }),
      contains: nasty,
      regex: nasty,
      levels: fc.array(nasty, { maxLength: 2 }),
      streams: fc.array(nasty, { maxLength: 2 }),
      after: nasty,
      fields: fc.array(nasty, { maxLength: 2 }),
    },
    { requiredKeys: [] },
  )

  test(
    'S9: no filter brings an error of the store or an entry outside of it',
    async () => {
      const house = await openHouse()
      await house.insert('mine', ["it's mine", '100%', 'a_b', '"quoted"', '../../etc'])
      await house.insert('other', ['secret'])
      let kept = 0
      await fc.assert(
        fc.asyncProperty(filter, async (given) => {
          const names = (given.sources ?? []).map((one) => `mine${one.replaceAll('*', '')}`)
          const asked = { ...given, sources: ['mine', ...names] }
          for (const found of [await find(house, asked), await findOverHttp(house, asked)]) {
            if ('code' in found) {
              expect([-32602, -32002]).toContain(found.code)
              expect(found.message).not.toMatch(/SQLITE|SELECT|at .*\.js/)
              continue
            }
            kept += found.length
            expect(found.filter(({ source }) => source !== 'mine')).toEqual([])
            const { contains = '' } = given
            const isCased = /\p{Lu}/u.test(contains)
            const fold = (text: string): string => (isCased ? text : text.toLowerCase())
            expect(found.filter(({ text }) => !fold(text).includes(fold(contains)))).toEqual([])
          }
        }),
        // The examples find something whatever else is made up.
        { numRuns: RUNS, examples: [[{}], [{ contains: "it's" }], [{ regex: 'a.b' }]] },
      )
      expect(kept).toBeGreaterThan(0)
    },
    FUZZ_MS_MAX,
  )
})

const OUTSIDE = 'what stands outside of the folder'

/** Names that would lead out of a folder, in all ways of writing them: 200. */
function escapes(outside: string): string[] {
  const ways = [
    (path: string) => path,
    (path: string) => encodeURIComponent(path),
    (path: string) => encodeURIComponent(encodeURIComponent(path)),
    (path: string) => path.replaceAll('/', '\\'),
    (path: string) => path.replaceAll('/', '%5c'),
    (path: string) => path.replaceAll('..', '%2e%2e'),
    (path: string) => path.replaceAll('.', '%c0%ae'),
    (path: string) => path.replaceAll('/', '\u2215'),
    (path: string) => `${path}\0.log`,
    (path: string) => `file://${path}`,
  ]
  const paths = [
    outside,
    `..${outside}`,
    '../secret.txt',
    '../../secret.txt',
    './../secret.txt',
    'x/../../secret.txt',
    'link/secret.txt',
    './link/secret.txt',
    'link',
    'secret.txt.link',
    '....//secret.txt',
    '..;/secret.txt',
    '~/secret.txt',
    '$HOME/secret.txt',
    '/proc/self/environ',
    '/etc/passwd',
    '../../../../../../../../etc/passwd',
    '.',
    '..',
    '',
  ]
  return paths.flatMap((path) => ways.map((way) => way(path)))
}

/** Every file and folder below a folder, with its size if it is no file of the store. */
function tree(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .map((one) => join(one.parentPath, one.name))
    .toSorted()
}

describe('S10: names', () => {
  test('S10: 200 names and paths lead nowhere outside, nor do links', async () => {
    const folder = temporaryFolder()
    const outside = join(folder, 'secret.txt')
    writeFileSync(outside, OUTSIDE)
    const house = await openHouse(join(folder, 'data'))
    for (const at of [house.dir, join(house.dir, 'logs')]) {
      symlinkSync(folder, join(at, 'link'))
      symlinkSync(outside, join(at, 'secret.txt.link'))
    }
    const before = tree(folder)
    const payloads = escapes(outside)
    expect(payloads).toHaveLength(200)
    for (const payload of payloads) {
      const bodies = await Promise.all([
        ...[
          ['logs.insert', { source: payload, entries: [{ text: 'x' }] }] as const,
          ['logs.clear', { source: payload }] as const,
          ['files.remove', { name: payload }] as const,
          ['service.status', { name: payload }] as const,
          ['service.delete', { name: payload }] as const,
        ].map(([method, params]) => house.call(method, params).catch(String)),
        ...['', '/export?format=text'].map((rest) => {
          return house.ask(`/logs/${encodeURIComponent(payload)}${rest}`)
        }),
        house.ask(encodeURI(`/logs/${payload}`)),
        house.ask(encodeURI(`/${payload}`)),
        house.ask(`/logs?source=${encodeURIComponent(payload)}`),
        ...['stream', 'ingest'].map((route) =>
          house
            .open(`/${route}/${encodeURIComponent(payload)}`)
            .then(({ socket }) => socket.terminate(), String),
        ),
      ])
      const said = bodies.map((one) => (isAnswer(one) ? plain(one) : JSON.stringify(one))).join()
      expect([payload, said.includes(OUTSIDE), said.includes('root:')]).toEqual([
        payload,
        false,
        false,
      ])
    }
    await house.call('logs.sync')
    expect(tree(folder)).toEqual(before)
    expect(readFileSync(outside, 'utf8')).toBe(OUTSIDE)
  })
})

function isAnswer(one: unknown): one is Answer {
  return Buffer.isBuffer((one as Answer | undefined)?.body)
}

function plain({ headers, body }: Answer): string {
  return (headers['content-type'] === 'application/gzip' ? gunzipSync(body) : body).toString()
}

describe('S6: requests that a page can send without asking', () => {
  const call = '{"jsonrpc":"2.0","id":1,"method":"logs.clear","params":{"source":"app"}}'
  const otlp = '{"resourceLogs":[]}'

  test.each([
    ['a form', '/rpc', call, { 'content-type': 'application/x-www-form-urlencoded' }, 415],
    ['plain text', '/rpc', call, { 'content-type': 'text/plain' }, 415],
    ['plain text', '/v1/logs', otlp, { 'content-type': 'text/plain' }, 415],
    ['a form', '/v1/logs', otlp, { 'content-type': 'multipart/form-data; boundary=x' }, 415],
    ['JSON of another page', '/rpc', call, { ...JSON_TYPE, origin: 'http://evil.example' }, 403],
    ['JSON of another page', '/v1/logs', otlp, { ...JSON_TYPE, origin: 'null' }, 403],
    ['no-cors', '/rpc', call, { ...JSON_TYPE, 'sec-fetch-site': 'cross-site' }, 403],
  ])('S6: %s to %s changes nothing', async (_, path, body, headers, status) => {
    const house = await openHouse(temporaryFolder(), {}, { host: '127.0.0.1', port: 0 })
    await house.insert('app', ['kept'])
    const { port } = house.server.http!
    const answer = await fetchFrom(port, path, body, headers)
    expect(answer).toBe(status)
    const { entries } = await house.call<{ entries: object[] }>('logs.query', { sources: ['app'] })
    expect(entries).toHaveLength(1)
  })

  test('S6: GET of every route and method changes nothing', async () => {
    const house = await openHouse()
    await house.insert('app', ['kept'])
    const { methods } = json<{ methods: { name: string }[] }>(await house.ask('/openrpc.json'))
    for (const { name } of methods) {
      const query = `method=${name}&params=%7B%22source%22%3A%22app%22%7D&id=1&jsonrpc=2.0`
      expect((await house.ask(`/rpc?${query}`)).status).toBe(405)
    }
    const { entries } = await house.call<{ entries: object[] }>('logs.query', {})
    expect(entries).toHaveLength(2)
  })
})

function fetchFrom(port: number, path: string, body: string, headers: object): Promise<number> {
  return new Promise((resolve, reject) => {
    const options = { host: '127.0.0.1', port, method: 'POST', path, headers: { ...headers } }
    const sent = request({ ...options, agent: false }, (response) => {
      response.resume()
      resolve(response.statusCode ?? 0)
    })
    sent.once('error', reject)
    sent.end(body)
  })
}
