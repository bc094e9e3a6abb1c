// Required literals: by example, and for random patterns the one thing that must hold - a line that
// matches contains them all.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { patternTest } from '../../src/read/pattern.js'
import { requiredLiterals } from '../../src/read/required-literals.js'

test.each<[string, string[]]>([
  ['abc', ['abc']],
  ['abc.*def', ['abc', 'def']],
  ['^abc$', ['abc']],
  [String.raw`a\.b\/c`, ['a.b/c']],
  [String.raw`\x41\u0042`, ['AB']],
  ['a[.]b', ['a.b']],
  ['ab[0-9]cd', ['ab', 'cd']],
  ['(abc)+', ['abc']],
  ['x(abc){2}y', ['xabcabcy']],
  ['x(ab){1,3}y', ['xab', 'aby']],
  ['(a.b){2}', ['ba']],
  ['a?b', ['b']],
  ['(abc)*d', ['d']],
  ['(abc){0}d', ['d']],
  ['cat|dog', []],
  ['xcaty|xdogy', ['x', 'y']],
  ['(?:failed|refused)', ['ed']],
  ['the (?:big )?house', ['the ', 'house']],
  ['.*', []],
  ['', []],
  ['\ud83d\ude00', ['\ud83d\ude00']],
  ['a\ud83d\ude00?b', ['a', 'b']],
  ['a\ufffdb', ['a', 'b']],
])('requiredLiterals(%j) is %j', (regex, expected) => {
  expect(requiredLiterals(regex).toSorted()).toEqual(expected.toSorted())
})

test('requiredLiterals() refuses what a search refuses', () => {
  expect(() => requiredLiterals('(a)\\1')).toThrow(SyntaxError)
})

const atom = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.constantFrom('a', 'b', 'c', 'B', ' ', 'ä', '\u{1f600}', '\\.', '\\x61'),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom('.', '[ab]', '[^a]', '[.]', '\\w', '^', '$', '\\b', '\\s'),
  },
)
const { pattern } = fc.letrec<{ pattern: string; branch: string; piece: string }>((tie) => ({
  piece: fc.oneof(
    { maxDepth: 3, depthSize: 'small' },
    atom,
    tie('pattern').map((inner) => `(?:${inner})`),
    tie('pattern').map((inner) => `(${inner})`),
    fc
      .tuple(
        fc.oneof(
          fc.constantFrom('a', 'b', '[ab]', '.'),
          tie('pattern').map((inner) => `(?:${inner})`),
        ),
        fc.constantFrom('?', '*', '+', '+?', '{2}', '{0,2}', '{1,3}', '{2,}', '{0}'),
      )
      .map(([one, count]) => one + count),
  ),
  branch: fc.array(tie('piece'), { maxLength: 5 }).map((pieces) => pieces.join('')),
  pattern: fc.array(tie('branch'), { minLength: 1, maxLength: 3 }).map((all) => all.join('|')),
}))
const line = fc
  .array(fc.constantFrom('a', 'b', 'c', 'A', 'B', ' ', '.', 'ä', 'Ä', '\u{1f600}', 'ab', 'abc'), {
    maxLength: 8,
  })
  .map((pieces) => pieces.join(''))

test('a line that matches contains every required literal, and the form that is run means the same', () => {
  fc.assert(
    fc.property(
      pattern,
      fc.boolean(),
      fc.array(line, { minLength: 5 }),
      (inner, isWhole, lines) => {
        const regex = isWhole ? `^(?:${inner})$` : inner
        const compiled = tryCompile(regex)
        // The oracle must not explode itself: the linear engine can take it over.
        fc.pre(compiled !== undefined && isLinear(regex))
        const isExact = regex.includes('B')
        const plain = new RegExp(regex)
        for (const one of lines) {
          const text = isExact ? one : one.toLowerCase()
          const doesMatch = plain.test(text)
          expect(compiled!(one)).toBe(doesMatch)
          if (!doesMatch) continue
          for (const literal of requiredLiterals(regex)) expect(text).toContain(literal)
        }
      },
    ),
    { numRuns: 3_000 },
  )
})

const LINEAR = 'l'

function isLinear(regex: string): boolean {
  try {
    return new RegExp(regex, LINEAR) instanceof RegExp
  } catch {
    return false
  }
}

function tryCompile(regex: string): ((text: string) => boolean) | undefined {
  try {
    return patternTest(regex)
  } catch {
    return undefined
  }
}
