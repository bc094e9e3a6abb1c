import { openLogs } from '@hero/logs'
import type { Sink } from '@hero/logs'
import type { AuditedCall } from '@hero/rpc'
import { expect, onTestFinished, test } from 'vitest'
import { AuditLog } from '../src/audit-log.js'
import { temporaryFolder } from './house.js'

/** An audit log over a real store, and what stands in it when it is closed. */
async function open(): Promise<{ audit: AuditLog; read: () => Promise<string[]> }> {
  const logs = await openLogs({ dir: temporaryFolder() })
  onTestFinished(() => logs.close())
  const sink: Sink = logs.sink({ source: 'hero_proc', origin: 'system' })
  const audit = new AuditLog(sink)
  return {
    audit,
    read: async () => {
      audit.close()
      await logs.sync()
      const { entries } = await logs.query({ limit: 10_000 })
      return entries.map(({ text }) => text ?? '')
    },
  }
}

const call = (method: string, pid: number, more: Partial<AuditedCall> = {}): AuditedCall => ({
  method,
  effect: 'appends',
  caller: { transport: 'unix', address: 'unix', uid: 1000, gid: 1000, pid },
  ...more,
})

test('AuditLog tells every change, and of what appends the first and how many more', async () => {
  const { audit, read } = await open()
  for (let round = 0; round < 3; round += 1) {
    audit.note(call('service.stop', 7, { effect: 'changes' }))
    audit.note(call('logs.insert', 7))
    audit.note(call('logs.insert', 8))
  }
  audit.note(call('logs.insert', 7, { failure: 'InvalidParams' }))
  expect(await read()).toEqual([
    'service.stop called by uid 1000, pid 7',
    'logs.insert called by uid 1000, pid 7',
    'logs.insert called by uid 1000, pid 8',
    'service.stop called by uid 1000, pid 7',
    'service.stop called by uid 1000, pid 7',
    'logs.insert called by uid 1000, pid 7, failed: InvalidParams',
    'logs.insert called 2 times by uid 1000, pid 7',
    'logs.insert called 2 times by uid 1000, pid 8',
  ])
})

test('AuditLog knows callers over TCP by their address, whatever the port', async () => {
  const { audit, read } = await open()
  const from = (address: string): AuditedCall =>
    call('logs.insert', 0, { caller: { transport: 'tcp', address } })
  audit.note(from('10.0.0.1:4001'))
  audit.note(from('10.0.0.1:4002'))
  audit.note(from('10.0.0.2:4001'))
  expect(await read()).toEqual([
    'logs.insert called by 10.0.0.1:4001',
    'logs.insert called by 10.0.0.2:4001',
    'logs.insert called once more by 10.0.0.1:4001',
  ])
})

test('AuditLog counts a bounded number of callers one by one, and all others together', async () => {
  const { audit, read } = await open()
  for (let pid = 0; pid < 1_500; pid += 1) audit.note(call('logs.insert', pid))
  const lines = await read()
  expect(lines).toHaveLength(1_002)
  expect(lines.slice(-2)).toEqual([
    'several methods called by many callers',
    'several methods called 499 times by many callers',
  ])
})
