import { expect, test } from 'vitest'
import { signalGroup } from '../src/process-group.js'
import { start } from './support.js'

test('signalGroup() spares a process that has the number of a reaped leader', async () => {
  const { capture, run } = await start('exec sleep 1000', { mode: 'pipe' })
  expect(signalGroup(capture.pid, 'SIGTERM', true)).toBe(false)
  expect(signalGroup(capture.pid, 'SIGKILL', false)).toBe(true)
  expect(await run).toMatchObject({ signal: 'SIGKILL' })
  expect(signalGroup(capture.pid, 'SIGKILL', true)).toBe(false)
})
