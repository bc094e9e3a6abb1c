import {
  appendFileSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { expect, onTestFinished, test, vi } from 'vitest'
import { FileTail } from '../src/file-tail.js'
import { GONE_QUIET_MS } from '../src/followed-file.js'

/** A pattern in a folder, and what came of it. */
class Tailed {
  readonly base: string = mkdtempSync(join(tmpdir(), 'tail-'))
  readonly folder: string
  readonly seen: string[] = []
  readonly ended: string[] = []
  readonly full: number[] = []
  readonly tail: FileTail
  #check: () => void = () => undefined

  /** @param readers Paths under which others were read before. */
  constructor(
    folder: string,
    pattern: string,
    readers: Readonly<Record<string, readonly string[]>> = {},
  ) {
    this.folder = join(this.base, folder)
    this.tail = new FileTail({
      pattern: join(this.folder, pattern),
      lineBytesMax: 1_024,
      onFile: (path) => ({
        from: undefined,
        attach: () => undefined,
        detach: async (isDeleted) => this.#add(this.ended, `${basename(path)}: ${isDeleted}`),
        onSwitch: () => Promise.resolve(),
        onLines: ({ bytes, start, end }) => {
          const text = Buffer.from(bytes.subarray(start, end)).toString()
          this.#add(this.seen, `${basename(path)}: ${text}`)
        },
      }),
      readersOf: async (path) => (readers[basename(path)] ?? []).map((name) => this.path(name)),
      onFull: (filesMax) => this.#add(this.full, filesMax),
    })
    onTestFinished(async () => {
      await this.tail.close()
      rmSync(this.base, { recursive: true })
    })
  }

  path(name: string): string {
    return join(this.folder, name)
  }

  write(name: string, text: string): void {
    appendFileSync(this.path(name), text)
  }

  rename(from: string, to: string): void {
    renameSync(this.path(from), this.path(to))
  }

  /** Resolves when it is so. */
  until(isSo: () => boolean): Promise<void> {
    return new Promise((resolve) => {
      this.#check = () => void (isSo() && resolve())
      this.#check()
    })
  }

  #add<T>(list: T[], one: T): void {
    list.push(one)
    this.#check()
  }
}

/** Time stands still but for what the returned function adds to it. */
function heldTime(): (ms: number) => void {
  vi.useFakeTimers({ toFake: ['performance'] })
  onTestFinished(() => void vi.useRealTimers())
  return (ms) => void vi.advanceTimersByTime(ms)
}

test('FileTail follows what matches, also in a folder that comes later, and no packed or rotated ones', async () => {
  const tailed = new Tailed('later', 'a?c-*.log*')
  mkdirSync(tailed.folder)
  for (const name of ['abc-1.log', 'aXc-.log', 'abd-1.log', 'abc-1.log.1', 'abc-1.log.2.gz']) {
    writeFileSync(tailed.path(name), 'one\n')
  }
  await tailed.until(() => tailed.seen.length === 2)
  tailed.write('abc-1.log', 'two\n')
  await tailed.until(() => tailed.seen.length === 3)
  expect(tailed.seen.toSorted()).toEqual([
    'aXc-.log: one\n',
    'abc-1.log: one\n',
    'abc-1.log: two\n',
  ])
})

test('FileTail reads a file to its end under the path where it began, whatever it is called then', async () => {
  const pass = heldTime()
  const tailed = new Tailed('', '*.log')
  tailed.write('app.log', 'one\n')
  tailed.write('app-1.log', 'older\n')
  await tailed.until(() => tailed.seen.length === 2)
  tailed.rename('app-1.log', 'app-2.log')
  tailed.rename('app.log', 'app-1.log')
  tailed.write('app-1.log', 'late\n')
  tailed.write('app.log', 'two\n')
  tailed.write('z.log', 'looked\n')
  await tailed.until(() => tailed.seen.length === 4)
  await tailed.tail.look()
  pass(GONE_QUIET_MS)
  await tailed.until(() => tailed.seen.length === 5)
  // It is not let go while it has a name: nobody else would read what comes.
  tailed.write('app-2.log', 'oldest\n')
  await tailed.until(() => tailed.seen.length === 6)
  tailed.write('z.log', 'looked\n')
  await tailed.until(() => tailed.seen.length === 7)
  expect(tailed.seen.filter((line) => !line.startsWith('z.log')).toSorted()).toEqual([
    'app-1.log: older\n',
    'app-1.log: oldest\n',
    'app.log: late\n',
    'app.log: one\n',
    'app.log: two\n',
  ])
  expect(tailed.ended).toEqual([])
})

test('FileTail leaves a file alone that was read under another path', async () => {
  const tailed = new Tailed('', '*.log', {
    'app-1.log': ['app.log'],
    'b-1.log': ['b.txt'],
    'c-1.log': ['app.log', 'c-1.log'],
  })
  tailed.write('app-1.log', 'old\n')
  tailed.write('app.log', 'new\n')
  // Nothing is read under a path that the pattern does not mean.
  tailed.write('b-1.log', 'own\n')
  tailed.write('c-1.log', 'own\n')
  tailed.write('z.log', 'looked\n')
  await tailed.until(() => tailed.seen.length === 4)
  await tailed.tail.look()
  expect(tailed.tail.files.map(({ path }) => basename(path))).toEqual([
    'app.log',
    'b-1.log',
    'c-1.log',
    'z.log',
  ])
})

test('FileTail reads a link beside the file that it names, whichever comes first', async () => {
  const pass = heldTime()
  const tailed = new Tailed('', '*.log')
  symlinkSync('day-1.log', tailed.path('current.log'))
  tailed.write('day-1.log', 'one\n')
  await tailed.until(() => tailed.seen.length === 2)
  tailed.write('day-2.log', 'two\n')
  symlinkSync('day-2.log', tailed.path('new'))
  tailed.rename('new', 'current.log')
  pass(GONE_QUIET_MS)
  await tailed.until(() => tailed.seen.length === 4)
  tailed.write('day-3', 'three\n')
  symlinkSync('day-3', tailed.path('link.log'))
  await tailed.until(() => tailed.seen.length === 5)
  linkSync(tailed.path('day-3'), tailed.path('day-3.log'))
  await tailed.until(() => tailed.seen.length === 6)
  expect(tailed.seen.toSorted()).toEqual([
    'current.log: one\n',
    'current.log: two\n',
    'day-1.log: one\n',
    'day-2.log: two\n',
    'day-3.log: three\n',
    'link.log: three\n',
  ])
})

test('FileTail lets files go that are gone, and says once that there are too many', async () => {
  const pass = heldTime()
  const tailed = new Tailed('', '*.log')
  const names = Array.from({ length: 256 }, (_, i) => `${1_000 + i}.log`)
  for (const name of names) tailed.write(name, 'one\n')
  await tailed.until(() => tailed.seen.length === 256)
  tailed.write('next.log', 'two\n')
  await tailed.until(() => tailed.full.length === 1)
  await tailed.tail.look()
  expect(tailed.full).toEqual([256])
  tailed.rename(names[0]!, 'moved.txt')
  for (const name of names.slice(1)) rmSync(tailed.path(name))
  await tailed.tail.look()
  expect(tailed.ended).toEqual([])
  pass(GONE_QUIET_MS)
  await tailed.until(() => tailed.seen.length === 257)
  expect(tailed.seen.at(-1)).toBe('next.log: two\n')
  await tailed.until(() => tailed.ended.length === 256)
  const told = names.map((name, i) => `${name}: ${i > 0}`)
  expect(tailed.ended.toSorted()).toEqual(told)
  // One that comes back is found like any other.
  tailed.write(names[1]!, 'three\n')
  await tailed.until(() => tailed.seen.length === 258)
  expect(tailed.seen.at(-1)).toBe(`${names[1]}: three\n`)
})
