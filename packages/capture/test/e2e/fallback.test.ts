// Without koffi Node's own pipes are used. First in its process: the choice is made once.
import { describe, expect, test } from 'vitest'
import { captureFallbackReason, startCapture } from '../../src/capture.js'
import { fifo, MODES, runToEnd, start } from '../support.js'
import { writeFile } from 'node:fs/promises'

process.env['HERO_PROC_NO_KOFFI'] = '1'

test('captureFallbackReason() says why', () => {
  expect(captureFallbackReason()).toBe('HERO_PROC_NO_KOFFI is 1')
})

describe.each(MODES)('the fallback for mode %s', (mode) => {
  test('reports its mode and how the child ended', async () => {
    const { capture, run } = await start('echo a; echo b >&2; printf c; exit 7', { mode })
    expect(capture.mode).toBe('stdio')
    const { code, signal, orphans, escaped, stdout, stderr } = await run
    expect({ code, signal, orphans, escaped }).toEqual({
      code: 7,
      signal: null,
      orphans: false,
      escaped: false,
    })
    expect(stdout.toString()).toBe('a\nc')
    expect(stderr.toString()).toBe('b\n')
  })

  test('loses nothing at the exit, paused or not', async () => {
    const want = Array.from({ length: 20_000 }, (_, index) => `${index + 1}\n`).join('')
    for (let batch = 0; batch < 2; batch += 1) {
      const runs = Array.from({ length: 20 }, async (_, index) => {
        const { capture, run } = await start('seq 1 20000', { mode, drainDeadlineMs: 600_000 })
        if (index % 2 === 0) {
          capture.pause()
          setTimeout(() => capture.resume(), 20)
        }
        return (await run).stdout.toString() === want
      })
      expect(await Promise.all(runs)).toEqual(Array.from({ length: 20 }, () => true))
    }
  })

  test('is announced while paused', async () => {
    const { capture, run } = await start('printf abc', { mode, drainDeadlineMs: 600_000 })
    capture.pause()
    expect((await run).stdout.toString()).toBe('abc')
  })

  test('ends a descendant of the group at the deadline', async () => {
    const script = 'sleep 1000 & echo now'
    const { run } = await start(script, { mode, drainDeadlineMs: 1, killGraceMs: 600_000 })
    expect(await run).toMatchObject({ code: 0, orphans: true, escaped: false })
  })

  test('lets go of a descendant in another session', async () => {
    const [ready, gate] = [fifo(), fifo()]
    const inner = 'echo ready >$0; read go <$1; echo late'
    const script = 'echo now; setsid sh -c "$2" $0 $1 & read x <$0'
    const options = { mode, drainDeadlineMs: 1, killGraceMs: 1 }
    const { capture, collector, run } = await start(script, options, ready, gate, inner)
    expect(await run).toMatchObject({ orphans: true, escaped: true })
    await writeFile(gate, 'go\n')
    await collector.seen('late\n')
    await capture.close()
  })

  test('close() hands over what a pause left waiting', async () => {
    const { capture, collector, run } = await start('echo a; read go', { mode, partialFlushMs: 0 })
    await collector.seen('a')
    capture.pause()
    await capture.close()
    await run
    expect(collector.bytes('stdout').toString()).toBe('a\n')
  })

  test('a command that is not found', async () => {
    const failed = startCapture({ command: 'no-such-command', mode, onLines: () => undefined })
    await expect(failed).rejects.toMatchObject({ code: 'CommandNotFound' })
  })

  test('bytes come through', async () => {
    const run = await runToEnd('printf "a\\000b\\377\\n\\r"', { mode })
    expect(run.stdout.equals(Buffer.from([97, 0, 98, 0xff, 10, 13]))).toBe(true)
  })
})
