import { expect, test } from 'vitest'
import { checkManifests } from '../src/manifests.js'
import { createTree, readTree } from '../src/tree.js'

const MANIFEST = {
  name: '@hero/logs',
  version: '0.1.0',
  private: true,
  description: 'Logs',
  license: 'MIT',
  type: 'module',
  sideEffects: false,
  engines: { node: '>=20' },
  files: ['dist', 'src'],
  exports: {
    '.': { types: './dist/index.d.ts', default: './dist/index.js' },
    './package.json': './package.json',
  },
}

function findings(manifest: object, exists: (path: string) => boolean = () => true): string[] {
  const tree = createTree({
    'package.json': '{ "engines": { "node": ">=20" } }',
    'packages/logs/package.json': JSON.stringify(manifest),
    'packages/logs/tsconfig.json': '{}',
    'packages/logs/src/index.ts': 'export {}',
    'packages/logs/bin/hero.js': '',
  })
  return checkManifests(tree, exists)
}

test('every manifest of this repository agrees and exports files that exist', () => {
  expect(checkManifests(readTree())).toEqual([])
})

test('checkManifests() finds nothing in a manifest in order', () => {
  expect(findings(MANIFEST)).toEqual([])
  const withBin = { bin: { hero: './bin/hero.js' }, files: ['bin', 'dist', 'src'] }
  expect(findings({ ...MANIFEST, ...withBin })).toEqual([])
})

test.each([
  [{ name: '@hero/log' }, 'Expected "name": "@hero/logs", got "@hero/log"'],
  [{ type: 'commonjs' }, 'Expected "type": "module", got "commonjs"'],
  [{ engines: { node: '>=22' } }, 'Expected "engines": {"node":">=20"}, got {"node":">=22"}'],
  [{ files: ['dist'] }, 'Expected "files": ["dist","src"], got ["dist"]'],
  [{ private: undefined }, 'Expected "private": true, got none'],
  [{ description: undefined }, 'Expected a description, got none'],
  [{ exports: { '.': './dist/index.js' } }, "Expected './package.json' among the exports"],
  [
    { bin: { hero: './run.js' } },
    "Expected a file in ./dist or one that exists in ./bin, got './run.js'",
  ],
  [
    { bin: { hero: './bin/gone.js' }, files: ['bin', 'dist', 'src'] },
    "Expected a file in ./dist or one that exists in ./bin, got './bin/gone.js'",
  ],
  [
    { bin: { hero: './bin/hero.js' } },
    'Expected "files": ["bin","dist","src"], got ["dist","src"]',
  ],
  [{ bin: { hero: 'dist/main.js' } }, "'dist/main.js' has no source: src/main.ts is missing"],
  [
    { dependencies: { '@hero/logs': '0.2.0', 'better-sqlite3': '12.11.1' } },
    "Expected '@hero/logs' at 0.1.0, got 0.2.0",
  ],
])('checkManifests() finds %j', (change, finding) => {
  expect(findings({ ...MANIFEST, ...change })).toEqual([`packages/logs/package.json:1: ${finding}`])
})

test('checkManifests() finds an export that the build did not write', () => {
  expect(findings(MANIFEST, (path) => !path.endsWith('index.js'))).toEqual([
    "packages/logs/package.json:1: './dist/index.js' does not exist after the build",
  ])
  expect(findings(MANIFEST, () => false)).toEqual([])
})
