// The subpath for commands that only read: what it gives, and what it leaves out.
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { openLogs } from '@hero/logs'
import { openLogReader, toWire } from '@hero/logs/reader'
import { expect, test } from 'vitest'
import { freshDir, region } from './support.js'

const DIST = fileURLToPath(new URL('../dist', import.meta.url))

test('reads what was written', async () => {
  const dir = freshDir()
  const logs = await openLogs({ dir, flushDelayMs: 1 })
  logs.sink({ source: 'web', origin: 'pipe' }).writeLines(region('one\ntwo\n'), 1)
  await logs.close()
  const reader = openLogReader({ dir })
  const { entries } = reader.query({})
  expect(entries.map((entry) => toWire(entry, reader.storeId).text)).toEqual(['one', 'two'])
  reader.close()
})

test('loads nothing of the writing side', () => {
  const loaded = importsOf(join(DIST, 'reader.js'), new Set())
  const writing = readdirSync(join(DIST, 'batch')).map((name) => join(DIST, 'batch', name))
  expect(loaded.size).toBeGreaterThan(10)
  expect([...loaded].filter((path) => writing.includes(path))).toEqual([])
})

/** The files of this package that a module imports, itself included. */
function importsOf(path: string, seen: Set<string>): Set<string> {
  seen.add(path)
  for (const [, from] of readFileSync(path, 'utf8').matchAll(/from '(\.[^']+)'/g)) {
    const target = resolve(dirname(path), from!)
    if (!seen.has(target)) importsOf(target, seen)
  }
  return seen
}
