// Entries on their way to stdout, and which of them count as shown.
import { Writable } from 'node:stream'
import type { WireEntry } from '@hero/logs'
import { describe, expect, test } from 'vitest'
import { CursorKeeper } from '../src/cursor-keeper.js'
import { EntryWriter } from '../src/entry-writer.js'
import { Output } from '../src/output.js'

const entry = (seq: number): WireEntry => ({ seq, cursor: `c${seq}` }) as WireEntry

/** A writer whose entries are a chunk each, to a reader that leaves after `chunks` of them. */
function writerTo(chunks: number): { writer: EntryWriter; keeper: CursorKeeper } {
  let left = chunks
  const stream = new Writable({
    write: (_, __, done) => {
      left -= 1
      done(left < 0 ? Object.assign(new Error('left'), { code: 'EPIPE' }) : null)
    },
  })
  const keeper = new CursorKeeper(undefined)
  const renderer = { render: () => 'x'.repeat(65_536), finish: () => '' }
  return { writer: new EntryWriter(new Output(stream), renderer, keeper), keeper }
}

describe('EntryWriter', () => {
  test('does not count what a reader that has left did not take', async () => {
    const { writer, keeper } = writerTo(2)
    const writing = writer.writeAll([1, 2, 3, 4].map(entry))
    await expect(writing).rejects.toMatchObject({ code: 'EPIPE' })
    expect(keeper.cursor).toBe('c2')
  })

  test('does not count live entries before they are written either', async () => {
    const { writer, keeper } = writerTo(1)
    await writer.writeLive(entry(1))
    await expect(writer.writeLive(entry(2))).rejects.toMatchObject({ code: 'EPIPE' })
    expect(keeper.cursor).toBe('c1')
  })

  test('counts the newest, whichever way they come', async () => {
    const { writer, keeper } = writerTo(3)
    await writer.writeAll([3, 2, 1].map(entry))
    await writer.finish()
    expect(keeper.cursor).toBe('c3')
  })
})
