// docs/reference/errors.md has one heading a code, with its number and its HTTP status.
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { HTTP_STATUS, RPC_CODES } from '../../src/codes.js'
import type { RpcCodeName } from '../../src/codes.js'

test('docs/reference/errors.md tells every code as it is', () => {
  const page = readFileSync(
    new URL('../../../../docs/reference/errors.md', import.meta.url),
    'utf8',
  )
  const told = [...page.matchAll(/^## (\w+)\n\n(-\d+), HTTP (\d+)\./gm)]
  expect(told.map(([, name, code, status]) => [name, Number(code), Number(status)])).toEqual(
    Object.entries(RPC_CODES).map(([name, code]) => [name, code, HTTP_STATUS[name as RpcCodeName]]),
  )
})
