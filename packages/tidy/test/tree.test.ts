import { mkdtempSync, rmSync, writeFileSync, mkdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { packageNames, packageOf, readTree } from '../src/tree.js'

let folder: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tidy-'))
})

afterEach(() => {
  rmSync(folder, { recursive: true, force: true })
})

test('readTree() reads this repository, and nothing that is ignored', () => {
  const tree = readTree()
  expect(packageNames(tree)).toContain('tidy')
  expect(tree.has('packages/tidy/src/tree.ts')).toBe(true)
  expect([...tree.keys()].filter((path) => /(?:^|\/)(?:node_modules|dist)\//.test(path))).toEqual(
    [],
  )
})

test('readTree() walks a folder without git and leaves the content of binary files out', () => {
  mkdirSync(join(folder, 'packages/a/src'), { recursive: true })
  mkdirSync(join(folder, 'node_modules'))
  writeFileSync(join(folder, 'packages/a/src/b.ts'), 'text')
  writeFileSync(join(folder, 'node_modules/c.js'), 'text')
  writeFileSync(join(folder, 'd.bin'), 'a\0b')
  expect([...readTree(folder)]).toEqual([
    ['d.bin', ''],
    ['packages/a/src/b.ts', 'text'],
  ])
})

test('packageOf() names the folder below packages', () => {
  expect(packageOf('packages/proc-logs/src/a.ts')).toBe('proc-logs')
  expect(packageOf('bench/bench.mjs')).toBeUndefined()
})
