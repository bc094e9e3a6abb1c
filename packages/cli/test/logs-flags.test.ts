// The flags of `logs`: the query they make, how many entries are shown, and what contradicts itself.
import { ORIGINS, STREAMS } from '@hero/logs'
import { describe, expect, test } from 'vitest'
import { ORIGIN_NAMES, planLogs, STREAM_NAMES } from '../src/logs-flags.js'
import type { LogsFlags, LogsSurroundings } from '../src/logs-flags.js'

const PIPE: LogsSurroundings = {
  nowMs: 1_795_262_400_000,
  isTerminal: false,
  isPaged: false,
  env: {},
}
const TERMINAL: LogsSurroundings = { ...PIPE, isTerminal: true }

describe('planLogs()', () => {
  test('makes a query of all flags', () => {
    const flags: LogsFlags = {
      since: '10m',
      until: '@1795262400',
      level: 'crit',
      grep: 'a.c',
      contains: 'x',
      stream: ['stdout,stderr'],
      origin: ['pty', 'pipe'],
      run: ['3', '4'],
      afterCursor: 'AAA',
    }
    expect(planLogs(['web', 'db*'], flags, PIPE).query).toMatchInlineSnapshot(`
      {
        "after": "AAA",
        "contains": "x",
        "levels": [
          "emerg",
          "alert",
          "crit",
        ],
        "origins": [
          "pty",
          "pipe",
        ],
        "regex": "a.c",
        "runs": [
          3,
          4,
        ],
        "since": 1795261800000000,
        "sources": [
          "web",
          "db*",
        ],
        "streams": [
          "stdout",
          "stderr",
        ],
        "until": 1795262400000000,
      }
    `)
  })

  test('asks for everything without flags', () => {
    expect(planLogs([], {}, PIPE).query).toEqual({})
  })

  test.each<[string, LogsFlags, LogsSurroundings, number]>([
    ['all in a pipe', {}, PIPE, Infinity],
    ['200 at a terminal', {}, TERMINAL, 200],
    ['all in a pager', {}, { ...TERMINAL, isPaged: true }, Infinity],
    ['200 matching ones at a terminal', { grep: 'x' }, TERMINAL, 200],
    ['all of a range at a terminal', { since: '1h' }, TERMINAL, Infinity],
    ['all of a run at a terminal', { run: ['last'] }, TERMINAL, Infinity],
    ['all after a cursor', { afterCursor: 'AAA' }, TERMINAL, Infinity],
    ['10 before following', { follow: true }, PIPE, 10],
    ['all of a range before following', { follow: true, since: '1h' }, PIPE, Infinity],
    ['as many as asked for', { tail: '5' }, TERMINAL, 5],
    ['none', { lines: '0' }, TERMINAL, 0],
    ['all', { tail: 'all' }, TERMINAL, Infinity],
  ])('shows %s', (_, flags, around, count) => {
    expect(planLogs([], flags, around).selection.count).toBe(count)
  })

  test('asks for fields, lines around matches and joined lines', () => {
    const flags = { field: ['status>=500', 'a!=b'], context: '2', join: true }
    expect(planLogs([], flags, PIPE)).toMatchObject({
      query: { fields: ['status>=500', 'a!=b'], context: 2, join: true },
      render: { separated: true },
    })
  })

  test('goes on after the saved cursor, unless another one is given', () => {
    const around = { ...PIPE, savedCursor: 'SAVED' }
    expect(planLogs([], {}, around).query.after).toBe('SAVED')
    expect(planLogs([], { afterCursor: 'GIVEN' }, around).query.after).toBe('GIVEN')
  })

  test.each<[LogsFlags, string]>([
    [{ follow: true, reverse: true }, 'Expected --follow or --reverse, got both'],
    [{ follow: true, until: '1h' }, 'Expected --follow or --until, got both'],
    [{ follow: true, context: '1' }, 'Expected --follow or --context, got both'],
    [{ follow: true, join: true }, 'Expected --follow or --join, got both'],
    [{ context: 'x' }, "Expected --context to be an integer from 0, got 'x'"],
    [
      { field: ['status'] },
      "Expected --field to be a condition such as 'status>=500', got 'status'",
    ],
    [{ tail: '1', lines: '1' }, 'Expected --tail or --lines, which mean the same, got both'],
    [{ json: true, output: 'cat' }, 'Expected --json or --output, got --json and --output cat'],
    [{ tail: '-1' }, "Expected --tail to be an integer from 0, got '-1'"],
    [{ tail: 'some' }, "Expected --tail to be an integer from 0, got 'some'"],
    [{ stream: ['stdin'] }, "Expected --stream to be one of none, stdout, stderr, got 'stdin'"],
    [{ run: ['0'] }, "Expected --run to be an integer from 1, got '0'"],
    [{ run: ['1', 'last'] }, "Expected --run to be numbers or 'last', got both"],
    [{ grep: '(' }, 'Expected --grep to be a regular expression: Invalid regular expression: /(/'],
    [{ grep: '' }, 'Expected --grep to be a text, got an empty one'],
  ])('refuses %j', (flags, message) => {
    expect(() => planLogs([], flags, PIPE)).toThrow(message)
  })

  test('treats a pipe as a terminal when colors are forced', () => {
    const { render } = planLogs([], {}, { ...PIPE, env: { FORCE_COLOR: '1' } })
    expect(render).toMatchObject({ isTerminal: true, colors: true })
  })
})

test('the names of streams and origins are those of the library', () => {
  expect(STREAM_NAMES).toEqual(STREAMS)
  expect(ORIGIN_NAMES).toEqual(ORIGINS)
})
