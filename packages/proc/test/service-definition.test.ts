import { describe, expect, test } from 'vitest'
import { checkServiceName, parseServiceDefinition } from '../src/service-definition.js'

const least = { name: 'web', command: ['./web', '--port', '80'] }

/** What a definition is refused with. */
function fault(input: unknown): string {
  try {
    parseServiceDefinition(input)
  } catch (error) {
    const { code, message } = error as { code: string; message: string }
    return `${code}: ${message}`
  }
  return 'accepted'
}

describe('parseServiceDefinition()', () => {
  test('completes the least that a service needs', () => {
    expect(parseServiceDefinition(least)).toMatchInlineSnapshot(`
      {
        "autostart": true,
        "backoff_max_ms": 30000,
        "backoff_min_ms": 250,
        "capture": "pty",
        "command": [
          "./web",
          "--port",
          "80",
        ],
        "depends_on": [],
        "give_up_after": 0,
        "name": "web",
        "ready": {
          "deadline_ms": 60000,
          "type": "none",
        },
        "restart": "on-failure",
        "stop_deadline_ms": 5000,
        "stop_signal": "SIGTERM",
        "when_orphaned": "stop",
      }
    `)
  })

  test('keeps all that it is given, and takes undefined for nothing', () => {
    const full = {
      ...least,
      cwd: '/tmp',
      env: { PORT: '80', EMPTY: '' },
      user: 'nobody',
      capture: 'pipe',
      restart: 'always',
      backoff_min_ms: 1,
      backoff_max_ms: 1,
      give_up_after: 3,
      umask: '027',
      limits: { nofile: '64:128', core: 0, as: 'unlimited' },
      stop_signal: 'SIGINT',
      stop_deadline_ms: 0,
      when_orphaned: 'keep',
      autostart: false,
      depends_on: ['db'],
      ready: { type: 'notify', fd: 3, deadline_ms: 5 },
      log: { overflow: 'hold', rate_limit: 5 },
    }
    expect(parseServiceDefinition(full)).toEqual(full)
    expect(parseServiceDefinition({ ...least, cwd: undefined, capture: undefined })).toEqual(
      parseServiceDefinition(least),
    )
  })

  test.each([
    [{ name: 'web' }, 'Missing "command" in definition'],
    [
      { ...least, comand: [] },
      'Unknown key "comand" in definition, expected only name, command, cwd, env, user, umask, limits, capture, restart, backoff_min_ms, backoff_max_ms, give_up_after, stop_signal, stop_deadline_ms, when_orphaned, autostart, depends_on, ready, log',
    ],
    [
      { ...least, command: './web --port 80' },
      'Expected definition.command to be an array of 1 to 4096 items, got "./web --port 80"',
    ],
    [
      { ...least, command: [] },
      'Expected definition.command to be an array of 1 to 4096 items, got an array of 0 items',
    ],
    [{ ...least, command: [''] }, 'Expected definition.command.0 to be a program, got ""'],
    [
      { ...least, command: ['a\0b'] },
      String.raw`Expected definition.command.0 to be a string without NUL, got "a\u0000b"`,
    ],
    [{ ...least, cwd: 'here' }, 'Expected definition.cwd to be an absolute path, got "here"'],
    [
      { ...least, env: { 'A=B': 'c' } },
      'Expected definition.env to have names without "=", got "A=B"',
    ],
    [{ ...least, env: { A: 1 } }, 'Expected definition.env.A to be a string without NUL, got 1'],
    [
      { ...least, capture: 'tea' },
      'Expected definition.capture to be "pty" or "pipe" or "tee", got "tea"',
    ],
    [
      { ...least, umask: '028' },
      'Expected definition.umask to be octal digits such as "027", got "028"',
    ],
    [
      { ...least, limits: { nofiles: 3 } },
      'Unknown key "nofiles" in definition.limits, expected only as, core, cpu, data, fsize, locks, memlock, msgqueue, nofile, nproc, rss, sigpending, stack',
    ],
    [
      { ...least, limits: { nofile: '1:many' } },
      'Expected definition.limits.nofile to be an integer, "unlimited" or "SOFT:HARD", got "1:many"',
    ],
    [
      { ...least, when_orphaned: 'kill' },
      'Expected definition.when_orphaned to be "stop" or "keep", got "kill"',
    ],
    [{ ...least, depends_on: ['a b'] }, 'Expected a service name, got "a b"'],
    [
      { ...least, ready: { type: 'maybe' } },
      'Expected definition.ready.type to be "none" or "notify" or "unix" or "http" or "log", got "maybe"',
    ],
    [
      { ...least, ready: { type: 'log', patern: 'up' } },
      'Unknown key "patern" in definition.ready, expected only type, fd, path, url, pattern, deadline_ms',
    ],
    [
      { ...least, ready: { type: 'log' } },
      'Expected definition.ready to have exactly pattern with type "log", got none',
    ],
    [
      { ...least, ready: { type: 'unix', path: '/a', fd: 3 } },
      'Expected definition.ready to have exactly path with type "unix", got fd 3',
    ],
    [
      { ...least, ready: { type: 'log', pattern: '(' } },
      'Expected definition.ready.pattern to be a regular expression, got "("',
    ],
    [
      { ...least, ready: { type: 'http', url: 'http://127.0.0.1:99999/' } },
      'Expected definition.ready.url to be http://host:port/path or unix:/socket:/path, got "http://127.0.0.1:99999/"',
    ],
    [
      { ...least, restart: 'sometimes' },
      'Expected definition.restart to be "always" or "on-failure" or "never", got "sometimes"',
    ],
    [
      { ...least, backoff_min_ms: 0 },
      'Expected definition.backoff_min_ms to be an integer of 1 to 3600000, got 0',
    ],
    [
      { ...least, backoff_min_ms: 500, backoff_max_ms: 499 },
      'Expected definition.backoff_max_ms to be at least backoff_min_ms (500), got 499',
    ],
    [
      { ...least, stop_deadline_ms: 1.5 },
      'Expected definition.stop_deadline_ms to be an integer of 0 to 3600000, got 1.5',
    ],
    [{ ...least, log: 'none' }, 'Expected definition.log to be an object, got "none"'],
    [
      { ...least, stop_signal: 'SIGSEGV' },
      'Expected definition.stop_signal to be "SIGTERM" or "SIGINT" or "SIGQUIT" or "SIGHUP" or "SIGUSR1" or "SIGUSR2" or "SIGKILL", got "SIGSEGV"',
    ],
    [[], 'Expected definition to be an object, got an array of 0 items'],
    [null, 'Expected definition to be an object, got null'],
    [
      JSON.parse('{"name":"web","command":["x"],"__proto__":{}}'),
      'Unknown key "__proto__" in definition, expected only name, command, cwd, env, user, umask, limits, capture, restart, backoff_min_ms, backoff_max_ms, give_up_after, stop_signal, stop_deadline_ms, when_orphaned, autostart, depends_on, ready, log',
    ],
  ])('refuses %j', (input: unknown, message) => {
    expect(fault(input)).toBe(`InvalidParams: ${message}`)
  })
})

describe('checkServiceName()', () => {
  test.each(['a', 'A-1_b.c', '_x', '9', 'x'.repeat(128), 'state', 'a.statement'])(
    'takes %s',
    (name) => {
      expect(checkServiceName(name)).toBe(name)
    },
  )

  test.each([
    '',
    '.',
    '..',
    '.hidden',
    '-x',
    'a/b',
    '../a',
    'a b',
    'a\n',
    'ä',
    'a\0',
    'x'.repeat(129),
    'web.state',
  ])('refuses %j', (name) => {
    expect(() => checkServiceName(name)).toThrow(/^Expected a service name, got /)
  })
})
