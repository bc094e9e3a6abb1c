// The echo of a command: bytes in order, a slow reader holds it back, a gone one is forgotten.
import { Writable } from 'node:stream'
import type { RunInfo } from '@hero/proc'
import { describe, expect, test } from 'vitest'
import { Echo } from '../src/echo.js'

// A reader that takes one chunk at a time, when told to.
class Reader extends Writable {
  readonly taken: Buffer[] = []
  #done: ((error?: Error) => void) | undefined

  override _write(chunk: Buffer, _: string, done: (error?: Error) => void): void {
    this.taken.push(chunk)
    this.#done = done
  }

  async take(): Promise<void> {
    this.#done?.()
    await new Promise(setImmediate)
  }

  async leave(): Promise<void> {
    this.#done?.(Object.assign(new Error('gone'), { code: 'EPIPE' }))
    await new Promise(setImmediate)
  }
}

function echoOf(): { echo: Echo; stdout: Reader; stderr: Reader; held: string[] } {
  const held: string[] = []
  const [stdout, stderr] = [new Reader(), new Reader()]
  const echo = new Echo({ stdout, stderr })
  echo.plugin.runStarting?.({} as RunInfo, {
    pause: () => held.push('pause'),
    resume: () => held.push('resume'),
  })
  return { echo, stdout, stderr, held }
}

const MEGABYTE = Buffer.alloc(1_048_576, 'x')

describe('Echo', () => {
  test('copies what it is given: the bytes are only valid during the call', async () => {
    const { echo, stdout, held } = echoOf()
    const chunk = Buffer.from('abc')
    echo.write(chunk, 'stdout')
    chunk.fill('?')
    await stdout.take()
    expect(Buffer.concat(stdout.taken).toString()).toBe('abc')
    expect(held).toEqual([])
  })

  test('holds the command back while more than 1 MiB waits', async () => {
    const { echo, stdout, held } = echoOf()
    echo.write(MEGABYTE, 'stdout')
    expect(held).toEqual([])
    echo.write(Buffer.from('x'), 'stdout')
    expect(held).toEqual(['pause'])
    await stdout.take()
    await stdout.take()
    expect(held).toEqual(['pause', 'resume'])
  })

  test('lets it go on only when both readers can', async () => {
    const { echo, stdout, stderr, held } = echoOf()
    for (const name of ['stdout', 'stderr'] as const) {
      echo.write(MEGABYTE, name)
      echo.write(MEGABYTE, name)
    }
    for (let i = 0; i < 2; i++) await stdout.take()
    expect(held).not.toContain('resume')
    for (let i = 0; i < 2; i++) await stderr.take()
    expect(held.at(-1)).toBe('resume')
  })

  test('goes on without a reader that has gone', async () => {
    const { echo, stdout, held } = echoOf()
    echo.write(MEGABYTE, 'stdout')
    echo.write(MEGABYTE, 'stdout')
    await stdout.leave()
    expect(held).toEqual(['pause', 'resume'])
    echo.write(MEGABYTE, 'stdout')
    echo.write(MEGABYTE, 'stdout')
    expect(held).toEqual(['pause', 'resume'])
    expect(stdout.taken).toHaveLength(1)
  })

  test('drained() waits until the last byte was taken', async () => {
    const { echo, stdout, stderr } = echoOf()
    echo.write(Buffer.from('last'), 'stdout')
    let isDone = false
    const drained = echo.drained().then(() => (isDone = true))
    await stderr.take()
    expect(isDone).toBe(false)
    await stdout.take()
    await stdout.take()
    await stderr.take()
    await drained
    expect(isDone).toBe(true)
  })
})
