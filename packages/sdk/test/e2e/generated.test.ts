// What is committed is what `npm run sdk` would write.
import { readdirSync, readFileSync } from 'node:fs'
import { generateCalls, writeReference } from '@hero/sdk/generator'
import type { RpcDocument } from '@hero/sdk/generator'
import { expect, test } from 'vitest'
import { openHouse } from '../house.js'

const home = new URL('../../', import.meta.url)
const read = (path: string): string => readFileSync(new URL(path, home), 'utf8')

test('openrpc.json is what hero_proc serves; if not: npm run sdk', async () => {
  const { hero } = await openHouse()
  expect(JSON.parse(read('openrpc.json'))).toEqual(await hero.rpc.discover())
})

test('docs/reference/rpc.md is what the document says; if not: npm run sdk', () => {
  const { methods } = JSON.parse(read('openrpc.json')) as RpcDocument
  expect(read('../../docs/reference/rpc.md')).toBe(writeReference(methods))
})

test('generating the calls again changes nothing; if it does: npm run sdk', () => {
  const files = generateCalls(JSON.parse(read('openrpc.json')) as RpcDocument)
  expect(readdirSync(new URL('src/generated/', home)).toSorted()).toEqual(
    [...files.keys()].toSorted(),
  )
  for (const [name, text] of files) expect(read(`src/generated/${name}`)).toBe(text)
})
