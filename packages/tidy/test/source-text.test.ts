import { expect, test } from 'vitest'
import { lineAt, readImports, stripComments } from '../src/source-text.js'

test('stripComments() takes comments out and leaves everything else', () => {
  const code = [
    "const url = 'http://a' // first",
    'const path = `/* ${url} */`',
    'const quote = /[\'"`/]/g.test(url)',
    'const half = total / 2 // second',
    '/* third',
    ' */ const end = "\\" // no comment"',
  ]
  expect(stripComments(code.join('\n')).split('\n')).toEqual([
    "const url = 'http://a' ",
    'const path = `/* ${url} */`',
    'const quote = /[\'"`/]/g.test(url)',
    'const half = total / 2 ',
    '',
    ' const end = "\\" // no comment"',
  ])
})

test('stripComments() tells a division from a regular expression', () => {
  const code = "const a = (b / c) / d // '\nconst e = f.split(/ '/)\nreturn /\"/ // g"
  expect(stripComments(code)).toBe('const a = (b / c) / d \nconst e = f.split(/ \'/)\nreturn /"/ ')
})

test('readImports() finds every form', () => {
  const code = `// import a from 'comment'
import b from 'default'
import * as c from 'namespace'
import { d, type E } from 'mixed'
import type { F } from 'types'
import {
  g,
} from 'lines'
import 'effect'
export {}
export type { H } from 'types-out'
export * from 'star'
export interface I { readonly j: string }
const k = await import('dynamic')
const l = require.resolve("resolved")
const text = 'words from nowhere'
`
  expect(readImports(code)).toEqual([
    { specifier: 'default', typeOnly: false, line: 2 },
    { specifier: 'namespace', typeOnly: false, line: 3 },
    { specifier: 'mixed', typeOnly: false, line: 4 },
    { specifier: 'types', typeOnly: true, line: 5 },
    { specifier: 'lines', typeOnly: false, line: 6 },
    { specifier: 'types-out', typeOnly: true, line: 11 },
    { specifier: 'star', typeOnly: false, line: 12 },
    { specifier: 'effect', typeOnly: false, line: 9 },
    { specifier: 'dynamic', typeOnly: false, line: 14 },
    { specifier: 'resolved', typeOnly: false, line: 15 },
  ])
})

test('lineAt() counts from one', () => {
  expect([0, 1, 2, 3].map((offset) => lineAt('a\nb\n', offset))).toEqual([1, 1, 2, 2])
})
