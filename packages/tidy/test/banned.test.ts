import { expect, test } from 'vitest'
import { checkBanned, turn } from '../src/banned.js'
import { createTree, readTree } from '../src/tree.js'

test('this repository holds no banned words', () => {
  expect(checkBanned(readTree())).toEqual([])
})

// Samples are put together here so that this file does not hold them itself.
test.each([
  ['docs/a.md', ['FIX', 'ME: later'], 'Unfinished work'],
  ['packages/a/src/b.ts', ['// A.\n// HA', 'CK'], 'Unfinished work'],
  ['.ci/run', ['cd /wo', 'rk/main'], 'A path of one machine'],
  ['package-lock.json', ['"link": "/ho', 'me/a"'], 'A path of one machine'],
  ['.npmrc', ['registry=https://registry.', 'npmjs.org'], 'A registry host'],
  ['README.md', [turn('pbcvybg')], 'A word on the origin of a file'],
  ['README.md', [turn('ny'), turn('nv nffvfgnagf')], undefined],
  ['README.md', ['By ', turn('nv'), '-', turn('nffvfgnagf')], 'A word on the origin of a file'],
  ['packages/logs/src/a.ts', ['// A.\nconsole.', 'log(1)'], 'Talk to the terminal'],
  ['packages/logs/src/a.ts', ['// A: console.', 'log(1)'], undefined],
  ['packages/cli/src/a.ts', ['// A.\nconsole.', 'log(1)'], undefined],
  ['packages/admin/src/a.ts', ['// A.\nb.inner', 'HTML = c'], 'Raw HTML'],
  ['packages/logs/src/a.ts', ['// A.\nMath.', 'random()'], 'Randomness without a seed'],
  ['packages/logs/test/a.test.ts', ['Math.', 'random()'], undefined],
])('checkBanned() judges %s with %j', (path, pieces, what) => {
  const findings = checkBanned(createTree({ [path]: pieces.join('') }))
  if (what === undefined) {
    expect(findings).toEqual([])
    return
  }
  const matching = findings.map((one) => one.replace(/: '.*$/, '').replace(/:\d+: /, ': '))
  expect(matching).toEqual([`${path}: ${what}`])
})

test('checkBanned() lets paths through that only look like those of one machine', () => {
  const text = [
    './wo',
    'rk/a ../ho',
    'me/b /usr/ho',
    'me/c https://a.org/ho',
    'me/ ~/wo',
    'rk/',
  ].join('')
  expect(checkBanned(createTree({ 'docs/a.md': text }))).toEqual([])
})

test.each([
  ['// What it holds.\nexport {}', true],
  ['/** What it holds. */\nexport {}', true],
  ['#!/usr/bin/env node\n// What it does.\nexport {}', true],
  ['export {}', false],
  ['\nimport a from "b" // no head', false],
  ['//\nexport {}', false],
])('checkBanned() wants a head comment: %j', (text, good) => {
  expect(checkBanned(createTree({ 'packages/a/src/b.ts': text }))).toEqual(
    good ? [] : ['packages/a/src/b.ts:1: Expected a head comment that says what the file holds'],
  )
})

test('checkBanned() finds a foreign host in the lock file', () => {
  const lock = '{\n"resolved": "packages/a",\n"resolved": "https://example.com/a.tgz"\n}'
  expect(checkBanned(createTree({ 'package-lock.json': lock }))).toEqual([
    "package-lock.json:3: 'https://example.com/a.tgz' is no usual place",
  ])
})
