// A real datagram socket hears what a real service manager would.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import koffi from 'koffi'
import { expect, onTestFinished, test } from 'vitest'
import { findServiceManager } from '../src/service-manager.js'

const AF_UNIX = 1
const SOCK_DGRAM = 2
const MSG_DONTWAIT = 0x40

/** Binds a datagram socket; returns what it has heard since. */
function listen(path: string): () => string[] {
  const library = koffi.load(null)
  const socket = library.func('int socket(int domain, int type, int protocol)')
  const bind = library.func('int bind(int fd, const void *address, uint32_t length)')
  const receive = library.func('long recv(int fd, void *buffer, size_t length, int flags)')
  const close = library.func('int close(int fd)')
  const fd = Number(socket(AF_UNIX, SOCK_DGRAM, 0))
  onTestFinished(() => void close(fd))
  const name = Buffer.from(path.replace(/^@/, '\0'))
  const address = Buffer.concat([Buffer.from(Uint16Array.of(AF_UNIX).buffer), name])
  expect(bind(fd, address, address.length)).toBe(0)
  return () => {
    const heard: string[] = []
    const buffer = Buffer.alloc(4_096)
    for (;;) {
      const bytes = Number(receive(fd, buffer, buffer.length, MSG_DONTWAIT))
      if (bytes < 0) return heard
      heard.push(buffer.toString('utf8', 0, bytes))
    }
  }
}

test.each(['path', 'abstract'])('a manager at a socket (%s) hears every word', (kind) => {
  const folder = mkdtempSync(join(tmpdir(), 'notify-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const path = kind === 'path' ? join(folder, 'notify') : `@hero-proc-test-${process.pid}`
  const heard = listen(path)
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
