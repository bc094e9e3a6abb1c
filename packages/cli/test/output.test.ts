// stdout in chunks, at the pace of its reader.
import { Writable } from 'node:stream'
import { describe, expect, test } from 'vitest'
import { Output } from '../src/output.js'

function sink(fail?: Error): { stream: Writable; chunks: Buffer[]; release: () => void } {
  const chunks: Buffer[] = []
  let callback: ((error?: Error) => void) | undefined
  const stream = new Writable({
    write: (chunk: Buffer, _, done) => {
      chunks.push(chunk)
      callback = done
      if (fail) done(fail)
    },
  })
  return { stream, chunks, release: () => callback?.() }
}

describe('Output', () => {
  test('gathers text and bytes in order to one chunk', async () => {
    const { stream, chunks, release } = sink()
    const output = new Output(stream)
    output.write('a')
    output.write(Buffer.from([0xff]))
    output.write('ü')
    const flushed = output.flush()
    release()
    await flushed
    expect(Buffer.concat(chunks).toString('hex')).toBe('61ffc3bc')
    expect(chunks).toHaveLength(1)
  })

  test('is full at 64 KiB and empty after a flush', async () => {
    const { stream, release } = sink()
    const output = new Output(stream)
    output.write('x'.repeat(65_535))
    expect(output.isFull).toBe(false)
    output.write('x')
    expect(output.isFull).toBe(true)
    const flushed = output.flush()
    release()
    await flushed
    expect(output.isFull).toBe(false)
  })

  test('flush() waits for the reader', async () => {
    const { stream, release } = sink()
    const output = new Output(stream)
    output.write('x')
    let isDone = false
    const flushed = output.flush().then(() => (isDone = true))
    await new Promise(setImmediate)
    expect(isDone).toBe(false)
    release()
    await flushed
    expect(isDone).toBe(true)
  })

  test('flush() fails when nobody reads any more, and fails again', async () => {
    const output = new Output(sink(Object.assign(new Error('closed'), { code: 'EPIPE' })).stream)
    output.write('x')
    await expect(output.flush()).rejects.toMatchObject({ code: 'EPIPE' })
    output.write('y')
    await expect(output.flush()).rejects.toThrow()
  })
})
