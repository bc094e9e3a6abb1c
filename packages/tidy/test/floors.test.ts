import { describe, expect, test } from 'vitest'
import { checkFloors } from '../src/floors.js'
import { createTree, readTree } from '../src/tree.js'

/** Two packages in order; each case below breaks one thing. */
const GOOD: Readonly<Record<string, string>> = {
  'tsconfig.json':
    '{ "references": [{ "path": "packages/logs" }, { "path": "packages/capture" }] }',
  'packages/logs/package.json': '{ "dependencies": { "better-sqlite3": "1.0.0" } }',
  'packages/logs/tsconfig.json': '{ "references": [] }',
  'packages/logs/src/store/database.ts':
    "import Database from 'better-sqlite3'\nconst sql = 'SELECT a FROM b'",
  'packages/capture/package.json':
    '{ "dependencies": { "@hero/logs": "1.0.0", "koffi": "1.0.0" } }',
  'packages/capture/tsconfig.json': '{ "references": [{ "path": "../logs" }] }',
  'packages/capture/src/libc.ts': "import koffi from 'koffi'",
  'packages/capture/src/line-cutter.ts':
    "// import { Sink } from '@hero/logs' would be too much.\nimport type { Stream } from '@hero/logs'",
}

function findings(changes: Readonly<Record<string, string>>): string[] {
  return checkFloors(createTree({ ...GOOD, ...changes }))
}

test('every import of this repository points down', () => {
  expect(checkFloors(readTree())).toEqual([])
})

describe('checkFloors()', () => {
  test('finds nothing in a tree in order', () => {
    expect(findings({})).toEqual([])
  })

  test.each([
    [
      'a value where only types may be imported',
      { 'packages/capture/src/a.ts': "// A.\nimport {\n  Sink,\n} from '@hero/logs'" },
      "packages/capture/src/a.ts:2: 'capture' may only `import type` from 'logs'",
    ],
    [
      'a re-export of values',
      { 'packages/capture/src/a.ts': "export {}\nexport { Sink } from '@hero/logs/model'" },
      "packages/capture/src/a.ts:2: 'capture' may only `import type` from 'logs'",
    ],
    [
      'an import that points up',
      { 'packages/logs/src/a.ts': "import type { Plugin } from '@hero/proc'" },
      "packages/logs/src/a.ts:1: 'logs' may not import 'proc'",
    ],
    [
      'a dynamic import that points up',
      { 'packages/logs/src/a.ts': "const proc = await import('@hero/proc')" },
      "packages/logs/src/a.ts:1: 'logs' may not import 'proc'",
    ],
    [
      'a relative path into another package',
      { 'packages/capture/src/a.ts': "import type { A } from '../../logs/src/a.js'" },
      "packages/capture/src/a.ts:1: Expected a path inside packages/capture, got '../../logs/src/a.js': use the package's name",
    ],
    [
      'a relative path into another package in a test',
      { 'packages/capture/test/a.test.ts': "import { a } from '../../logs/dist/a.js'" },
      "packages/capture/test/a.test.ts:1: Expected a path inside packages/capture, got '../../logs/dist/a.js': use the package's name",
    ],
    [
      'a library outside its file',
      { 'packages/logs/src/store/writer.ts': "import type D from 'better-sqlite3'" },
      "packages/logs/src/store/writer.ts:1: 'better-sqlite3' may only be imported in packages/logs/src/store/database.ts",
    ],
    [
      'a subpath of a library outside its file',
      { 'packages/capture/src/pty.ts': "const koffi = require('koffi/indirect')" },
      "packages/capture/src/pty.ts:1: 'koffi' may only be imported in packages/capture/src/libc.ts",
    ],
    [
      'a library that nobody decided on',
      { 'packages/logs/src/a.ts': "import express from 'express'" },
      "packages/logs/src/a.ts:1: 'express' is not in the table of libraries (packages/tidy/src/floors.ts)",
    ],
    [
      'a library that is not declared',
      { 'packages/logs/package.json': '{ "dependencies": {} }' },
      "packages/logs/src/store/database.ts:1: 'better-sqlite3' is missing in the dependencies of packages/logs/package.json",
    ],
    [
      'child processes in the library',
      { 'packages/logs/src/a.ts': "import { spawn } from 'node:child_process'" },
      "packages/logs/src/a.ts:1: 'node:child_process' may only be imported in packages/capture/, packages/proc/, packages/cli/, packages/tidy/",
    ],
    [
      'a server outside rpc',
      { 'packages/capture/src/a.ts': "import { createServer } from 'node:http'" },
      "packages/capture/src/a.ts:1: 'node:http' may only be imported in packages/rpc/",
    ],
    [
      "a part of Node without 'node:'",
      { 'packages/logs/src/a.ts': "import { join } from 'path'" },
      "packages/logs/src/a.ts:1: Expected 'node:path', got 'path'",
    ],
    [
      'SQL outside the store',
      { 'packages/capture/src/a.ts': 'const sql = `\n  SELECT a,\n    b\n  FROM c`' },
      'packages/capture/src/a.ts:2: SQL is only at home in packages/logs/src/store and read',
    ],
    [
      'an insert outside the store',
      { 'packages/logs/src/batch/a.ts': "const sql = 'INSERT OR IGNORE INTO a VALUES (1)'" },
      'packages/logs/src/batch/a.ts:1: SQL is only at home in packages/logs/src/store and read',
    ],
    [
      'a package that is not in the root references',
      { 'tsconfig.json': '{ "references": [{ "path": "packages/logs" }] }' },
      "tsconfig.json:1: 'packages/capture' is missing in the references",
    ],
    [
      'a package without a floor',
      { 'packages/attic/package.json': '{}' },
      "packages/attic/package.json:1: 'attic' has no floor in packages/tidy/src/floors.ts",
    ],
  ])('finds %s', (_what, changes, finding) => {
    expect(findings(changes as unknown as Record<string, string>)).toEqual([finding])
  })

  test('finds an import that is neither declared nor referenced', () => {
    expect(
      findings({
        'packages/capture/package.json': '{ "dependencies": { "koffi": "1.0.0" } }',
        'packages/capture/tsconfig.json': '{ "references": [{ "path": "../logs" }] }',
      }),
    ).toEqual([
      "packages/capture/src/line-cutter.ts:2: '@hero/logs' is missing in the dependencies of packages/capture/package.json",
      'packages/capture/tsconfig.json:1: Expected references [], got [logs]',
    ])
    expect(findings({ 'packages/capture/tsconfig.json': '{ "references": [] }' })).toEqual([
      "packages/capture/src/line-cutter.ts:2: '../logs' is missing in the references of packages/capture/tsconfig.json",
      'packages/capture/tsconfig.json:1: Expected references [logs], got []',
    ])
  })

  test('finds a dependency that points up, used or not', () => {
    expect(
      findings({
        'packages/logs/package.json':
          '{ "dependencies": { "better-sqlite3": "1.0.0", "@hero/capture": "1.0.0" } }',
        'packages/logs/tsconfig.json': '{ "references": [{ "path": "../capture" }] }',
      }),
    ).toEqual(["packages/logs/package.json:1: 'logs' may not depend on 'capture'"])
  })
})
