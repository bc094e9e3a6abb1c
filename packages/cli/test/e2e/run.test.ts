// `hero_proc run` with real processes: exit codes, signals, and every byte kept.
import { createHash } from 'node:crypto'
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { Place } from './command.js'

let place: Place

beforeEach(() => {
  place = new Place()
})

afterEach(() => place.close())

const MODES = ['pty', 'pipe'] as const

describe.each(MODES)('run --capture %s', (mode) => {
  const run = ['run', '--capture', mode]

  test('echoes stdout and stderr and exits as the command did', async () => {
    const ended = await place.run([...run, '--', 'sh', '-c', 'echo out; echo err >&2; exit 7'])
    expect(ended.code).toBe(7)
    expect(ended.stdout.toString()).toBe('out\n')
    expect(ended.stderr).toBe('err\n')
  })

  test('keeps everything under the name of the program, with marks of start and end', async () => {
    await place.run([...run, '--quiet', '--', 'sh', '-c', 'echo out; echo err >&2'])
    const entries = await place.entries()
    expect(entries.map(({ n }) => n)).toEqual([1, 2, 3, 4])
    const lines = entries.map(({ source, run: number, stream, text }) =>
      [source, number, stream ?? 'none', text?.replace(/pid \d+/, 'pid N')].join(' '),
    )
    expect(lines.toSorted()).toEqual([
      'sh 1 none run 1 exited with code 0',
      'sh 1 none run 1 started: pid N: sh -c echo out; echo err >&2',
      'sh 1 stderr err',
      'sh 1 stdout out',
    ])
  })

  test.each([
    ['text without a last newline', () => Buffer.from('a\n\n\nb\tc\r\nlast')],
    ['bytes of all kinds', () => noise(300_000)],
    ['a long line', () => Buffer.from(`${'ä'.repeat(400_000)}\nend\n`)],
    ['200,000 empty lines', () => Buffer.alloc(200_000, '\n')],
    ['nothing', () => Buffer.alloc(0)],
  ])('gives back %s byte for byte', async (_, make) => {
    const bytes = make()
    const file = join(place.folder, 'input')
    writeFileSync(file, bytes)
    const ran = await place.run([...run, '--', 'cat', file])
    expect(ran.code).toBe(0)
    expect(digest(ran.stdout)).toBe(digest(bytes))
    const read = await place.run(['logs', '-o', 'cat', '--raw', '--stream', 'stdout'])
    expect(read.code).toBe(0)
    expect(digest(read.stdout)).toBe(digest(bytes))
  })

  test('prints nothing with --quiet', async () => {
    const { stdout, stderr } = await place.run([
      ...run,
      '-q',
      '--',
      'sh',
      '-c',
      'echo a; echo b >&2',
    ])
    expect([stdout.toString(), stderr]).toEqual(['', ''])
  })

  test('passes SIGTERM on and exits as the command chose to', async () => {
    const script = 'trap "echo bye; exit 5" TERM; echo ready; while :; do sleep 0.1; done'
    const running = place.start([...run, '--', 'sh', '-c', script])
    await running.until(({ stdout }) => stdout.includes('ready'))
    const { code, stdout } = await running.stop('SIGTERM')
    expect(code).toBe(5)
    expect(stdout.toString()).toBe('ready\nbye\n')
  })

  test('kills the command at the second SIGINT', async () => {
    const script = 'trap "echo no" INT; echo ready; while :; do sleep 0.1; done'
    const running = place.start([...run, '--', 'sh', '-c', script])
    await running.until(({ stdout }) => stdout.includes('ready'))
    running.child.kill('SIGINT')
    await running.until(({ stdout }) => stdout.includes('no'))
    expect((await running.stop('SIGINT')).code).toBe(137)
  })

  test('keeps the output of a command whose reader has gone', async () => {
    const running = place.start([...run, '--', 'seq', '1', '200000'])
    running.child.stdout?.once('data', () => running.child.stdout?.destroy())
    expect(await running.ended).toMatchObject({ code: 0, stderr: '' })
    expect(await place.entries('--stream', 'stdout')).toHaveLength(200_000)
  })
})

describe('run', () => {
  test.each([
    ['a signal', ['sh', '-c', 'kill -9 $$'], 137, ''],
    ['no such command', ['nosuchcommand'], 127, "hero_proc: Command not found: 'nosuchcommand'\n"],
    ['a file that is no program', ['/etc/passwd'], 126, 'hero_proc: Command not executable'],
  ])('exits after %s', async (_, command, code, said) => {
    const ended = await place.run(['run', '--', ...command])
    expect(ended.code).toBe(code)
    expect(ended.stderr.startsWith(said)).toBe(true)
    expect(ended.stderr.split('\n')).toHaveLength(said === '' ? 1 : 2)
  })

  test('exits 5 if the data dir cannot be written', async () => {
    writeFileSync(join(place.folder, 'file'), '')
    const ended = await place.run(['run', '--data-dir', 'file/data', '--', 'true'])
    expect(ended.code).toBe(5)
    expect(ended.stderr).toMatch(/^hero_proc: Cannot write to the data dir .*\nhint: .*\n$/)
  })

  test('exits 5 if the data dir is closed to it', async () => {
    mkdirSync(place.dataDir, { mode: 0 })
    const ended = await place.run(['run', '--', 'true'], { isPlain: true })
    chmodSync(place.dataDir, 0o700)
    expect(ended.code).toBe(5)
    expect(ended.stderr).toMatch(/^hero_proc: Cannot write .*: permission denied\nhint: .*\n$/)
  })

  test('exits 4 if another one holds the data dir', async () => {
    const first = place.start(['run', '--', 'sh', '-c', 'echo ready; exec sleep 60'])
    await first.until(({ stdout }) => stdout.includes('ready'))
    const second = await place.run(['run', '--', 'true'])
    expect(second.code).toBe(4)
    expect(second.stderr).toMatch(/^hero_proc: Another hero_proc uses the data dir /)
    expect((await first.stop()).code).toBe(143)
  })

  test('numbers runs and goes on with seq and n', async () => {
    for (let i = 0; i < 3; i++) await place.run(['run', '--name', 'job', '--', 'echo', 'x'])
    const entries = await place.entries('--stream', 'stdout')
    expect(entries.map(({ run, text }) => [run, text])).toEqual([1, 2, 3].map((n) => [n, 'x']))
    expect((await place.entries('job')).map(({ n }) => n)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9])
    const last = await place.entries('--run', 'last', '--stream', 'stdout')
    expect(last.map(({ run }) => run)).toEqual([3])
  })

  test('passes stdin on only if asked to', async () => {
    const input = 'from outside\n'
    const without = await place.run(['run', '--', 'cat'], { input })
    const withIt = await place.run(['run', '--stdin', '--', 'cat'], { input })
    expect([without.stdout.toString(), withIt.stdout.toString()]).toEqual(['', input])
  })
})

function digest(bytes: Buffer): string {
  return `${bytes.length} ${createHash('sha256').update(bytes).digest('hex')}`
}

// Bytes from a fixed seed; every value occurs, newlines often.
function noise(length: number): Buffer {
  let state = 20_261_121
  return Buffer.from(
    Array.from({ length }, () => {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
      const byte = state >>> 24
      return byte < 10 ? 0x0a : byte
    }),
  )
}
