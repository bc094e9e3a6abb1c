// S2, S9 and S10 of the threat model: who calls, and what they put into filters and names.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, readdirSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { openHouse } from '../house.js'

/** How many made-up filters; the threat model asks for 100,000 (HERO_FUZZ=100000). */
const RUNS = Number(process.env['HERO_FUZZ'] ?? 300)

const CALL = `
  const { request } = require('node:http')
  const headers = { 'content-type': 'application/json' }
  const socketPath = process.argv[1]
  const sent = request({ socketPath, method: 'POST', path: '/rpc', headers }, (response) => {
    console.log(response.statusCode)
  })
  sent.on('error', (error) => console.log(error.code))
  sent.end('{"jsonrpc":"2.0","id":1,"method":"logs.sync"}')
`

/** What another user gets for a call. */
async function callAsNobody(socketPath: string): Promise<string> {
  const child = spawn(process.execPath, ['-e', CALL, socketPath], {
    uid: 65_534,
    gid: 65_534,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const [answer] = (await once(child.stdout, 'data')) as [Buffer]
  return answer.toString().trim()
}

describe.runIf(process.getuid?.() === 0)('S2: another user', () => {
  test('S2: is kept out by the mode, and by the kernel where the mode lets it in', async () => {
    const { socketPath, dir } = await openHouse()
    expect(await callAsNobody(socketPath)).toBe('EACCES')
    chmodSync(dir, 0o755)
    expect(await callAsNobody(socketPath)).toBe('EACCES')
    chmodSync(socketPath, 0o666)
    expect(await callAsNobody(socketPath)).toBe('403')
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

describe('S9: filters', () => {
  test('S9: no filter brings an error of the store or an entry outside of it', async () => {
    const house = await openHouse()
    await house.insert('mine', ["it's mine", '100%', 'a_b', '"quoted"', '../../etc'])
    await house.insert('other', ['secret'])
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
    await fc.assert(
      fc.asyncProperty(filter, async (given) => {
        const params = {
          ...given,
          sources: [
            'mine',
            ...(given.sources ?? []).map((one) => `mine${one.replaceAll('*', '')}`),
          ],
        }
        try {
          const { entries } = await house.call<{ entries: { source: string }[] }>(
            'logs.query',
            params,
          )
          expect(entries.filter(({ source }) => source !== 'mine')).toEqual([])
        } catch (error) {
          const { code, message } = error as { code: number; message: string }
          expect([-32602, -32002]).toContain(code)
          expect(message).not.toMatch(/SQLITE|SELECT|at .*\.js/)
        }
      }),
      { numRuns: RUNS },
    )
  })
})

describe('S10: names', () => {
  test('S10: no name of a source leads out of the folder', async () => {
    const house = await openHouse()
    const before = readdirSync(house.dir).toSorted()
    const names = [
      '../x',
      '..',
      '.',
      '/etc/passwd',
      'a/../../b',
      '..\\x',
      'a\u0000b',
      '%2e%2e%2f',
      '~',
      'CON',
    ]
    for (const name of names) {
      const insert = { source: name, entries: [{ text: 'x' }], ack: 'commit' }
      const outcome = await house.call('logs.insert', insert).then(
        () => 'taken',
        (error: { code: number }) => error.code,
      )
      expect([name, outcome]).toEqual([name, /[/\0]|^\.\.?$/.test(name) ? -32602 : 'taken'])
      const path = encodeURIComponent(name)
      const { status, body } = await house.ask(`/logs/${path}/export?format=text`)
      expect([200, 400, 404]).toContain(status)
      expect(body.includes('root:')).toBe(false)
    }
    expect(readdirSync(house.dir).toSorted()).toEqual(before)
  })
})
