import { once } from 'node:events'
import { connect, createServer } from 'node:net'
import type { Socket } from 'node:net'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { peerCredentials } from '../src/peer-credentials.js'
import { freshDir } from './support.js'

test('peerCredentials() names the process that connected; nobody once it is closed', async () => {
  const path = join(freshDir(), 'socket')
  const server = createServer().listen(path)
  await once(server, 'listening')
  const client = connect(path)
  const [peer] = (await once(server, 'connection')) as [Socket]
  expect(peerCredentials(peer)).toEqual({
    pid: process.pid,
    uid: process.getuid?.(),
    gid: process.getgid?.(),
  })
  client.destroy()
  peer.destroy()
  expect(peerCredentials(peer)).toBeUndefined()
  server.close()
})
