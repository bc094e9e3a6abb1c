import { execFile } from 'node:child_process'
import { chmodSync, mkdirSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, test } from 'vitest'
import { captureFallbackReason, startCapture } from '../src/capture.js'
import type { CaptureOptions } from '../src/options.js'
import { fifo, freshDir, MODES, ownFds, runToEnd, start, turnUntil } from './support.js'

/** By the process itself, not by its children. */
function bytesWritten(pid: number): number {
  return Number(/wchar: (\d+)/.exec(readFileSync(`/proc/${pid}/io`, 'latin1'))?.[1])
}

describe.each(MODES)('startCapture() in mode %s', (mode) => {
  test('starts, ends, and gives all back: 200 times', async () => {
    await runToEnd('true', { mode })
    const before = ownFds().toSorted()
    for (let round = 0; round < 20; round += 1) {
      await Promise.all(
        Array.from({ length: 10 }, async (_, index) => {
          if (index > 0) return runToEnd('echo $$', { mode })
          const failed = startCapture({
            command: '/no/such/command',
            mode,
            onLines: () => undefined,
          })
          return expect(failed).rejects.toThrow()
        }),
      )
    }
    expect(ownFds().toSorted()).toEqual(before)
  })

  test('tells the streams apart and keeps the order of each', async () => {
    const run = await runToEnd('for i in 1 2 3; do echo out$i; echo err$i >&2; done', { mode })
    expect(run.stdout.toString()).toBe('out1\nout2\nout3\n')
    expect(run.stderr.toString()).toBe('err1\nerr2\nerr3\n')
  })

  test.each([
    ['exit 0', { code: 0, signal: null }],
    ['exit 7', { code: 7, signal: null }],
    ['kill -KILL $$', { code: null, signal: 'SIGKILL' }],
  ])('reports how `%s` ended', async (script, want) => {
    const { code, signal, orphans, escaped } = await runToEnd(script, { mode })
    expect({ code, signal, orphans, escaped }).toEqual({ ...want, orphans: false, escaped: false })
  })

  test('signal() reaches the whole group', async () => {
    const { capture, collector, run } = await start('sh -c "echo up; sleep 1000"; echo no', {
      mode,
    })
    await collector.seen('up')
    expect(capture.signal('SIGTERM')).toBe(true)
    expect(await run).toMatchObject({ code: null, signal: 'SIGTERM', escaped: false })
    expect(collector.bytes('stdout').toString()).toBe('up\n')
  })

  test('signal() says when nobody is left', async () => {
    const { capture, run } = await start('exec true', { mode })
    await run
    expect(capture.signal('SIGTERM')).toBe(false)
  })

  test('stdin is the null device', async () => {
    const run = await runToEnd('readlink /proc/$$/fd/0; cat; echo end', { mode })
    expect(run.stdout.toString()).toBe('/dev/null\nend\n')
  })

  test("stdin 'inherit' is our own", async () => {
    const run = await runToEnd('readlink /proc/$$/fd/0', { mode, stdin: 'inherit' })
    expect(run.stdout.toString().trimEnd()).toBe(readlinkSync('/proc/self/fd/0'))
  })

  test('the child can open its output by name, also as another user', async () => {
    const user = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {}
    const script = 'echo out >/dev/stdout; echo err >/dev/stderr; id -u; id -g'
    const run = await runToEnd(script, { mode, cwd: '/', ...user })
    const { uid, gid } = { uid: process.getuid?.(), gid: process.getgid?.(), ...user }
    expect(run.stdout.toString()).toBe(`out\n${uid}\n${gid}\n`)
    expect(run.stderr.toString()).toBe('err\n')
  })

  test('takes the working directory and the environment', async () => {
    const dir = freshDir()
    const env = { PATH: process.env['PATH'], WORD: 'härd' }
    const run = await runToEnd('pwd; echo $WORD $HOME', { mode, cwd: dir, env })
    expect(run.stdout.toString()).toBe(`${dir}\nhärd\n`)
  })

  test('stamps reads by the clock given, never backwards', async () => {
    let now = 1000
    const clock = (): number => (now -= 100)
    const gate = fifo()
    const script = 'echo a; read go <$0; echo b'
    const { capture, collector, run } = await start(script, { mode, clock }, gate)
    await collector.seen('a')
    await writeFile(gate, 'go\n')
    const { pieces } = await run
    expect(pieces.map((piece) => piece.ts)).toEqual([900, 900])
    expect(capture.mode).toBe(mode)
  })

  test('onData gets the bytes as they were read', async () => {
    const chunks: string[] = []
    const onData = (chunk: Buffer, stream: string): void =>
      void chunks.push(`${stream} ${chunk.toString()}`)
    await runToEnd('printf "a\\nb"', { mode, onData })
    expect(chunks.join('')).toBe('stdout a\nb')
  })

  test('the unfinished line is handed over in time, and its end later', async () => {
    const gate = fifo()
    const { collector, run } = await start(
      'printf "name? "; read go <$0; echo $go',
      { mode, partialFlushMs: 1 },
      gate,
    )
    await collector.seen('name? ')
    await writeFile(gate, 'x\n')
    const { pieces } = await run
    expect(pieces.map(({ text, part, terminated }) => [text.toString(), part, terminated])).toEqual(
      [
        ['name? ', 'first', false],
        ['x\n', 'last', true],
      ],
    )
  })

  test('pause() holds from the start, and resume() lets go', async () => {
    const { capture, collector, run } = await start('exec seq 1 100000', { mode })
    capture.resume()
    capture.pause()
    await turnUntil(() => bytesWritten(capture.pid) >= 4096)
    expect(collector.pieces).toEqual([])
    capture.resume()
    expect((await run).stdout.length).toBe(588_895)
  })

  test('close() takes what was written, hangs up, and can be called twice', async () => {
    const { capture, collector, run } = await start('echo a; trap "" PIPE; printf b; yes', { mode })
    await collector.seen('a')
    await Promise.all([capture.close(), capture.close()])
    await capture.close()
    const atClose = collector.pieces.length
    const { code } = await run
    expect(code).not.toBe(0)
    expect(collector.pieces.length).toBe(atClose)
    expect(collector.pieces.at(-1)?.part).toMatch(/none|last/)
  })

  test('close() takes what waits unread, paused or not', async () => {
    const { capture, collector } = await start('echo a; echo b >&2; read go <$0', { mode }, fifo())
    capture.pause()
    await turnUntil(() => bytesWritten(capture.pid) >= 4)
    await capture.close()
    expect(collector.bytes('stdout').toString()).toBe('a\n')
    expect(collector.bytes('stderr').toString()).toBe('b\n')
    capture.signal('SIGKILL')
    await capture.exited
  })

  test('close() inside onLines is safe', async () => {
    const lines: string[] = []
    const options: Omit<CaptureOptions, 'onLines'> = { command: 'yes', mode }
    const capture = await startCapture({
      ...options,
      onLines: ({ bytes, start: from, end, stream }) => {
        // The child may still complain that its output was closed.
        if (stream === 'stdout') lines.push(Buffer.from(bytes.subarray(from, end)).toString())
        void capture.close()
      },
    })
    await capture.exited
    expect(/^(?:y\n)*y?$/.test(lines.join(''))).toBe(true)
  })

  describe('a command that never ran', () => {
    const failing = (options: Partial<CaptureOptions>): Promise<unknown> =>
      startCapture({ command: 'true', mode, onLines: () => undefined, ...options }).then(
        () => undefined,
        (error: unknown) => error,
      )

    test.each([['no-such-command'], ['/no/such/command'], ['/dev/null/command']])(
      '%s is not found',
      async (command) => {
        expect(await failing({ command })).toMatchObject({
          code: 'CommandNotFound',
          message: `Command not found: '${command}'`,
        })
      },
    )

    test('a file that is not executable', async () => {
      const command = join(freshDir(), 'plain')
      writeFileSync(command, 'echo')
      expect(await failing({ command })).toMatchObject({
        code: 'CommandNotExecutable',
        message: `Command not executable: '${command}' (EACCES)`,
        cause: { code: 'EACCES' },
      })
    })

    test('a folder', async () => {
      expect(await failing({ command: freshDir() })).toMatchObject({ code: 'CommandNotExecutable' })
    })

    test('a script without its interpreter, by path and by name', async () => {
      const dir = freshDir()
      const command = join(dir, 'script')
      writeFileSync(command, '#!/no/such/interpreter\n')
      chmodSync(command, 0o755)
      const want = {
        code: 'CommandNotExecutable',
        message: `Command not executable: the interpreter of '${command}' does not exist`,
      }
      expect(await failing({ command })).toMatchObject(want)
      expect(await failing({ command: 'script', env: { PATH: dir } })).toMatchObject(want)
    })

    test('a working directory that does not exist, or is none', async () => {
      const dir = freshDir()
      const file = join(dir, 'file')
      writeFileSync(file, '')
      expect(await failing({ cwd: join(dir, 'none') })).toMatchObject({
        code: 'SpawnFailed',
        message: `Expected a working directory, got '${join(dir, 'none')}': it does not exist`,
      })
      expect(await failing({ cwd: file })).toMatchObject({
        code: 'SpawnFailed',
        message: `Expected a working directory, got '${file}': it is not a directory`,
      })
    })

    test('a relative command is looked for in the working directory', async () => {
      const dir = freshDir()
      mkdirSync(join(dir, 'bin'))
      writeFileSync(join(dir, 'bin', 'here'), '#!/bin/sh\n')
      expect(await failing({ command: 'bin/here', cwd: dir })).toMatchObject({
        code: 'CommandNotExecutable',
      })
      chmodSync(join(dir, 'bin', 'here'), 0o755)
      expect(await failing({ command: 'bin/here', cwd: dir })).toBeUndefined()
    })

    test('arguments beyond the limit of the kernel', async () => {
      const args = ['x'.repeat(4_000_000)]
      expect(await failing({ args })).toMatchObject({
        code: 'SpawnFailed',
        cause: { code: 'E2BIG' },
      })
    })
  })
})

test('in mode pty both outputs are terminals of the size given, and stdin is none', async () => {
  const script =
    '[ -t 0 ] || echo no; [ -t 1 ] && echo out; [ -t 2 ] && echo err; stty size <&1; stty size <&2'
  const run = await runToEnd(script, { mode: 'pty', columns: 77, rows: 33 })
  expect(run.stdout.toString()).toBe('no\nout\nerr\n33 77\n33 77\n')
})

test('a start for which there are no descriptors is told, and nothing else happens', async () => {
  const fixture = fileURLToPath(new URL('fixtures/without-descriptors.mjs', import.meta.url))
  const words = ['-c', 'ulimit -n 64; exec "$0" "$1"', process.execPath, fixture]
  const { stdout } = await promisify(execFile)('sh', words)
  const told = stdout.trimEnd().split('\n')
  expect([told.at(0), told.at(1), told.at(-1)]).toEqual(['runs', 'SpawnFailed', 'runs'])
})

test('captureFallbackReason() is null where the C library can be called', () => {
  expect(captureFallbackReason()).toBeNull()
})
