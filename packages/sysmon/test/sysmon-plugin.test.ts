// The plugin beside the log plugin under a real supervisor: what runs use is in the log and in the stats.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createSupervisor } from '@hero/proc'
import type { RunInfo } from '@hero/proc'
import { openLogs } from '@hero/logs'
import type { LogRecord, Sink } from '@hero/logs'
import { expect, onTestFinished, test, vi } from 'vitest'
import { createSysmonPlugin } from '@hero/sysmon'

test('every run is sampled, with all its processes, as entries of sysmon', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'sysmon-'))
  const logs = await openLogs({ dir: join(dir, 'logs'), flushDelayMs: 5 })
  const plugin = createSysmonPlugin({ logs, intervalMs: 100 })
  const supervisor = await createSupervisor({ dataDir: dir, plugins: [plugin] })
  onTestFinished(async () => {
    await supervisor.close()
    await logs.close()
    rmSync(dir, { recursive: true })
  })
  // As PostgreSQL does: children in sessions of their own.
  const busy = 'sleep 1000 & setsid sleep 1000 & while :; do :; done'
  await supervisor.add({ name: 'busy', command: ['sh', '-c', busy] })
  await supervisor.add({ name: 'idle', command: ['sleep', '1000'] })
  await supervisor.startAll()
  const seen = new Map<string, Record<string, number>>()
  for await (const { source, origin, fields = {} } of logs.follow()) {
    expect([source, origin]).toEqual(['sysmon', 'sysmon'])
    const { service, ...figures } = fields as Record<string, number> & { service: string }
    seen.set(service, figures)
    if (seen.size === 2 && (seen.get('busy')?.['cpu_ms'] ?? 0) >= 100) break
  }
  expect(seen.get('busy')).toMatchObject({ run: 1, processes: 3, threads: 3 })
  expect(seen.get('busy')?.['cpu_percent']).toBeGreaterThan(10)
  expect(seen.get('idle')).toMatchObject({ processes: 1, pid: supervisor.status('idle').pid })
  expect(seen.get('idle')?.['fds']).toBeGreaterThanOrEqual(3)
  expect(seen.get('idle')?.['memory_bytes']).toBeGreaterThan(100_000)
  expect(logs.stats().sources['sysmon:sysmon']?.dropped).toBe(0)
  await supervisor.stop('busy')
  const [run] = supervisor.inspect('busy').runs
  expect(run?.usage?.cpu_ms).toBeGreaterThanOrEqual(100)
  expect(run?.usage?.memory_peak_bytes).toBeGreaterThan(100_000)
})

test.each([0, 99, 3_600_001, Number.NaN])('an interval of %s is refused', async (intervalMs) => {
  const logs = { sink: () => expect.unreachable() }
  expect(() => createSysmonPlugin({ logs, intervalMs })).toThrow('Expected intervalMs from 100')
})

test('what begins within a second of a start is looked at together with it', () => {
  vi.useFakeTimers()
  onTestFinished(() => void vi.useRealTimers())
  const seen: unknown[] = []
  const sink = { write: ({ fields }: LogRecord) => seen.push(fields?.['service']), close: () => {} }
  const plugin = createSysmonPlugin({ logs: { sink: () => sink as unknown as Sink } })
  const begin = (service: string): void => {
    const run = { service, run: 1, pid: process.pid, startedTs: Date.now() * 1_000 }
    plugin.runStarted?.(run as RunInfo)
  }
  begin('first')
  vi.advanceTimersByTime(500)
  begin('second')
  vi.advanceTimersByTime(500)
  expect(seen).toEqual(['first', 'second'])
  begin('third')
  vi.advanceTimersByTime(1_000)
  expect(seen).toEqual(['first', 'second', 'third'])
  void plugin.close?.()
})
