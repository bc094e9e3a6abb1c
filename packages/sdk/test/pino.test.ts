import { once } from 'node:events'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { createPinoStream } from '@hero/sdk/pino'
import { openHouse, temporaryFolder } from './house.js'

describe('createPinoStream()', () => {
  test('turns lines of pino into entries, in order, until it is ended', async () => {
    const { hero, socketPath } = await openHouse()
    const stream = createPinoStream({ source: 'shop', socketPath })
    stream.write('{"level":30,"time":1795255200000,"pid":7,"msg":"up"}\n')
    stream.write('{"level":50,"time":1795255200001,"err":{"message":"no cups"},"msg":"broke"}\n')
    stream.write('not JSON\n{"level":"odd","n":1}\nrest without an end')
    for (let n = 0; n < 5_000; n += 1)
      stream.write(`{"level":20,"msg":"${n}"}\n`.replace(/^/, n ? '' : '\n'))
    stream.end()
    await once(stream, 'finish')
    await hero.logs.sync()
    const { entries } = await hero.logs.query({ sources: ['shop'], limit: 10_000 })
    expect(entries.slice(0, 5)).toMatchObject([
      { text: 'up', level: 'info', ts: '2026-11-21T10:00:00.000000Z', fields: { pid: 7 } },
      { text: 'broke', level: 'error', fields: { err: { message: 'no cups' } } },
      { text: 'not JSON' },
      { text: '', fields: { n: 1 } },
      { text: 'rest without an end' },
    ])
    expect(entries.slice(5).map(({ text }) => text)).toEqual(
      Array.from({ length: 5_000 }, (_, n) => String(n)),
    )
  })

  test('drops and counts when hero_proc does not come, and does not fail', async () => {
    const drops: [number, unknown][] = []
    const stream = createPinoStream({
      source: 'shop',
      socketPath: join(temporaryFolder(), 'nobody.sock'),
      patienceMs: 0,
      onDrop: (lines, error) => drops.push([lines, (error as { code: unknown }).code]),
    })
    stream.write('{"msg":"1"}\n{"msg":"2"}\n')
    stream.end()
    await once(stream, 'finish')
    expect(drops).toEqual([[2, 'Unavailable']])
  })
})
