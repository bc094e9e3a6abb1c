import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, lstatSync, renameSync, statSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import type { Server } from 'node:net'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { listenAt, removeOwn } from '../src/unix-socket.js'
import { temporaryFolder } from './fixture.js'

function server(): Server {
  const made = createServer()
  onTestFinished(() => {
    made.close()
  })
  return made
}

/** A socket file that nobody listens on: its owner was killed. */
async function leaveStale(path: string): Promise<void> {
  const program = `require('node:net').createServer().listen(process.argv[1], () => console.log())`
  const child = spawn(process.execPath, ['-e', program, path], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  await once(child.stdout, 'data')
  child.kill('SIGKILL')
  await once(child, 'close')
}

function withoutFolder(path: string, error: unknown): string {
  const { code, message } = error as Error & { code?: string }
  return `${code}: ${message.replace(path, 'PATH')}`
}

test('listenAt() makes the folder 0700 and the socket 0600 under any umask', async () => {
  for (const mask of [0, 0o022, 0o077, 0o027]) {
    const path = join(temporaryFolder(), 'a', 'b', 'rpc.sock')
    const before = process.umask(mask)
    try {
      await listenAt(server(), path)
    } finally {
      expect(process.umask(before)).toBe(mask)
    }
    expect(statSync(path).mode & 0o777).toBe(0o600)
    expect(statSync(join(path, '..')).mode & 0o777).toBe(0o700)
    expect(statSync(join(path, '../..')).mode & 0o777).toBe(0o700)
  }
})

// Where Node's own recursive mkdir tries for ever.
test('listenAt() says where no folder can be made', async () => {
  await expect(listenAt(server(), '/proc/nowhere/a/rpc.sock')).rejects.toMatchObject({
    code: 'ENOENT',
    path: '/proc/nowhere',
  })
})

test('listenAt() replaces a socket that nobody listens on', async () => {
  const path = join(temporaryFolder(), 'rpc.sock')
  await leaveStale(path)
  const before = lstatSync(path, { bigint: true })
  const own = await listenAt(server(), path)
  expect(own.birthtimeNs).toBeGreaterThan(before.birthtimeNs)
})

test('listenAt() never removes a live socket', async () => {
  const path = join(temporaryFolder(), 'rpc.sock')
  const own = await listenAt(server(), path)
  const error: unknown = await listenAt(server(), path).catch((caught: unknown) => caught)
  expect(withoutFolder(path, error)).toMatchInlineSnapshot(
    `"Conflict: Somebody already listens at PATH"`,
  )
  expect(lstatSync(path, { bigint: true }).ino).toBe(own.ino)
})

test('listenAt() lets exactly one of two get the path', async () => {
  const path = join(temporaryFolder(), 'rpc.sock')
  await leaveStale(path)
  const results = await Promise.allSettled([listenAt(server(), path), listenAt(server(), path)])
  const lost = results.filter((result) => result.status === 'rejected')
  expect(lost.map(({ reason }) => (reason as { code: string }).code)).toEqual(['Conflict'])
  expect(lstatSync(path).isSocket()).toBe(true)
})

test('listenAt() leaves a file that is no socket alone', async () => {
  const path = join(temporaryFolder(), 'rpc.sock')
  writeFileSync(path, 'mine')
  const error: unknown = await listenAt(server(), path).catch((caught: unknown) => caught)
  expect(withoutFolder(path, error)).toMatchInlineSnapshot(
    `"Conflict: Expected a socket or nothing at PATH, got a file"`,
  )
  expect(existsSync(path)).toBe(true)
})

test('a closed server leaves the socket of its successor', async () => {
  const path = join(temporaryFolder(), 'rpc.sock')
  const first = server()
  const own = await listenAt(first, path)
  renameSync(path, `${path}.old`)
  const next = await listenAt(server(), path)
  removeOwn(path, own)
  first.close()
  await once(first, 'close')
  expect(lstatSync(path, { bigint: true }).ino).toBe(next.ino)
})
