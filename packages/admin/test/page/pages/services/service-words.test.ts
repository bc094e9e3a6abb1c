import { describe, expect, test } from 'vitest'
import {
  exitText,
  isBadEnd,
  questionOf,
  storyOf,
  verbsOf,
} from '../../../../src/page/pages/services/service-words.js'
import type { Exit, Status } from '../../../../src/page/pages/services/service-words.js'

const NOW_MS = 1_000_000

const EXIT: Exit = {
  run: 1,
  code: 3,
  signal: null,
  escaped: false,
  ended_ts: 0,
  duration_ms: 250,
}

function statusOf(part: Partial<Status>): Status {
  return {
    name: 'web',
    state: 'running',
    pid: 42,
    run: 1,
    started_ts: null,
    next_start_ts: null,
    restarts: 0,
    last_exit: null,
    definition: { name: 'web', command: ['web', '--port', '80'] },
    ...part,
  }
}

test.each<[Partial<Exit>, string]>([
  [{}, 'exit code 3 after 250 ms'],
  [{ code: null, signal: 'SIGKILL', duration_ms: 61_000 }, 'ended by SIGKILL after 1 min 1 s'],
  [
    { error: { code: 'CommandNotFound', message: "Command not found: 'x'" } },
    "Command not found: 'x'",
  ],
])('exitText(%j) is %s', (part, text) => {
  expect(exitText({ ...EXIT, ...part })).toBe(text)
})

test.each<[Partial<Status>, string]>([
  [{ started_ts: (NOW_MS - 5_000) * 1_000 }, 'up 5 s'],
  [{ state: 'backoff', next_start_ts: (NOW_MS + 9_000) * 1_000 }, 'starts again in 9 s'],
  [{ state: 'failed', restarts: 0 }, 'will not be started again'],
  [{ state: 'failed', restarts: 5 }, 'given up after 5 restarts'],
  [{ state: 'stopped' }, 'has not run yet'],
  [{ state: 'stopped', last_exit: EXIT }, ''],
])('storyOf(%j) is %s', (part, text) => {
  expect(storyOf(statusOf(part), NOW_MS)).toBe(text)
})

test('an end is bad unless it was asked for', () => {
  const killed = { ...EXIT, code: null, signal: 'SIGTERM' }
  expect([
    isBadEnd(statusOf({ last_exit: EXIT })),
    isBadEnd(statusOf({ last_exit: { ...EXIT, code: 0 } })),
    isBadEnd(statusOf({ state: 'stopped', last_exit: killed })),
    isBadEnd(statusOf({ state: 'running', last_exit: killed })),
    isBadEnd(statusOf({})),
  ]).toEqual([true, false, false, true, false])
})

describe('operations', () => {
  test('are those that make sense', () => {
    expect((['running', 'stopping', 'backoff', 'failed'] as const).map(verbsOf)).toEqual([
      ['restart', 'stop'],
      [],
      ['start', 'stop'],
      ['start'],
    ])
  })

  test('say beforehand what they do', () => {
    expect(questionOf('stop', statusOf({})).text).toContain('Process 42 is ended')
    expect(questionOf('stop', statusOf({ state: 'backoff', pid: null })).text).not.toContain('null')
    expect(questionOf('start', statusOf({})).text).toBe('It runs: web --port 80')
  })
})
