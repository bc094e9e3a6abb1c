import { mkdirSync, realpathSync, rmdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import type { Plugin } from '../src/plugin.js'
import { isAlive, script, setUp } from './fixture.js'

const FOREVER = 'echo ready; exec sleep 1000'
const QUICK = { backoff_min_ms: 1, backoff_max_ms: 4 }
const NEVER_AGAIN = { backoff_min_ms: 3_600_000, backoff_max_ms: 3_600_000 }

describe('Service starts', () => {
  test('with the environment, folder and user of its definition', async () => {
    process.env['HERO_PROC_TOKEN'] = 'secret'
    process.env['HERO_PROC_TEST'] = 'inherited'
    onTestFinished(() => {
      delete process.env['HERO_PROC_TOKEN']
      delete process.env['HERO_PROC_TEST']
    })
    const { supervisor, recorder } = await setUp()
    const cwd = realpathSync(tmpdir())
    const text = 'echo "$PWD|$HERO_PROC_TEST|$HERO_PROC_TOKEN|$CUP|$(id -u)"'
    const user = String(process.getuid?.())
    await supervisor.runOnce(script('env', text, { cwd, user, env: { CUP: 'blue' } }))
    expect(recorder.text.get('env')).toBe(`${cwd}|inherited||blue|${user}\n`)
  })

  test.skipIf(process.getuid?.() !== 0)('as another user', async () => {
    const { supervisor, recorder } = await setUp()
    await supervisor.runOnce(script('user', 'id -u; id -g', { user: '65534:65534', cwd: '/' }))
    expect(recorder.text.get('user')).toBe('65534\n65534\n')
  })
})

describe('Service restarts', () => {
  test('after a failure, with a new number each time, until it is stopped', async () => {
    const { supervisor, recorder } = await setUp()
    await supervisor.add(script('web', 'echo begin; exit 1', QUICK))
    await supervisor.start('web')
    await recorder.until(() => recorder.exits('web').length === 6)
    await supervisor.stop('web')
    const numbers = recorder.runs.map(({ run }) => run)
    expect(numbers).toEqual(numbers.map((_run, index) => index + 1))
    expect(supervisor.status('web').restarts).toBe(numbers.length - 1)
    expect(supervisor.status('web').state).toBe('stopped')
  })

  test.each([
    ['always', 'exit 0', 'backoff'],
    ['always', 'exit 1', 'backoff'],
    ['on-failure', 'exit 0', 'stopped'],
    ['on-failure', 'exit 1', 'backoff'],
    ['on-failure', 'kill -9 $$', 'backoff'],
    ['never', 'exit 0', 'stopped'],
    ['never', 'exit 1', 'failed'],
    ['never', 'kill -9 $$', 'failed'],
  ] as const)('by policy: %s after %s leads to %s', async (restart, text, state) => {
    const { supervisor, recorder } = await setUp()
    await supervisor.add(script('web', text, { restart, ...NEVER_AGAIN }))
    await supervisor.start('web')
    await recorder.until(() => recorder.events.at(-1)?.type === 'exited')
    const status = supervisor.status('web')
    expect(status.state).toBe(state)
    expect(status.next_start_ts === null).toBe(state !== 'backoff')
  })

  test('after doubled delays, up to the longest', async () => {
    const { supervisor, recorder } = await setUp()
    const timers = vi.spyOn(globalThis, 'setTimeout')
    onTestFinished(() => timers.mockRestore())
    await supervisor.add(script('web', 'exit 1', { backoff_min_ms: 7, backoff_max_ms: 20 }))
    await supervisor.start('web')
    await recorder.until(() => recorder.exits('web').length === 5)
    const delays = timers.mock.calls.map(([, delayMs]) => delayMs)
    expect(delays.filter((delayMs) => [7, 14, 20, 28].includes(delayMs ?? 0)).slice(0, 4)).toEqual([
      7, 14, 20, 20,
    ])
  })

  test('after the shortest delay again when a run was a good one', async () => {
    const { supervisor, recorder } = await setUp({ steadyAfterMs: 1 })
    await supervisor.add(
      script('web', 'sleep 0.01; exit 1', { backoff_min_ms: 1, backoff_max_ms: 3_600_000 }),
    )
    await supervisor.start('web')
    // Doubled 30 times a millisecond is 12 days.
    await recorder.until(() => recorder.exits('web').length === 30)
  })

  test('after a spawn that fails, by the same policy', async () => {
    const { supervisor, recorder } = await setUp()
    await supervisor.add({ name: 'web', command: ['no-such-command'], ...QUICK })
    await expect(supervisor.start('web')).rejects.toMatchObject({
      code: 'Unavailable',
      details: { service: 'web', reason: 'CommandNotFound', state: 'backoff' },
    })
    await recorder.until(() => recorder.exits('web').length === 3)
    await supervisor.stop('web')
    expect(supervisor.status('web')).toMatchObject({
      state: 'stopped',
      pid: null,
      last_exit: { code: null, signal: null, error: { code: 'CommandNotFound' } },
    })
  })

  test('not when it fails to spawn and may not', async () => {
    const { supervisor } = await setUp()
    await supervisor.add({ name: 'web', command: ['true'], user: 'no-such-user', restart: 'never' })
    await expect(supervisor.start('web')).rejects.toThrowErrorMatchingInlineSnapshot(
      `[ProcError: Service web did not start: There is no user no-such-user on this system]`,
    )
    expect(supervisor.status('web')).toMatchObject({
      state: 'failed',
      last_exit: { error: { code: 'NotFound' } },
    })
  })

  test('not when it is stopped in back-off; a start does not wait for it', async () => {
    const { supervisor, recorder } = await setUp()
    await supervisor.add(script('web', 'exit 1', NEVER_AGAIN))
    await supervisor.start('web')
    await recorder.until(() => recorder.exits('web').length === 1)
    await recorder.until(() => supervisor.status('web').state === 'backoff')
    expect(await supervisor.start('web')).toMatchObject({ run: 2 })
    await recorder.until(() => recorder.exits('web').length === 2)
    await recorder.until(() => supervisor.status('web').state === 'backoff')
    expect(await supervisor.stop('web')).toMatchObject({ state: 'stopped', next_start_ts: null })
  })
})

describe('Service stops', () => {
  test.each(['pipe', 'pty'] as const)('by its signal (%s)', async (capture) => {
    const { supervisor, recorder } = await setUp()
    const text = `trap 'echo bye; exit 3' USR1; echo armed; while :; do sleep 0.01; done`
    await supervisor.add(script('web', text, { capture, stop_signal: 'SIGUSR1' }))
    await supervisor.start('web')
    await recorder.printed('web', 'armed\n')
    await supervisor.stop('web')
    expect(recorder.exits('web')).toMatchObject([{ code: 3 }])
    expect(recorder.text.get('web')).toContain('bye\n')
    expect(recorder.states('web')).toEqual(['starting', 'running', 'stopping', 'stopped'])
  })

  test.each(['pipe', 'pty'] as const)(
    'by SIGKILL when it does not listen (%s)',
    async (capture) => {
      const { supervisor, recorder } = await setUp()
      const text = `trap '' TERM; echo armed; while :; do sleep 0.01; done`
      await supervisor.add(script('web', text, { capture, stop_deadline_ms: 20 }))
      await supervisor.start('web')
      await recorder.printed('web', 'armed\n')
      await supervisor.stop('web')
      expect(recorder.exits('web')).toMatchObject([{ code: null, signal: 'SIGKILL' }])
    },
  )

  test.each(['pipe', 'pty'] as const)('with its whole group (%s)', async (capture) => {
    const { supervisor, recorder } = await setUp()
    // One child holds the output, one does not and is deaf.
    const text = `sleep 1000 & echo "child $!"
      sh -c 'trap "" TERM; exec sleep 1000' </dev/null >/dev/null 2>&1 & echo "child $!"
      echo armed; wait`
    await supervisor.add(script('web', text, { capture }))
    await supervisor.start('web')
    await recorder.printed('web', 'armed\n')
    const children = pidsIn(recorder.text.get('web'))
    expect(children.map(isAlive)).toEqual([true, true])
    await supervisor.stop('web')
    await untilGone(children)
  })

  test('as a restart does: the new run begins after the old one has ended', async () => {
    const { supervisor, recorder } = await setUp()
    await supervisor.add(script('web', FOREVER))
    const first = await supervisor.start('web')
    const second = await supervisor.restart('web')
    expect([first.run, second.run]).toEqual([1, 2])
    expect(isAlive(first.pid ?? 0)).toBe(false)
    expect(isAlive(second.pid ?? 0)).toBe(true)
    const told = recorder.events.map((event) => event.type)
    expect(told.indexOf('exited')).toBeLessThan(told.lastIndexOf('started'))
  })

  test('to nothing when it does not run', async () => {
    const { supervisor } = await setUp()
    await supervisor.add(script('web', FOREVER))
    expect(await supervisor.stop('web')).toMatchObject({ state: 'stopped', run: null })
  })
})

describe('a data dir that takes nothing', () => {
  test('ends no run, and neither a start nor a stop', async () => {
    const { supervisor, recorder, dataDir } = await setUp()
    // The note of the run: a folder is neither written nor removed as a file is.
    mkdirSync(join(dataDir, 'services/running/web'))
    await supervisor.add(script('web', 'read x </dev/null; exit 3', QUICK))
    await supervisor.start('web')
    await recorder.until(() => recorder.exits('web').length === 3)
    expect((await supervisor.stop('web')).state).toBe('stopped')
    expect(recorder.states('web').slice(0, 4)).toEqual([
      'starting',
      'running',
      'backoff',
      'starting',
    ])
  })

  test('is tried again by the policy when a run gets no number', async () => {
    const { supervisor, recorder, dataDir } = await setUp()
    const beside = join(dataDir, 'services/.web.state.json')
    mkdirSync(beside)
    await supervisor.add(script('web', FOREVER, QUICK))
    await expect(supervisor.start('web')).rejects.toThrow('EISDIR')
    expect(recorder.states('web').slice(0, 2)).toEqual(['starting', 'backoff'])
    rmdirSync(beside)
    await recorder.until(() => supervisor.status('web').state === 'running')
    expect(supervisor.status('web').run).toBe(1)
  })
})

describe('a process that escapes', () => {
  // It leaves the group, holds the output, and ends as soon as nobody reads it.
  const escape = `setsid sh -c 'echo "child $$"; while sleep 0.005; do echo late || exit; done' & sleep 0.1`

  test.each(['pipe', 'pty'] as const)('is heard until the next start (%s)', async (capture) => {
    const { supervisor, recorder } = await setUp({
      captureDefaults: { drainDeadlineMs: 1, killGraceMs: 1 },
    })
    await supervisor.add(script('web', escape, { capture }))
    await supervisor.start('web')
    await recorder.until(() => supervisor.status('web').state === 'stopped')
    expect(recorder.exits('web')).toMatchObject([{ code: 0, escaped: true }])
    recorder.text.set('web', recorder.text.get('web')?.replaceAll('late', '') ?? '')
    await recorder.printed('web', 'late\n')
    const children = pidsIn(recorder.text.get('web'))
    expect(children.map(isAlive)).toEqual([true])
    await supervisor.start('web')
    await untilGone(children)
    await recorder.until(() => recorder.exits('web').length === 2)
    await (capture === 'pty' ? supervisor.delete('web') : supervisor.close())
    await untilGone(pidsIn(recorder.text.get('web')))
  })
})

describe('the exit barrier', () => {
  /** Holds back the end of each run until it is let go. */
  function holder(): Plugin & { readonly letGo: (() => void)[] } {
    const letGo: (() => void)[] = []
    return {
      name: 'holder',
      letGo,
      runEnded: () =>
        new Promise((resolve) => {
          letGo.push(resolve)
        }),
    }
  }

  test('holds back the state, the event and the next run', async () => {
    const plugin = holder()
    const { supervisor, recorder } = await setUp({ plugins: [plugin] })
    await supervisor.add(script('web', 'echo last; exit 1', QUICK))
    await supervisor.start('web')
    await recorder.until(() => recorder.exits('web').length === 1)
    expect(recorder.text.get('web')).toBe('last\n')
    expect(supervisor.status('web')).toMatchObject({ state: 'running', last_exit: null })
    expect(recorder.events.some(({ type }) => type === 'exited')).toBe(false)
    plugin.letGo[0]?.()
    await recorder.until(() => recorder.exits('web').length === 2)
    expect(recorder.events.filter(({ type }) => type === 'exited')).toHaveLength(1)
    expect(recorder.runs).toHaveLength(2)
    const stopped = supervisor.stop('web')
    plugin.letGo[1]?.()
    await stopped
    expect(recorder.runs).toHaveLength(2)
  })

  test('holds back stop(), restart() and close()', async () => {
    const plugin = holder()
    const { supervisor, recorder } = await setUp({ plugins: [plugin] })
    await supervisor.add(script('web', FOREVER))
    await supervisor.start('web')
    const done: string[] = []
    const restart = supervisor.restart('web').then(() => done.push('restart'))
    await recorder.until(() => recorder.exits('web').length === 1)
    expect(done).toEqual([])
    plugin.letGo[0]?.()
    await restart
    const close = supervisor.close().then(() => done.push('close'))
    await recorder.until(() => recorder.exits('web').length === 2)
    expect(done).toEqual(['restart'])
    plugin.letGo[1]?.()
    await close
    expect(done).toEqual(['restart', 'close'])
  })

  test('comes after the last byte', async () => {
    const { supervisor, recorder } = await setUp()
    for (const capture of ['pipe', 'pty'] as const) {
      const name = `seq-${capture}`
      await supervisor.runOnce(script(name, 'seq 1 20000; printf end', { capture }))
      const text = recorder.text.get(name) ?? ''
      expect(text.split('\n').length).toBe(20_001)
      expect(text.endsWith('20000\nend')).toBe(true)
    }
  })
})

function pidsIn(text: string = ''): number[] {
  return [...text.matchAll(/child (\d+)/g)].map((match) => Number(match[1]))
}

/** They are no children of ours: nothing tells us when they end. */
async function untilGone(pids: readonly number[]): Promise<void> {
  while (pids.some(isAlive)) {
    await new Promise((resolve) => {
      setTimeout(resolve, 5)
    })
  }
}
