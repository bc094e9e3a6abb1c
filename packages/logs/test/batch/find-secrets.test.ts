// What is taken for a secret and what is not; that looking takes linear time is bench/hostile.mjs's to find out.
import { expect, test } from 'vitest'
import { findKeys, findSecrets, isSecretName } from '../../src/batch/find-secrets.js'

function hidden(text: string, known: readonly string[] = []): string {
  let told = ''
  let at = 0
  for (const { start, end } of findSecrets(text, known, findKeys(text, 0))) {
    told += `${text.slice(at, start)}#`
    at = end
  }
  return told + text.slice(at)
}

test.each([
  ['password=hunter2', 'password=#'],
  ['password = "two words" next', 'password = "#" next'],
  ["DB_PASSWORD='it is'; x", "DB_PASSWORD='#'; x"],
  ['{"api_key":"a\\"b","user":"ann"}', '{"api_key":"#","user":"ann"}'],
  [
    '{\\"password\\":\\"in json in json\\"}',
    '{\\"password\\":\\"# in json in json\\"}'.replace('# in json in json', '# json in json'),
  ],
  ['client_secret: abc, next', 'client_secret: #, next'],
  ['run --token abc --verbose', 'run --token # --verbose'],
  ['curl -H "Authorization: Bearer abc.def-123"', 'curl -H "Authorization: Bearer #"'],
  ['authorization=Basic dXNlcjpwYXNz', 'authorization=Basic #'],
  ['got bearer abcdefgh12', 'got bearer #'],
  ['Cookie: session=1; theme=dark', 'Cookie: #'],
  ['postgres://ann:p@ss:w/x@db/app', 'postgres://ann:#@ss:w/x@db/app'],
  ['postgres://ann:p@ss@db:5432/app', 'postgres://ann:#@db:5432/app'],
  ['redis://:hunter2@cache:6379', 'redis://:#@cache:6379'],
  ['key ghp_abcdefghijklmnopqrstuvwxyz0123456789 end', 'key # end'],
  ['AKIAIOSFODNN7EXAMPLE', '#'],
  ['sk-proj-abcdefghijklmnopqrstuvwx', '#'],
  ['jwt eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abc-_', 'jwt #'],
  [
    '-----BEGIN RSA PRIVATE KEY-----\nabc\ndef\n-----END RSA PRIVATE KEY-----\nx',
    '-----BEGIN RSA PRIVATE KEY-----\n#\n#\n-----END RSA PRIVATE KEY-----\nx',
  ],
])('%j becomes %j', (text, expected) => {
  expect(hidden(text)).toBe(expected)
})

test.each([
  'https://example.com:8080/path@2x.png',
  'tokens used 12 of 4096',
  'password reset for ann',
  'secret://vault/path',
  'mailto ann@example.com',
  '-----BEGIN CERTIFICATE-----',
  'the task-sk-1 is done',
])('%j stays', (text) => {
  expect(hidden(text)).toBe(text)
})

test('known values are hidden wherever they stand', () => {
  expect(hidden('a hunter2-x b hunter2-x', ['hunter2-x'])).toBe('a # b #')
})

test('isSecretName() knows names of variables and keys', () => {
  for (const name of ['DB_PASSWORD', 'apiKey', 'GITHUB_TOKEN', 'authorization'])
    expect(isSecretName(name)).toBe(true)
  for (const name of ['PATH', 'author', 'user']) expect(isSecretName(name)).toBe(false)
})
