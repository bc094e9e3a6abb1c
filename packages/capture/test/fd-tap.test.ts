// What a tap takes in one read, from a pipe that is full again whenever it is looked at, as that of a child
// without limits.
import { once, EventEmitter } from 'node:events'
import { writeSync } from 'node:fs'
import { expect, test } from 'vitest'
import { FdTap } from '../src/fd-tap.js'
import { libc } from '../src/libc.js'
import { openPipe } from '../src/pipe.js'

const PIPE_BYTES = 65_536
const READ_BYTES = 262_144

test.skipIf(libc() === null)(
  'FdTap takes what a pipe holds after a pause, and several times as much otherwise',
  async () => {
    const calls = libc()!
    const channel = openPipe(calls, { uid: undefined })
    const fill = (): void => void writeSync(channel.writeFd, Buffer.alloc(PIPE_BYTES, 'x'))
    const chunks = new EventEmitter()
    const refilled = {
      ...calls,
      read: (fd: number, target: Buffer, offset: number): number => {
        fill()
        return calls.read(fd, target, offset)
      },
    }
    const tap = new FdTap(refilled, channel, {
      onChunk: ({ length }) => void chunks.emit('chunk', length),
      onEnd: () => undefined,
    })
    const next = async (): Promise<unknown> => {
      fill()
      return (await once(chunks, 'chunk'))[0]
    }
    expect(await next()).toBe(READ_BYTES)
    tap.pause()
    tap.resume()
    expect(await next()).toBe(PIPE_BYTES)
    expect(await next()).toBe(READ_BYTES)
    Object.assign(refilled, calls)
    await tap.close()
  },
)
