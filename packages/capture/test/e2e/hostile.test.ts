// Bytes that break careless readers come through as they were written.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { startCapture } from '../../src/capture.js'
import { freshDir, MODES, runToEnd } from '../support.js'

/** Repeatable noise: a linear congruential generator. */
function noise(bytes: number): Buffer {
  let state = 12_345
  const next = (): number => (state = (state * 69_069 + 1) % 0x1_0000_0000)
  return Buffer.from(Uint8Array.from({ length: bytes }, () => next() >>> 24))
}

describe.each(MODES)('hostile output in mode %s', (mode) => {
  test.each<[string, Buffer]>([
    [
      'NUL, lone CR and control characters',
      Buffer.from('a\0b\r\n\r\n\r\x03\x04\x1a\x1c\x11\x13\x7f\n\0'),
    ],
    ['invalid UTF-8', Buffer.from([0xff, 0xfe, 10, 0xc3, 10, 0xed, 0xa0, 0x80, 10, 0xf8])],
    ['noise', noise(1_000_000)],
    ['10 MB without a newline', Buffer.alloc(10_000_000, 'é€😀')],
    ['10 MB of bytes that begin characters', Buffer.alloc(10_000_000, 0xf0)],
    ['a million empty lines', Buffer.alloc(1_000_000, '\n')],
  ])('%s', async (_name, want) => {
    const file = join(freshDir(), 'file')
    writeFileSync(file, want)
    const { stdout, pieces } = await runToEnd('cat $0', { mode, lineBytesMax: 4096 }, file)
    expect(stdout.length).toBe(want.length)
    expect(stdout.equals(want)).toBe(true)
    let longest = 0
    let ends = 0
    for (const { text, lines, terminated } of pieces) {
      if (terminated) ends += lines
      for (let from = 0; from < text.length;) {
        const newline = text.indexOf(10, from)
        const end = newline < 0 ? text.length : newline
        longest = Math.max(longest, end - from)
        from = end + 1
      }
    }
    expect(longest).toBeLessThanOrEqual(4096)
    expect(ends).toBe(want.filter((byte) => byte === 10).length)
  })

  test('20 MB without a newline are never held', async () => {
    const file = join(freshDir(), 'file')
    writeFileSync(file, Buffer.alloc(20_000_000, 'x'))
    const parts = { none: 0, first: 0, middle: 0, last: 0 }
    const capture = await startCapture({
      command: 'cat',
      args: [file],
      mode,
      onLines: ({ part }) => void (parts[part] += 1),
    })
    await capture.exited
    expect(parts).toEqual({
      none: 0,
      first: 1,
      middle: Math.ceil(20_000_000 / 65_536) - 2,
      last: 1,
    })
  })
})
