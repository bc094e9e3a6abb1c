import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { resolveUser } from '../src/user.js'
import { temporaryFolder } from './fixture.js'

const PASSWD = `root:x:0:0:root:/root:/bin/bash
www-data:x:33:34:www-data:/var/www:/usr/sbin/nologin
`

test.each([
  ['www-data', { uid: 33, gid: 34 }],
  ['33', { uid: 33, gid: 34 }],
  ['33:5', { uid: 33, gid: 5 }],
  ['4711', { uid: 4711, gid: 4711 }],
])('resolveUser(%j) is %j', async (user, ids) => {
  const passwd = join(temporaryFolder(), 'passwd')
  writeFileSync(passwd, PASSWD)
  expect(await resolveUser(user, passwd)).toEqual(ids)
})

test('resolveUser() knows no unknown user', async () => {
  await expect(resolveUser('no-such-user')).rejects.toMatchObject({
    code: 'NotFound',
    message: 'There is no user no-such-user on this system',
  })
})
