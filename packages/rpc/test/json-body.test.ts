import { once } from 'node:events'
import { connect } from 'node:net'
import { gzipSync } from 'node:zlib'
import { describe, expect, onTestFinished, test } from 'vitest'
import { sendJson } from '../src/http-body.js'
import { readJson } from '../src/json-body.js'
import type { Route } from '../src/router.js'
import { ask, post, startServer } from './fixture.js'
import type { Answer } from './fixture.js'

const JSON_TYPE = { 'content-type': 'application/json' }
const ELEMENTS = '0,'.repeat(100_000)

/** Gives back what it has read. */
const mirror: Route = {
  method: 'POST',
  path: '/mirror',
  handler: async (request, response) => {
    sendJson(response, 200, JSON.stringify(await readJson(request)))
  },
}

describe('readBounded()', () => {
  test('answers under the id of the call that has too much', async () => {
    const { socketPath } = await startServer()
    const { status, body } = await post(
      socketPath,
      `{"jsonrpc":"2.0","id":7,"method":"echo","params":[[${ELEMENTS}0]]}`,
    )
    expect([status, JSON.parse(body)]).toMatchObject([
      200,
      { id: 7, error: { code: -32602, data: { code: 'InvalidParams' } } },
    ])
  })

  test('answers while the rest is still to come', async () => {
    const { socketPath } = await startServer()
    const socket = connect({ path: socketPath })
    onTestFinished(() => void socket.destroy())
    const headers = 'Host: x\r\nContent-Type: application/json\r\nContent-Length: 8000000'
    socket.write(`POST /rpc HTTP/1.1\r\n${headers}\r\n\r\n[${'{},'.repeat(1_000)}`)
    const [answer] = (await once(socket, 'data')) as [Buffer]
    expect(answer.toString()).toContain('Expected at most 100 calls in a batch, got more')
  })

  test('leaves the connection to further requests when the rest has come', async () => {
    const { socketPath } = await startServer()
    const socket = connect({ path: socketPath }).setEncoding('utf8')
    onTestFinished(() => void socket.destroy())
    let answers = ''
    socket.on('data', (text: string) => (answers += text))
    for (const body of [`[${ELEMENTS}0]`, '{"jsonrpc":"2.0","id":8,"method":"refuse"}']) {
      const headers = `Host: x\r\nContent-Type: application/json\r\nContent-Length: ${body.length}`
      socket.write(`POST /rpc HTTP/1.1\r\n${headers}\r\n\r\n${body}`)
    }
    while (!answers.includes('"id":8')) await once(socket, 'data')
    expect(answers).toMatch(/-32600.*Not now/s)
  })

  test('takes a body of many turns whole, packed or not', async () => {
    const { socketPath } = await startServer()
    const text = 'Grüße '.repeat(700_000)
    const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'echo', params: { text } })
    expect(JSON.parse((await post(socketPath, body)).body)).toMatchObject({ result: text })
    const headers = { ...JSON_TYPE, 'content-encoding': 'gzip' }
    const packed = { method: 'POST', path: '/rpc', headers, body: gzipSync(body) }
    expect(JSON.parse((await ask(socketPath, packed)).body)).toMatchObject({ result: text })
  })
})

describe('readJson()', () => {
  test.each([
    ['what is small', '[1,{"a":[2]}]'],
    ['10,000 elements', `[${'0,'.repeat(9_999)}0]`],
  ])('takes %s', async (_, body) => {
    const answer = await mirrored(body)
    expect([answer.status, answer.body]).toEqual([200, body])
  })

  test.each([
    ['10,001 elements', `[${'0,'.repeat(10_000)}0]`, 413, 'LimitExceeded'],
    ['65 levels', '['.repeat(65), 400, 'InvalidRequest'],
    ['half of something', '[1', 400, 'ParseError'],
  ])('refuses %s', async (_, body, status, code) => {
    const answer = await mirrored(body)
    expect(answer.status).toBe(status)
    expect(JSON.parse(answer.body)).toMatchObject({ error: { data: { code } } })
  })
})

async function mirrored(body: string): Promise<Answer> {
  const { socketPath } = await startServer({ routes: [mirror] })
  return await ask(socketPath, { method: 'POST', path: '/mirror', headers: JSON_TYPE, body })
}
