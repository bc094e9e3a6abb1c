// What others write: `WS /ingest/{id}` and OpenTelemetry's `POST /v1/logs`.
import { once } from 'node:events'
import { gzipSync } from 'node:zlib'
import type { WireEntry } from '@hero/logs'
import { describe, expect, test } from 'vitest'
import { json, openHouse } from '../house.js'
import type { Answer, House } from '../house.js'

describe('WS /ingest/{id}', () => {
  test('takes lines, entries and bytes, and accounts for them at the end', async () => {
    const house = await openHouse()
    const producer = await house.open('/ingest/app')
    const { socket } = producer
    socket.send('one line')
    socket.send('two\nlines\n')
    socket.send('{"text":"an entry","level":"error","fields":{"a":1}}')
    socket.send('{"level":30,"msg":"a line of JSON"}')
    socket.send(Buffer.from('bytes \xff that go', 'latin1'))
    socket.send(Buffer.from(' on\nlast words'))
    socket.close(1000)
    await once(socket, 'close')
    expect(producer.heard.at(-1)).toEqual({
      accepted: 7,
      dropped: 0,
      last_seq: expect.any(Number) as number,
    })
    await house.call('logs.sync')
    const { entries } = await house.call<{ entries: WireEntry[] }>('logs.tail', { source: 'app' })
    expect(
      entries.map((one) => one.text ?? Buffer.from(one.text_b64!, 'base64').toString('latin1')),
    ).toEqual([
      'one line',
      'two',
      'lines',
      'an entry',
      '{"level":30,"msg":"a line of JSON"}',
      'bytes \xff that go on',
      'last words',
    ])
    expect(entries[3]).toMatchObject({ level: 'error', fields: { a: 1 }, origin: 'ws' })
    expect(entries.at(-1)).toMatchObject({ unterminated: true })
    expect(entries.at(-1)!.seq).toBe(producer.heard.at(-1)?.['last_seq'])
  })

  test('names a bad entry, counts what is dropped, and tells it while it goes on', async () => {
    const house = await openHouse()
    await house.call('log_batcher.configure', {
      source: 'app',
      rate_limit: { lines_per_second: 1 },
    })
    const producer = await house.open('/ingest/app')
    producer.socket.send('{"text":"x","color":"red"}')
    producer.socket.send('1\n2\n3\n')
    await producer.until((heard) => heard.some(({ dropped }) => dropped === 2))
    expect(producer.heard[0]).toEqual({
      type: 'error',
      code: 'InvalidEntry',
      message: 'Unknown record key "color"',
    })
    expect(producer.heard.at(-1)).toMatchObject({ accepted: 1, dropped: 2 })
  })

  test.each([
    ['/ingest/a%2Fb'],
    ['/ingest/%00'],
    ['/ingest/app?stream=stdin'],
    ['/ingest/app?color=red'],
  ])('S10: refuses %s before the handshake', async (path) => {
    const house = await openHouse()
    await expect(house.open(path)).rejects.toMatchObject({ status: 400 })
  })

  test('a line longer than the limit comes in parts', async () => {
    const house = await openHouse()
    const producer = await house.open('/ingest/app')
    producer.socket.send('ä'.repeat(100_000))
    producer.socket.close(1000)
    await once(producer.socket, 'close')
    await house.call('logs.sync')
    const { entries } = await house.call<{ entries: WireEntry[] }>('logs.tail', { source: 'app' })
    expect(entries.map(({ part }) => part)).toEqual(['first', 'middle', 'middle', 'last'])
    expect(entries.map(({ text }) => text).join('')).toBe('ä'.repeat(100_000))
  })
})

describe('POST /v1/logs', () => {
  const attribute = (key: string, value: object): object => ({ key, value })
  const request = {
    resourceLogs: [
      {
        resource: {
          attributes: [
            attribute('service.name', { stringValue: 'shop' }),
            attribute('host.name', { stringValue: 'h1' }),
          ],
        },
        scopeLogs: [
          {
            scope: { name: 'http' },
            logRecords: [
              {
                timeUnixNano: '1795255200000001999',
                severityNumber: 17,
                body: { stringValue: 'cup broke' },
                attributes: [attribute('cup', { intValue: '7' })],
                traceId: '5b8efff798038103d269b633813fc60c',
              },
              { body: { kvlistValue: { values: [attribute('a', { boolValue: true })] } } },
            ],
          },
        ],
      },
    ],
  }
  const send = (house: House, body: string | Buffer, headers: object = {}): Promise<Answer> =>
    house.ask('/v1/logs', {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body,
    })

  test('takes OpenTelemetry logs, packed or not, and answers after the commit', async () => {
    const house = await openHouse()
    const answer = await send(house, JSON.stringify(request))
    expect([answer.status, answer.body.toString()]).toEqual([200, '{}'])
    const { entries } = await house.call<{ entries: WireEntry[] }>('logs.tail', { source: 'shop' })
    expect(entries).toMatchObject([
      {
        text: 'cup broke',
        level: 'error',
        ts: '2026-11-21T10:00:00.000001Z',
        fields: {
          cup: 7,
          resource: { 'host.name': 'h1' },
          scope: 'http',
          trace_id: '5b8efff798038103d269b633813fc60c',
        },
      },
      { text: '{"a":true}', fields: { body: { a: true } } },
    ])
    const packed = gzipSync(JSON.stringify(request))
    expect((await send(house, packed, { 'content-encoding': 'gzip' })).status).toBe(200)
  })

  test('refuses what it is not, and names what it could not take', async () => {
    const house = await openHouse()
    const wrong = { ...request, resourceLogs: 'none' }
    expect((await send(house, JSON.stringify(wrong))).status).toBe(400)
    expect((await send(house, '{')).status).toBe(400)
    expect((await send(house, '', { 'content-type': 'application/x-protobuf' })).status).toBe(415)
    const bad = structuredClone(request)
    bad.resourceLogs[0]!.resource.attributes[0] = attribute('service.name', { stringValue: 'a/b' })
    const answer = await send(house, JSON.stringify(bad))
    expect(json(answer)).toEqual({
      partialSuccess: {
        rejectedLogRecords: '2',
        errorMessage: 'Source name "a/b" holds "/" or "*"',
      },
    })
  })
})
