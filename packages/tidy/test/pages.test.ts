import { expect, test } from 'vitest'
import { checkPages } from '../src/pages.js'
import { createTree, readTree } from '../src/tree.js'

const GOOD: Readonly<Record<string, string>> = {
  'package.json': '{ "scripts": { "build": "tsc -b" } }',
  'CHANGELOG.md': '# Changes\n\n## Unreleased\n',
  'docs/a.md': [
    '# Two words, `code`',
    '[b](b.md) [here](#two-words-code) [there](./b.md) [out](https://example.com) [up](../docs)',
    '`[code](nowhere.md)`',
    '```sh',
    'npm run build # [code](nowhere.md)',
    '```',
  ].join('\n'),
  'docs/b.md': '# B',
  'docs/decisions/0001-blocks.md':
    '# Blocks\n## Status\n## Context\n## Options\n## Evidence\n## Consequences\n',
}

function findings(changes: Readonly<Record<string, string>>): string[] {
  return checkPages(createTree({ ...GOOD, ...changes }))
}

test('the pages of this repository hold', () => {
  expect(checkPages(readTree())).toEqual([])
})

test('checkPages() finds nothing in pages in order', () => {
  expect(findings({})).toEqual([])
})

test.each([
  ['a dead link', 'docs/b.md', '# B\n\n[c](c.md)', "docs/b.md:3: 'c.md' leads nowhere"],
  ['a dead reference', 'docs/b.md', '[c]: ../c.md', "docs/b.md:1: '../c.md' leads nowhere"],
  ['a dead anchor', 'docs/b.md', '[c](a.md#c)', "docs/b.md:1: 'a.md#c' names no heading"],
  ['a dead picture', 'docs/b.md', '![c](c.png)', "docs/b.md:1: 'c.png' leads nowhere"],
  [
    'an absolute link',
    'docs/b.md',
    '[a](/docs/a.md)',
    "docs/b.md:1: Expected a relative link, got '/docs/a.md'",
  ],
  [
    'a command that is no script',
    'docs/b.md',
    '# B\n`npm run fly`',
    "docs/b.md:2: 'npm run fly' is no script",
  ],
  [
    'a change log without the heading',
    'CHANGELOG.md',
    '# Changes',
    "CHANGELOG.md:1: The heading 'Unreleased' is missing",
  ],
  [
    'an unfinished decision',
    'docs/decisions/0001-blocks.md',
    '## Status\n## Context\n## Options\n## Consequences',
    "docs/decisions/0001-blocks.md:1: The heading 'Evidence' is missing",
  ],
])('checkPages() finds %s', (_what, path, text, finding) => {
  expect(findings({ [path]: text })).toEqual([finding])
})

test('checkPages() finds a decision without a number', () => {
  const text = GOOD['docs/decisions/0001-blocks.md'] ?? ''
  expect(findings({ 'docs/decisions/blocks.md': text })).toEqual([
    'docs/decisions/blocks.md:1: Expected a name like 0001-what-was-decided.md',
  ])
})
