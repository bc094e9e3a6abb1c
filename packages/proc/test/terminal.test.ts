import { expect, test } from 'vitest'
import { SCROLLBACK_BYTES_MAX, Terminal } from '../src/terminal.js'

test('Terminal keeps the newest bytes, whatever the size of the pieces', () => {
  const terminal = new Terminal()
  let all = ''
  for (let i = 0; all.length < SCROLLBACK_BYTES_MAX * 2; i++) {
    const piece = `${i},`.repeat(1 + (i % 5_000))
    terminal.push(Buffer.from(piece))
    all += piece
    const { bytes, next, lost } = terminal.since(0)
    expect(bytes.equals(Buffer.from(all.slice(-SCROLLBACK_BYTES_MAX)))).toBe(true)
    expect([next, lost]).toEqual([all.length, Math.max(0, all.length - SCROLLBACK_BYTES_MAX)])
  }
  const before = terminal.since(0).next
  terminal.push(Buffer.alloc(SCROLLBACK_BYTES_MAX + 5, 'x'))
  expect(terminal.since(before)).toMatchObject({ lost: 5 })
  expect(terminal.since(before).bytes.every((byte) => byte === 120)).toBe(true)
})

test('Terminal.more() waits for bytes, or for the signal', async () => {
  const terminal = new Terminal()
  const told: string[] = []
  const leaving = new AbortController()
  const waits = [
    terminal.more(0, new AbortController().signal).then(() => told.push('bytes')),
    terminal.more(9, leaving.signal).then(() => told.push('left')),
  ]
  terminal.push(Buffer.from('x'))
  await waits[0]
  expect(told).toEqual(['bytes'])
  leaving.abort()
  await waits[1]
  expect(terminal.since(0)).toMatchObject({ next: 1, lost: 0 })
})
