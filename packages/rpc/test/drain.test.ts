import { once } from 'node:events'
import { PassThrough } from 'node:stream'
import { expect, test } from 'vitest'
import { drain } from '../src/drain.js'

test.each([0, 1])('drain() with %i ms reads to the end and cuts nothing', async (pauseMs) => {
  const stream = new PassThrough()
  let [bytes, cuts] = [0, 0]
  stream.on('data', (chunk: Buffer) => (bytes += chunk.length))
  drain(stream, { pauseMs, cut: () => (cuts += 1) })
  for (let round = 0; round < 100; round += 1) stream.write(Buffer.alloc(65_536))
  stream.end()
  await once(stream, 'close')
  expect([bytes, cuts]).toEqual([6_553_600, 0])
})

test('drain() lets others have their turn', async () => {
  const stream = new PassThrough({ highWaterMark: 16_777_216 })
  let bytes = 0
  stream.write(Buffer.alloc(1_048_576))
  stream.write(Buffer.alloc(1_048_576))
  stream.on('data', (chunk: Buffer) => (bytes += chunk.length))
  drain(stream, { pauseMs: 0, cut: () => undefined })
  await once(stream, 'pause')
  expect(bytes).toBe(1_048_576)
  stream.end()
  await once(stream, 'close')
  expect(bytes).toBe(2_097_152)
})

test('drain() cuts a stream that does not end', async () => {
  const stream = new PassThrough()
  drain(stream, { pauseMs: 0, cut: () => stream.destroy() })
  await once(stream, 'close')
  expect(stream.readableEnded).toBe(false)
})
