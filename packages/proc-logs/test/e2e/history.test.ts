// History over HTTP: `GET /logs/{id}`, and all of it as a file.
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { request as httpRequest } from 'node:http'
import type { IncomingMessage } from 'node:http'
import { gunzipSync } from 'node:zlib'
import type { WireEntry } from '@hero/logs'
import { describe, expect, test } from 'vitest'
import { json, numbered, openHouse, textsOf } from '../house.js'
import type { House } from '../house.js'

describe('GET /logs/{id}', () => {
  test('gives the newest page and leads backwards and forwards', async () => {
    const house = await openHouse()
    await house.insert('app', numbered(1, 10))
    const newest = await house.ask('/logs/app?limit=4')
    expect(textsOf(newest)).toEqual(numbered(7, 10))
    const { prev_cursor, next_cursor } = json<Record<string, string>>(newest)
    expect(next_cursor).toBeNull()
    const before = await house.ask(`/logs/app?limit=4&before=${prev_cursor}`)
    expect(textsOf(before)).toEqual(numbered(3, 6))
    const forwards = json<Record<string, string>>(before)['next_cursor']
    expect(textsOf(await house.ask(`/logs/app?limit=4&after=${forwards}`))).toEqual(numbered(7, 10))
    const last = json<Record<string, string>>(before)['prev_cursor']
    const oldest = await house.ask(`/logs/app?limit=4&before=${last}`)
    expect([textsOf(oldest), json<Record<string, string>>(oldest)['prev_cursor']]).toEqual([
      numbered(1, 2),
      null,
    ])
    expect(textsOf(await house.ask('/logs/app?limit=3&order=asc'))).toEqual(numbered(1, 3))
    expect(textsOf(await house.ask('/logs/app?limit=3&order=desc'))).toEqual(['10', '9', '8'])
  })

  test('gives several sources, filters, and three formats', async () => {
    const house = await openHouse()
    await house.insert('a', ['error: one', 'two'])
    await house.insert('b', ['three'])
    await house.insert('c', ['four'])
    expect(textsOf(await house.ask('/logs?source=a&source=b'))).toEqual([
      'error: one',
      'two',
      'three',
    ])
    expect(textsOf(await house.ask('/logs?source=a&level=error'))).toEqual(['error: one'])
    expect(textsOf(await house.ask('/logs?contains=o&source=a&source=c'))).toEqual([
      'error: one',
      'two',
      'four',
    ])
    const text = await house.ask('/logs/a?format=text')
    expect([text.headers['content-type'], text.body.toString()]).toEqual([
      'text/plain; charset=utf-8',
      'error: one\ntwo\n',
    ])
    const lines = await house.ask('/logs/a?format=ndjson&limit=1')
    expect(lines.headers['content-type']).toBe('application/x-ndjson; charset=utf-8')
    expect(JSON.parse(lines.body.toString())).toMatchObject({ text: 'two', source: 'a' })
    expect(lines.headers['hero-prev-cursor']).toBeDefined()
  })

  test.each([
    ['/logs/app?limit=0', 400],
    ['/logs/app?limit=x', 400],
    ['/logs/app?format=xml', 400],
    ['/logs/app?after=nonsense', 400],
    ['/logs/app?tail=3', 400],
    ['/logs/app?level=loud', 400],
    ['/logs/app?order=up', 400],
    ['/logs/app?color=red', 400],
    ['/logs/..%2f..%2fetc%2fpasswd', 200],
    ['/logs/%2e%2e/%2e%2e/etc/passwd', 404],
    ['/logs/%c0%ae', 404],
  ])('S10: answers %s with %i', async (path, status) => {
    const house = await openHouse()
    const answer = await house.ask(path)
    expect(answer.status).toBe(status)
    if (status === 200) expect(textsOf(answer)).toEqual([])
  })
})

describe('GET /logs/{id}/export', () => {
  test('gives everything, byte for byte, packed', async () => {
    const house = await openHouse()
    const lines = Array.from({ length: 5_000 }, (_, index) => `line ${index} ${'ä'.repeat(20)}`)
    const producer = await house.open('/ingest/app')
    const bytes = Buffer.concat([
      Buffer.from(`${lines.join('\n')}\n`),
      Buffer.from([0xff, 0x0a, 0x41]),
    ])
    for (let at = 0; at < bytes.length; at += 50_000)
      producer.socket.send(bytes.subarray(at, at + 50_000))
    producer.socket.close()
    await once(producer.socket, 'close')
    await house.call('logs.sync')
    const text = await house.ask('/logs/app/export?format=text')
    expect(text.headers).toMatchObject({
      'content-type': 'application/gzip',
      'content-disposition': "attachment; filename*=UTF-8''app.log.gz",
    })
    expect(gunzipSync(text.body).equals(bytes)).toBe(true)
    const ndjson = gunzipSync((await house.ask('/logs/app/export')).body)
      .toString()
      .trimEnd()
      .split('\n')
    expect(ndjson.map((line) => (JSON.parse(line) as WireEntry).n)).toEqual(
      Array.from({ length: 5_002 }, (_, index) => index + 1),
    )
  })

  test('of several sources gives what the filters choose of them', async () => {
    const house = await openHouse()
    for (const source of ['a', 'b', 'c']) {
      const entries = [{ text: `${source} good` }, { text: `${source} bad`, level: 'error' }]
      await house.call('logs.insert', { source, entries, ack: 'commit' })
    }
    const textOf = async (query: string): Promise<string> => {
      const { headers, body } = await house.ask(`/export?format=text&${query}`)
      expect(headers['content-disposition']).toBe("attachment; filename*=UTF-8''logs.log.gz")
      return gunzipSync(body).toString()
    }
    expect(await textOf('source=a&source=c')).toBe('a good\na bad\nc good\nc bad\n')
    expect(await textOf('levels=error')).toBe('a bad\nb bad\nc bad\n')
    expect(await textOf('source=b&contains=good')).toBe('b good\n')
  })

  test.each(['ndjson', 'text'] as const)(
    'tells what retention takes while a slow client reads, as %s',
    async (format) => {
      const house = await openHouse(undefined, { partitionBytes: 262_144 })
      // Far more than what is on its way to a client that does not read.
      const lines = Array.from({ length: 6_000 }, (_, i) => `${i + 1} ${noise(1_000)}`)
      for (let at = 0; at < lines.length; at += 500) {
        await house.insert('app', lines.slice(at, at + 500))
      }
      const response = await begin(house, `/logs/app/export?format=${format}`)
      const { lines: lost } = await house.plugin.logs.vacuum({ bytes: 2_500_000 })
      expect(lost).toBeGreaterThan(1_000)
      await house.insert('app', ['later'])
      const body = gunzipSync(await bytesOf(response)).toString()
      const shown = body.trimEnd().split('\n')
      const isGap = (line: string): boolean => line.includes('were removed before they could')
      const gap = shown.findIndex(isGap)
      expect(gap).toBeGreaterThan(0)
      expect(shown.filter(isGap)).toHaveLength(1)
      const texts =
        format === 'text' ? shown : shown.map((line) => (JSON.parse(line) as WireEntry).text!)
      const told = Number(texts[gap]!.split(' ', 1)[0])
      expect(texts.slice(0, gap)).toEqual(lines.slice(0, gap))
      expect(texts.slice(gap + 1)).toEqual(lines.slice(gap + told))
      expect(texts.length).toBeGreaterThan(gap + 1)
      if (format === 'ndjson') {
        expect(JSON.parse(shown[gap]!)).toMatchObject({ gap: { reason: 'removed', lines: told } })
      }
    },
  )

  test('ends where it was asked to end', async () => {
    const house = await openHouse()
    await house.insert('app', numbered(1, 10))
    const { entries } = json<{ entries: WireEntry[] }>(await house.ask('/logs/app?limit=4'))
    const { body } = await house.ask(`/logs/app/export?format=text&before=${entries[0]!.cursor}`)
    expect(gunzipSync(body).toString()).toBe('1\n2\n3\n4\n5\n6\n')
  })

  test('answers what is wrong before it begins a file', async () => {
    const house = await openHouse()
    for (const query of ['format=json', 'format=xml', 'after=x', 'order=desc', 'color=red']) {
      expect((await house.ask(`/logs/app/export?${query}`)).status).toBe(400)
    }
    expect(gunzipSync((await house.ask('/logs/nothing/export')).body).toString()).toBe('')
  })
})

/** Text that does not pack. */
function noise(length: number): string {
  return randomBytes(length).toString('base64').slice(0, length)
}

/** The answer to a question, of which nothing is read yet. */
async function begin({ socketPath }: House, path: string): Promise<IncomingMessage> {
  const request = httpRequest({ socketPath, path, agent: false }).end()
  const [response] = (await once(request, 'response')) as [IncomingMessage]
  return response
}

async function bytesOf(response: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of response as AsyncIterable<Buffer>) chunks.push(chunk)
  return Buffer.concat(chunks)
}
