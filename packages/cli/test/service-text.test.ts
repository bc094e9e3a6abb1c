// Services as people read them.
import type { ServiceStatus } from '@hero/proc'
import { expect, test } from 'vitest'
import { formatService, serviceTable } from '../src/service-text.js'

const NOW_MS = 1_795_262_400_000

const RUNNING: ServiceStatus = {
  name: 'web',
  state: 'running',
  pid: 77,
  run: 3,
  started_ts: (NOW_MS - 3_700_000) * 1000,
  next_start_ts: null,
  restarts: 2,
  last_exit: {
    run: 2,
    code: null,
    signal: 'SIGKILL',
    escaped: false,
    ended_ts: 0,
    duration_ms: 1,
  },
  definition: {
    name: 'web',
    command: ['sh', '-c', "echo 'a b'; exec ./server\u001b[2J"],
    cwd: '/srv',
    env: { TOKEN: 'secret', MODE: 'x' },
    capture: 'pty',
    restart: 'always',
    backoff_min_ms: 250,
    backoff_max_ms: 30_000,
    stop_signal: 'SIGTERM',
    stop_deadline_ms: 5_000,
    autostart: true,
    give_up_after: 0,
    when_orphaned: 'stop',
    depends_on: ['db'],
    ready: { type: 'notify', fd: 3, deadline_ms: 60_000 },
    log: { overflow: 'block' },
  },
}

const STOPPED: ServiceStatus = {
  ...RUNNING,
  name: 'job',
  state: 'stopped',
  pid: null,
  run: null,
  started_ts: null,
  restarts: 0,
  last_exit: null,
  definition: { ...RUNNING.definition, command: ['true', 'x'.repeat(80)] },
}

test('serviceTable() has a line for each service', () => {
  expect(serviceTable([RUNNING, STOPPED], NOW_MS)).toMatchInlineSnapshot(`
    "NAME  STATE    PID  RUN  UP         RESTARTS  LAST EXIT  COMMAND
    web   running  77   3    1 h 1 min         2  SIGKILL    sh -c 'echo '\\''a b'\\''; exec ./server'
    job   stopped  -    -    -                 0  -          true xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx...
    "
  `)
})

test('formatService() shows names of variables, not what they hold', () => {
  expect(formatService(RUNNING, NOW_MS)).toMatchInlineSnapshot(`
    "service    web
    state      running
    pid        77
    run        3
    up         1 h 1 min
    restarts   2
    last exit  SIGKILL
    command    sh -c 'echo '\\''a b'\\''; exec ./server'
    capture    pty
    restart    always
    ready      notify:3
    needs      db
    cwd        /srv
    user       -
    env        TOKEN MODE
    log        {"overflow":"block"}
    "
  `)
})
