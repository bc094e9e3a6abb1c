import { expect, test } from 'vitest'
import { resolveHttp } from '../src/http-settings.js'

const TOKEN = 'correct-horse-battery'

test.each<[{ http: string; token?: string }, object | undefined]>([
  [{ http: '' }, undefined],
  [{ http: '127.0.0.1:8042' }, { host: '127.0.0.1', port: 8042 }],
  [
    { http: '[::1]:0', token: '' },
    { host: '::1', port: 0 },
  ],
  [
    { http: '0.0.0.0:80', token: TOKEN },
    { host: '0.0.0.0', port: 80, token: TOKEN },
  ],
])('resolveHttp(%o) is %o', async ({ http, token }, expected) => {
  expect(await resolveHttp(http, { HERO_PROC_TOKEN: token })).toEqual(expected)
})

test.each<[{ http: string; token?: string }, RegExp]>([
  [{ http: '8042' }, /Expected an address such as 127.0.0.1:8042, got "8042"/],
  [{ http: '127.0.0.1:99999' }, /Expected an address/],
  [{ http: '0.0.0.0:80' }, /Expected a token for 0.0.0.0/],
  [{ http: '127.0.0.1:80', token: 'short' }, /16 or more printable characters/],
])('resolveHttp(%o) is a usage error', async ({ http, token }, message) => {
  await expect(resolveHttp(http, { HERO_PROC_TOKEN: token })).rejects.toMatchObject({
    message: expect.stringMatching(message) as string,
    exitCode: 2,
  })
})
