// A real datagram socket hears what a real service manager would.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { findServiceManager } from '../src/service-manager.js'
import { hearDatagrams } from './datagrams.js'

test.each(['path', 'abstract'])('a manager at a socket (%s) hears every word', (kind) => {
  const folder = mkdtempSync(join(tmpdir(), 'notify-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const path = kind === 'path' ? join(folder, 'notify') : `@hero-proc-test-${process.pid}`
  const heard = hearDatagrams(path)
  const env = { NOTIFY_SOCKET: path, WATCHDOG_USEC: '3000000', WATCHDOG_PID: `${process.pid}` }
  const manager = findServiceManager(env)
  expect(manager?.watchdogMs).toBe(3_000)
  manager?.ready('serving')
  manager?.alive()
  manager?.reloading()
  manager?.stopping('bye')
  expect(heard()).toEqual([
    'READY=1\nSTATUS=serving',
    'WATCHDOG=1',
    expect.stringMatching(/^RELOADING=1\nMONOTONIC_USEC=\d+$/),
    'STOPPING=1\nSTATUS=bye',
  ])
})

test('without a manager there is none, and one that has gone hurts nobody', () => {
  expect(findServiceManager({})).toBeUndefined()
  expect(findServiceManager({ NOTIFY_SOCKET: 'vsock:2:1' })).toBeUndefined()
  const other = { NOTIFY_SOCKET: '/no/such', WATCHDOG_USEC: '3000000', WATCHDOG_PID: '1' }
  const manager = findServiceManager(other)
  expect(manager?.watchdogMs).toBeUndefined()
  manager?.ready('nobody listens')
})
