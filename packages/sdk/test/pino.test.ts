import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, onTestFinished, test } from 'vitest'
import type { HeroProcClient, LogEntry } from '@hero/sdk'
import { createPinoStream } from '@hero/sdk/pino'
import { openHouse, temporaryFolder } from './house.js'

const PROGRAM = fileURLToPath(new URL('pino-program.mjs', import.meta.url))

/** Everything, page by page: one page is bounded work. */
async function readAll({ logs }: HeroProcClient): Promise<LogEntry[]> {
  const all: LogEntry[] = []
  for (let after: string | undefined; ;) {
    const page = await logs.query({ sources: ['shop'], ...(after === undefined ? {} : { after }) })
    all.push(...page.entries)
    if (page.next_cursor === null) return all
    after = page.next_cursor
  }
}

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
    const entries = await readAll(hero)
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

  test.each(['stream', 'transport'])('takes what pino itself writes, as a %s', async (kind) => {
    const { hero, socketPath } = await openHouse()
    const child = spawn(process.execPath, [PROGRAM, kind, socketPath], { stdio: 'inherit' })
    expect(await once(child, 'exit')).toEqual([0, null])
    await hero.logs.sync()
    const entries = await readAll(hero)
    expect(entries.map(({ level, text }) => [level, text])).toEqual([
      ['trace', 'trace'],
      ['debug', 'debug'],
      ['info', 'info'],
      ['warning', 'warn'],
      ['error', 'error'],
      ['crit', 'fatal'],
      ['info', 'packed 2'],
      ['error', 'no cups'],
    ])
    expect(entries[0]!.fields).toEqual({ pid: child.pid, hostname: hostname() })
    expect(entries[6]!.fields).toMatchObject({ order: 7, cups: ['a', 'b'] })
    expect(entries[7]!.fields).toMatchObject({ err: { type: 'TypeError', message: 'no cups' } })
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

  test('waits once for a hero_proc that is away, not again for every batch', async () => {
    const socketPath = join(temporaryFolder(), 'rpc.sock')
    let tries = 0
    const server = createServer((socket) => {
      tries += 1
      socket.destroy()
    })
    onTestFinished(() => void server.close())
    await once(server.listen(socketPath), 'listening')
    const triesAtDrop: number[] = []
    const onDrop = (): void => void triesAtDrop.push(tries)
    const stream = createPinoStream({ source: 'shop', socketPath, patienceMs: 300, onDrop })
    stream.end('{"msg":"x"}\n'.repeat(3_000))
    await once(stream, 'finish')
    const [first = 0] = triesAtDrop
    expect(first).toBeGreaterThan(1)
    expect(triesAtDrop).toEqual([first, first + 1, first + 2])
  })

  test('holds no more than so much for a writer that does not wait, and counts the rest', async () => {
    let dropped = 0
    const stream = createPinoStream({
      source: 'shop',
      socketPath: join(temporaryFolder(), 'nobody.sock'),
      onDrop: (lines) => (dropped += lines),
    })
    const line = `${JSON.stringify({ msg: 'x'.repeat(1_000_000) })}\n`
    for (let n = 0; n < 40; n += 1) stream.write(line)
    expect(stream.writableLength).toBeLessThan(17_000_000)
    expect(dropped).toBe(40 - stream.writableLength / line.length)
    stream.destroy()
  })

  test('sends much that has waited in requests of a size that is taken', async () => {
    const { hero, socketPath } = await openHouse()
    const drops: unknown[] = []
    const onDrop = (_: number, error: unknown): void => void drops.push(error)
    const stream = createPinoStream({ source: 'shop', socketPath, onDrop })
    const line = `${JSON.stringify({ msg: 'x'.repeat(20_000) })}\n`
    for (let n = 0; n < 600; n += 1) stream.write(line)
    stream.end()
    await once(stream, 'finish')
    await hero.logs.sync()
    expect(drops).toEqual([])
    const { sources } = await hero.logs.sources({ match: ['shop'] })
    expect(sources).toMatchObject([{ received: 600 }])
  })

  test('tells of lines that hero_proc does not take', async () => {
    const { socketPath } = await openHouse()
    const drops: [number, string][] = []
    const onDrop = (lines: number, error: unknown): void =>
      void drops.push([lines, (error as Error).message])
    const stream = createPinoStream({ source: 'shop', socketPath, onDrop })
    stream.end('{"time":5000000000000,"msg":"too late"}\n{"msg":"kept"}\n')
    await once(stream, 'finish')
    expect(drops).toEqual([[1, expect.stringContaining('ts')]])
  })

  test('keeps everything of a line, also where pino is told to write it otherwise', async () => {
    const { hero, socketPath } = await openHouse()
    const stream = createPinoStream({ source: 'shop', socketPath })
    stream.write('{"level":"warn","time":"2026-11-21T10:00:00.000Z","msg":"label"}\n')
    stream.write('{"level":35,"time":"noon","msg":7}\n')
    const bytes = Buffer.from('{"msg":"\u00fc"}\n')
    stream.write(bytes.subarray(0, 9))
    stream.write(bytes.subarray(9))
    stream.end()
    await once(stream, 'finish')
    await hero.logs.sync()
    expect(await readAll(hero)).toMatchObject([
      { text: 'label', level: 'warning', ts: '2026-11-21T10:00:00.000000Z' },
      { text: '', fields: { level: 35, time: 'noon', msg: 7 } },
      { text: '\u00fc' },
    ])
  })
})
