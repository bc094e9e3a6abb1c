// `kill -9` of the process that writes: nothing that was committed is lost, nothing comes twice, numbers
// go on above everything that was ever shown.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { openLogs } from '@hero/logs'
import { expect, test } from 'vitest'
import { expectConservation, freshDir, readAll } from '../support.js'

const FIXTURE = fileURLToPath(new URL('./kill-writer.mjs', import.meta.url))

/** Runs the writer, kills it after `lines` answers, and returns the last numbers it acknowledged. */
async function writeAndKill(dir: string, lines: number): Promise<number[]> {
  const child = spawn(process.execPath, [FIXTURE, dir], { stdio: ['ignore', 'pipe', 'inherit'] })
  const exited = once(child, 'exit')
  let acknowledged: number[] = []
  let seen = 0
  for await (const line of createInterface({ input: child.stdout })) {
    acknowledged = line.split(' ').map(Number)
    if (++seen === lines) child.kill('SIGKILL')
  }
  const [, signal] = (await exited) as [number, string]
  expect(signal).toBe('SIGKILL')
  return acknowledged
}

test('a killed writer loses nothing that it acknowledged, and its successor goes on', async () => {
  const dir = freshDir()
  let highest = 0
  for (const lines of [1, 3, 20, 7, 2, 40]) {
    const [a, b] = await writeAndKill(dir, lines)
    const logs = await openLogs({ dir })
    await logs.sync()
    const entries = await readAll(logs, { limit: 10_000 })
    expectConservation(logs.stats())
    for (const [source, last] of [
      ['a', a!],
      ['b', b!],
    ] as const) {
      const own = entries.filter((entry) => entry.source === source)
      expect(own.length).toBeGreaterThanOrEqual(last)
      expect(own.map(({ n }) => n)).toEqual(Array.from({ length: own.length }, (_, i) => i + 1))
      expect(own.map(({ text }) => Number(text!.split(' ')[1]))).toEqual(own.map(({ n }) => n))
    }
    const seqs = entries.map(({ seq }) => seq)
    expect(seqs).toEqual([...new Set(seqs)].toSorted((x, y) => x - y))
    expect(seqs.at(-1)!).toBeGreaterThan(highest)
    highest = seqs.at(-1)!
    const told = await readAll(logs, { sources: ['hero_proc'] })
    expect(told.at(-1)!.fields).toEqual({ event: 'cut_off', lost_at_crash: 'unknown' })
    await logs.close()
  }
})
