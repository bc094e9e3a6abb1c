import { Command } from 'commander'
import { expect, test } from 'vitest'
import { addDefinitionFlags, definedBy } from '../src/service-flags.js'
import type { DefinitionFlags } from '../src/service-flags.js'

function parse(...args: readonly string[]): DefinitionFlags {
  const command = addDefinitionFlags(new Command().exitOverride())
  return command.parse(args, { from: 'user' }).opts<DefinitionFlags>()
}

test('flags become the keys of a definition, and nothing becomes nothing', () => {
  expect(definedBy(parse())).toEqual({})
  const limits = ['--limit', 'nofile=64:128', '--limit', 'core=0']
  const needs = ['--depends-on', 'db', '--depends-on', 'cache']
  const ends = ['--give-up-after', '3', '--stop-signal', 'SIGQUIT', '--stop-deadline', '0']
  const rest = ['--umask', '027', '--when-orphaned', 'keep']
  expect(definedBy(parse(...limits, ...needs, ...ends, ...rest))).toEqual({
    limits: { nofile: '64:128', core: 0 },
    depends_on: ['db', 'cache'],
    give_up_after: 3,
    stop_signal: 'SIGQUIT',
    stop_deadline_ms: 0,
    umask: '027',
    when_orphaned: 'keep',
  })
})

test.each([
  ['notify:4', { type: 'notify', fd: 4 }],
  ['unix:/run/a.sock', { type: 'unix', path: '/run/a.sock' }],
  ['http://127.0.0.1:80/up', { type: 'http', url: 'http://127.0.0.1:80/up' }],
  ['http:unix:/run/a.sock:/up', { type: 'http', url: 'unix:/run/a.sock:/up' }],
  ['log:^ready: .*', { type: 'log', pattern: '^ready: .*' }],
])('--ready %s', (text, ready) => {
  expect(definedBy(parse('--ready', text))).toEqual({ ready })
})

test.each([
  [
    ['--ready', 'soon'],
    "Expected --ready to be notify:FD, unix:PATH, http:URL or log:PATTERN, got 'soon'",
  ],
  [
    ['--limit', 'nofile'],
    "Expected --limit to be RESOURCE=LIMIT such as nofile=1024, got 'nofile'",
  ],
  [['--give-up-after', 'x'], "Expected --give-up-after to be an integer from 0, got 'x'"],
])('%j is refused', (args, message) => {
  expect(() => definedBy(parse(...args))).toThrow(message)
})
