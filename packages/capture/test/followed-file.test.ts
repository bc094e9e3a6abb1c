// Real files, changed in all the ways in which log files are.
import {
  appendFileSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { open } from 'node:fs/promises'
import type { FileHandle } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { FollowedFile, ROTATE_QUIET_MS } from '../src/followed-file.js'
import type { FollowedFileOptions } from '../src/followed-file.js'
import { createReadClock, wallMicroseconds } from '../src/read-clock.js'

class Log {
  readonly folder: string = mkdtempSync(join(tmpdir(), 'tail-'))
  readonly path: string = join(this.folder, 'app.log')
  readonly lines: string[] = []
  readonly news: string[] = []
  file!: FollowedFile
  #check: () => void = () => undefined

  constructor() {
    onTestFinished(async () => {
      await this.file?.close()
      rmSync(this.folder, { recursive: true, force: true })
    })
  }

  follow(from?: FollowedFileOptions['from']): void {
    this.file = new FollowedFile({
      path: this.path,
      from,
      lineBytesMax: 1_024,
      clock: createReadClock(wallMicroseconds),
      onLines: ({ bytes, start, end, lines }) => {
        const text = Buffer.from(bytes.subarray(start, end)).toString()
        const found = text.replace(/\n$/, '').split('\n')
        expect(found).toHaveLength(lines)
        this.lines.push(...found)
        this.#check()
      },
      onSwitch: (_position, news) => {
        if (news !== undefined) this.news.push(`${news.type} at ${news.position?.offset}`)
        return Promise.resolve()
      },
      isTaken: () => Promise.resolve(false),
      onGone: () => undefined,
    })
  }

  append(...lines: string[]): void {
    appendFileSync(this.path, lines.map((line) => `${line}\n`).join(''))
  }

  /** Resolves when the last line that came is this one. */
  until(line: string): Promise<void> {
    return new Promise((resolve) => {
      this.#check = () => {
        if (this.lines.at(-1) === line) resolve()
      }
      this.#check()
      this.file.look()
    })
  }
}

describe('FollowedFile', () => {
  test('reads what is there, what comes, and unfinished lines when they are finished', async () => {
    const log = new Log()
    log.append('one', 'two')
    log.follow()
    await log.file.settled()
    expect(log.lines).toEqual(['one', 'two'])
    appendFileSync(log.path, 'thr')
    await log.file.settled()
    expect(log.lines).toEqual(['one', 'two'])
    appendFileSync(log.path, 'ee\nfour\n')
    await log.file.settled()
    expect(log.lines).toEqual(['one', 'two', 'three', 'four'])
    expect(log.file.position).toMatchObject({ offset: 19 })
  })

  test('waits for a file that is not there yet', async () => {
    const log = new Log()
    log.follow()
    await log.file.settled()
    log.append('first')
    await log.file.settled()
    expect(log.lines).toEqual(['first'])
  })

  test('rename and create: the rest of the old one comes first', async () => {
    const log = new Log()
    log.append('one')
    log.follow()
    await log.file.settled()
    const old = `${log.path}.1`
    renameSync(log.path, old)
    writeFileSync(log.path, '')
    await log.file.settled()
    appendFileSync(old, 'late\n')
    log.append('new')
    await log.file.settled()
    expect(log.lines).toEqual(['one', 'late'])
    appendFileSync(old, 'cut')
    await log.until('new')
    expect(log.lines).toEqual(['one', 'late', 'cut', 'new'])
    expect(log.news).toEqual(['rotated at 9'])
  })

  test('several rotations while nobody looked are read in their order', async () => {
    const log = new Log()
    log.append('one')
    log.follow()
    await log.file.settled()
    for (const [from, to] of [
      ['app.log', 'app.log.3'],
      ['app.log', 'app.log.2'],
      ['app.log', 'app.log.1'],
    ] as const) {
      log.append(`last of ${to}`)
      renameSync(join(log.folder, from), join(log.folder, to))
    }
    writeFileSync(join(log.folder, 'app.log.4.gz'), 'packed\n')
    writeFileSync(join(log.folder, 'app.log.err'), 'another\n')
    log.append('now')
    await log.until('now')
    expect(log.lines).toEqual(['one', ...[3, 2, 1].map((n) => `last of app.log.${n}`), 'now'])
  })

  test('copytruncate: what was not read yet is read from the copy', async () => {
    const log = new Log()
    log.append('one', 'two')
    appendFileSync(log.path, 'thr')
    log.follow()
    await log.file.settled()
    appendFileSync(log.path, 'ee\nfour\n')
    copyFileSync(log.path, `${log.path}.1`)
    truncateSync(log.path)
    log.append('five')
    await log.until('five')
    expect(log.lines).toEqual(['one', 'two', 'three', 'four', 'five'])
    expect(log.news).toEqual(['rotated at 19'])
  })

  test('truncated without a copy: begins anew', async () => {
    const log = new Log()
    log.append('one', 'two')
    log.follow()
    await log.file.settled()
    copyFileSync(log.path, `${log.path}.bak`)
    truncateSync(log.path)
    await log.file.settled()
    log.append('three')
    await log.file.settled()
    expect(log.lines).toEqual(['one', 'two', 'three'])
    expect(log.news).toEqual(['truncated at 8'])
  })

  test.each(['as long', 'longer'])('truncated and grown to be %s again', async (how) => {
    const log = new Log()
    log.append('one', 'two')
    log.follow()
    await log.file.settled()
    truncateSync(log.path)
    log.append('ONE', 'TWO', ...(how === 'longer' ? ['THREE'] : []))
    await log.file.settled()
    expect(log.lines.slice(2)).toEqual(['ONE', 'TWO', 'THREE'].slice(0, how === 'longer' ? 3 : 2))
  })

  test('removed and back', async () => {
    const log = new Log()
    log.append('one')
    log.follow()
    await log.file.settled()
    rmSync(log.path)
    await log.file.settled()
    log.append('two')
    await log.until('two')
    expect(log.lines).toEqual(['one', 'two'])
  })

  test('paused it reads nothing, resumed all', async () => {
    const log = new Log()
    log.follow()
    log.file.pause()
    log.append('one')
    await log.file.settled()
    expect(log.lines).toEqual([])
    log.file.resume()
    await log.file.settled()
    expect(log.lines).toEqual(['one'])
  })

  test('what was being read when it was paused is read again', async () => {
    const log = new Log()
    log.append('one')
    const handle = await open(log.path)
    const files = Object.getPrototypeOf(handle) as FileHandle
    await handle.close()
    // oxlint-disable-next-line typescript/unbound-method -- called with its handle
    const { read } = files
    const reads = vi.spyOn(files, 'read').mockImplementation(async function (
      this: FileHandle,
      ...args: unknown[]
    ) {
      const result: unknown = await Reflect.apply(read, this, args)
      log.file.pause()
      return result as never
    })
    onTestFinished(() => reads.mockRestore())
    log.follow()
    await log.file.settled()
    expect(reads).toHaveBeenCalledOnce()
    expect(log.lines).toEqual([])
    reads.mockRestore()
    log.file.resume()
    await log.file.settled()
    expect(log.lines).toEqual(['one'])
  })

  test('a next file that cannot be read is waited for, in peace', async () => {
    vi.useFakeTimers({ toFake: ['performance'] })
    onTestFinished(() => void vi.useRealTimers())
    const log = new Log()
    log.append('one')
    log.follow()
    await log.file.settled()
    renameSync(log.path, `${log.path}.1`)
    mkdirSync(log.path)
    vi.advanceTimersByTime(ROTATE_QUIET_MS)
    await log.file.settled()
    rmSync(log.path, { recursive: true })
    log.append('two')
    await log.file.settled()
    expect(log.lines).toEqual(['one', 'two'])
  })
})

describe('FollowedFile goes on from a position', () => {
  async function positionAfter(log: Log, ...lines: string[]) {
    log.append(...lines)
    log.follow()
    await log.file.settled()
    await log.file.close()
    const { position } = log.file
    if (position === undefined) throw new Error('Expected a position')
    log.lines.length = 0
    return position
  }

  test('and leaves out the lines behind it that are known', async () => {
    const log = new Log()
    const position = await positionAfter(log, 'one')
    log.append('two', 'three', 'four', 'x'.repeat(2_500), 'five')
    log.follow({ position, skipLines: 2 })
    await log.file.settled()
    expect(log.lines.slice(0, 1)).toEqual(['four'])
    expect(log.lines.at(-1)).toBe('five')
    await log.file.close()
    log.lines.length = 0
    // The long line came in three pieces.
    log.follow({ position, skipLines: 6 })
    expect(log.file.isSkipping).toBe(true)
    await log.file.settled()
    expect(log.file.isSkipping).toBe(false)
    expect(log.lines).toEqual(['five'])
  })

  test.each(['app.log-20260101', 'app-2026-01-01.log', 'old app'])(
    'in a file that was renamed to %s meanwhile',
    async (name) => {
      const log = new Log()
      const position = await positionAfter(log, 'one')
      log.append('two')
      renameSync(log.path, join(log.folder, name))
      log.append('three')
      log.follow({ position, skipLines: 0 })
      await log.until('three')
      expect(log.lines).toEqual(['two', 'three'])
    },
  )

  test('in the copy of a file that was truncated meanwhile', async () => {
    const log = new Log()
    const position = await positionAfter(log, 'one')
    log.append('two', 'three')
    copyFileSync(log.path, `${log.path}.1`)
    truncateSync(log.path)
    log.append('four')
    log.follow({ position, skipLines: 1 })
    await log.until('four')
    expect(log.lines).toEqual(['three', 'four'])
  })

  test('that is gone: says so, and begins with what is there', async () => {
    const log = new Log()
    const position = await positionAfter(log, 'one')
    writeFileSync(`${log.path}.new`, 'other\n')
    renameSync(`${log.path}.new`, log.path)
    log.follow({ position, skipLines: 5 })
    await log.file.settled()
    expect(log.lines).toEqual(['other'])
    expect(log.news).toEqual(['missed at 4'])
  })
})
