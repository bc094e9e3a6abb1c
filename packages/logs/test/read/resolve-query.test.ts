// What a query may say, and what is refused at the edge.
import { expect, test } from 'vitest'
import type { Query } from '@hero/logs'
import { LEVELS } from '../../src/model/level.js'
import { resolveQuery } from '../../src/read/resolve-query.js'

const STORE = '00000000-0000-4000-8000-000000000000'

function levelsOf(levels: Query['levels']): string[] {
  const { levelMask } = resolveQuery(levels === undefined ? {} : { levels }, STORE)
  return LEVELS.filter((_, i) => levelMask & (1 << i))
}

test.each<[Query['levels'], string[]]>([
  ['crit', ['emerg', 'alert', 'crit']],
  ['2', ['emerg', 'alert', 'crit']],
  ['warn..info', ['warning', 'notice', 'info']],
  ['info..warning', ['warning', 'notice', 'info']],
  ['none', ['none']],
  [
    ['info', 'none'],
    ['info', 'none'],
  ],
  [[], []],
  [undefined, [...LEVELS]],
])('levels %j are %j', (levels, expected) => {
  expect(levelsOf(levels)).toEqual(expected)
})

test('an empty list means none, an absent one all', () => {
  expect(resolveQuery({ sources: [], streams: [], origins: [], runs: [] }, STORE)).toMatchObject({
    sources: [],
    streamMask: 0,
    originMask: 0,
    runs: [],
  })
  expect(resolveQuery({}, STORE)).toMatchObject({ sources: null, runs: null, fields: null })
})

test.each<[object, string]>([
  [{ levels: 'loud' }, 'Expected a level or A..B of emerg'],
  [{ levels: 'info..loud' }, 'got "info..loud"'],
  [{ levels: 'a..b..c' }, 'got "a..b..c"'],
  [{ levels: ['loud'] }, 'Expected level to be one of'],
  [{ sources: 'web' }, 'Expected sources to be a list, got "web"'],
  [{ streams: 'stdout' }, 'Expected streams to be a list, got "stdout"'],
  [{ runs: 3 }, "Expected runs, unless it is 'last', to be a list, got 3"],
  [{ context: -1 }, 'Expected context to be an integer from 0 to 1000, got -1'],
  [{ join: 1 }, 'Expected join to be true or false, got 1'],
  [{ limit: 0 }, 'Expected limit to be an integer from 1 to 10000, got 0'],
  [{ nonsense: 1 }, 'Unknown query key "nonsense"'],
])('%j is refused', (query, message) => {
  expect(() => resolveQuery(query, STORE)).toThrow(message)
})
