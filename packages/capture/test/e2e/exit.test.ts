// The barrier at the exit: nothing that a child wrote is missing when its exit is announced, and
// descendants that hold its output are waited for, ended, or let go.
import { existsSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { fifo, MODES, start, turnUntil } from '../support.js'

const RUNS = 40
const AT_ONCE = 20

const numbers = Array.from({ length: 20_000 }, (_, index) => `${index + 1}\n`).join('')
const WORKLOADS: [string, string][] = [
  ['seq 1 20000', numbers],
  ['printf %131072d 7', '7'.padStart(131_072)],
  ['printf %10000d 7', '7'.padStart(10_000)],
  ['seq 1 20000; sleep 1000 & exit 3', numbers],
]

describe.each(MODES)('the exit in mode %s', (mode) => {
  describe.each(['flowing', 'random pauses', 'paused 300 ms'])('%s', (how) => {
    test.each(WORKLOADS)('loses nothing of `%s`', async (script, want) => {
      const one = async (): Promise<void> => {
        let onData = (): void => undefined
        const { capture, run } = await start(script, {
          mode,
          drainDeadlineMs: 0,
          onData: () => onData(),
        })
        const pause = (ms: number): void => {
          capture.pause()
          setTimeout(() => capture.resume(), ms)
        }
        if (how === 'paused 300 ms') pause(300)
        if (how === 'random pauses') {
          let reads = 0
          onData = () => {
            if ((reads += 1) % 3 === 0) pause(2)
          }
        }
        const { stdout, stderr, orphans, escaped } = await run
        expect(stdout.length).toBe(want.length)
        expect(stdout.equals(Buffer.from(want))).toBe(true)
        expect(stderr.length).toBe(0)
        expect({ orphans, escaped }).toEqual({ orphans: script.includes('&'), escaped: false })
      }
      for (let runs = 0; runs < RUNS; runs += AT_ONCE) {
        await Promise.all(Array.from({ length: AT_ONCE }, one))
      }
    })
  })

  test('is announced while paused, after all that was written', async () => {
    const { capture, run } = await start('printf %3000d 7; printf x >&2', { mode })
    capture.pause()
    const { stdout, stderr, pieces } = await run
    expect(stdout.toString()).toBe('7'.padStart(3000))
    expect(stderr.toString()).toBe('x')
    expect(pieces.map(({ part, terminated }) => [part, terminated])).toEqual([
      ['none', false],
      ['none', false],
    ])
  })

  test('waits for a descendant that ends by itself before the deadline', async () => {
    const gate = fifo()
    const script = '(read go <$0; printf later) & echo now'
    const { capture, run } = await start(script, { mode, drainDeadlineMs: 600_000 }, gate)
    await turnUntil(() => !existsSync(`/proc/${capture.pid}`))
    await writeFile(gate, 'go\n')
    const { stdout, orphans, escaped, pieces } = await run
    expect({ orphans, escaped }).toEqual({ orphans: true, escaped: false })
    expect(stdout.toString()).toBe('now\nlater')
    expect(pieces.at(-1)).toMatchObject({ part: 'none', terminated: false })
  })

  test('ends a descendant of the group at the deadline', async () => {
    const script = 'trap "" TERM HUP; sleep 1000 & echo now'
    const { run } = await start(script, { mode, drainDeadlineMs: 1, killGraceMs: 600_000 })
    expect(await run).toMatchObject({ code: 0, orphans: true, escaped: false })
  })

  test('lets go of a descendant in another session, and keeps reading it', async () => {
    const [ready, gate] = [fifo(), fifo()]
    const inner = 'printf par; echo ready >$0; read go <$1; echo tial; echo late'
    const script = 'echo now; setsid sh -c "$2" $0 $1 & read x <$0; exit 5'
    const options = { mode, drainDeadlineMs: 1, killGraceMs: 1 }
    const { capture, collector, run } = await start(script, options, ready, gate, inner)
    const { code, stdout, orphans, escaped } = await run
    expect({ code, orphans, escaped }).toEqual({ code: 5, orphans: true, escaped: true })
    expect(stdout.toString()).toBe('now\npar')
    await writeFile(gate, 'go\n')
    await collector.seen('late\n')
    const lines = collector.pieces.map(({ text, part }) => `${part} ${text.toString()}`)
    expect(lines.join('')).toBe('none now\nfirst parlast tial\nnone late\n')
    await capture.close()
  })

  test('close() ends the reading of one that escaped', async () => {
    const [ready, gate] = [fifo(), fifo()]
    const inner = 'echo ready >$0; read go <$1'
    const script = 'setsid sh -c "$2" $0 $1 & read x <$0'
    const options = { mode, drainDeadlineMs: 0, killGraceMs: 0 }
    const { capture, run } = await start(script, options, ready, gate, inner)
    expect(await run).toMatchObject({ orphans: true, escaped: true })
    await capture.close()
    await writeFile(gate, 'go\n')
  })

  test('a flooding descendant cannot hold it back', async () => {
    const { run } = await start('yes & sleep 0.05', { mode, drainDeadlineMs: 20 })
    expect(await run).toMatchObject({ code: 0, orphans: true, escaped: false })
  })

  test('pauses hold a descendant back before the deadline', async () => {
    const { capture, collector, run } = await start('yes & exit', { mode, drainDeadlineMs: 100 })
    capture.pause()
    await turnUntil(() => !existsSync(`/proc/${capture.pid}`))
    await sleep(0)
    const drained = collector.bytes('stdout').length
    await sleep(20)
    expect(collector.bytes('stdout').length).toBe(drained)
    await run
  })
})
