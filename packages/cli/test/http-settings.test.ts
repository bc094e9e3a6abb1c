import { expect, test } from 'vitest'
import { resolveHttp } from '../src/http-settings.js'

const TOKEN = 'correct-horse-battery'

test.each([
  [{}, undefined],
  [{ HERO_PROC_HTTP: '' }, undefined],
  [{ HERO_PROC_HTTP: '127.0.0.1:8042' }, { host: '127.0.0.1', port: 8042 }],
  [
    { HERO_PROC_HTTP: '[::1]:0', HERO_PROC_TOKEN: '' },
    { host: '::1', port: 0 },
  ],
  [
    { HERO_PROC_HTTP: '0.0.0.0:80', HERO_PROC_TOKEN: TOKEN },
    { host: '0.0.0.0', port: 80, token: TOKEN },
  ],
])('resolveHttp(%o) is %o', async (env, expected) => {
  expect(await resolveHttp(env)).toEqual(expected)
})

test.each([
  [{ HERO_PROC_HTTP: '8042' }, /Expected an address such as 127.0.0.1:8042, got "8042"/],
  [{ HERO_PROC_HTTP: '127.0.0.1:99999' }, /Expected an address/],
  [{ HERO_PROC_HTTP: '0.0.0.0:80' }, /Expected a token for 0.0.0.0/],
  [{ HERO_PROC_HTTP: '127.0.0.1:80', HERO_PROC_TOKEN: 'short' }, /16 or more printable characters/],
])('resolveHttp(%o) is a usage error', async (env, message) => {
  await expect(resolveHttp(env)).rejects.toMatchObject({
    message: expect.stringMatching(message) as string,
    exitCode: 2,
  })
})
