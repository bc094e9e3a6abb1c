// Stack traces of several languages, between lines that stand alone.
import { expect, test } from 'vitest'
import type { Entry } from '@hero/logs'
import { groupLines } from '../../src/read/group-lines.js'

function entriesOf(lines: readonly string[], more: Partial<Entry> = {}): Entry[] {
  return lines.map(
    (text, i) =>
      ({
        seq: i + 1,
        n: i + 1,
        ts: 0,
        source: 'web',
        origin: 'pipe',
        stream: 'stderr',
        level: 'none',
        run: 1,
        text,
        ...more,
      }) as Entry,
  )
}

function sizes(entries: readonly Entry[]): number[] {
  return groupLines(entries).map(({ rest }) => rest.length + 1)
}

test.each<[string, string[]]>([
  ['Node', ['TypeError: x is not a function', '    at run (a.js:1:2)', '    at b.js:3:4']],
  [
    'the JVM',
    [
      'java.lang.IllegalStateException: broken',
      '\tat a.B.c(B.java:1)',
      'Caused by: java.io.IOException',
      '\t... 3 more',
    ],
  ],
  [
    'Python',
    [
      'ERROR it failed',
      'Traceback (most recent call last):',
      '  File "a.py", line 1, in <module>',
      '    f()',
      'ValueError: bad',
    ],
  ],
  ['Go', ['panic: boom', 'goroutine 1 [running]:', '\tmain.go:3 +0x1', 'created by main.run']],
  ['a dump', ['config: {', '  "a": 1', '}']],
])('a trace of %s is one group', (_, trace) => {
  const lines = ['started', ...trace, 'next request', 'ValueError: at the margin, alone']
  expect(sizes(entriesOf(lines))).toEqual([1, trace.length, 1, 1])
})

test('lines of other sources and streams come in between', () => {
  const trace = entriesOf(['Error: a', '  at b', '  at c'])
  const other = entriesOf(['plain', '  at d'], { source: 'db' })
  const groups = groupLines([trace[0]!, other[0]!, trace[1]!, other[1]!, trace[2]!])
  expect(groups.map(({ head, rest }) => [head.text, rest.map(({ text }) => text)])).toEqual([
    ['Error: a', ['  at b', '  at c']],
    ['plain', ['  at d']],
  ])
})

test('a gap ends a group', () => {
  const [head, gap, rest] = entriesOf(['Error: a', '', '  at c'])
  expect(sizes([head!, { ...gap!, gap: {} as never }, rest!])).toEqual([1, 1, 1])
})
