import { expect, test } from 'vitest'
import { launcherOf } from '../src/launcher.js'
import { isAlive, script, setUp } from './fixture.js'

const least = { when_orphaned: 'keep', stop_signal: 'SIGTERM' } as const

test('launcherOf() gives nothing when nothing is asked for', () => {
  expect(launcherOf(least)).toEqual([])
})

test('a service starts with its limits and its umask, under its own pid', async () => {
  const { supervisor, recorder } = await setUp()
  const more = { umask: '027', limits: { nofile: '64:128', core: 0 } }
  const text = 'umask; ulimit -S -n; ulimit -H -n; ulimit -c; echo pid $$'
  await supervisor.runOnce(script('set', text, more))
  const pid = recorder.runs[0]?.pid
  expect(recorder.text.get('set')).toBe(`0027\n64\n128\n0\npid ${pid}\n`)
})

test('a command that is not there is told as without a launcher', async () => {
  const { supervisor } = await setUp()
  const exits = await Promise.all(
    ['keep', 'stop'].map((when_orphaned, index) =>
      supervisor.runOnce({
        name: `ghost-${index}`,
        command: ['no-such-command'],
        when_orphaned: when_orphaned as 'keep',
      }),
    ),
  )
  expect(exits[0]?.error?.code).toBe('CommandNotFound')
  expect(exits[1]?.error).toEqual(exits[0]?.error)
})

test('a limit that cannot be set ends the run with the reason in its log', async () => {
  const { supervisor, recorder } = await setUp()
  const more = { limits: { nofile: '128:64' } }
  const exit = await supervisor.runOnce(script('wrong', 'echo never', more))
  expect(exit.code).not.toBe(0)
  expect(recorder.text.get('wrong')).toMatch(/prlimit: .*nofile|NOFILE/i)
  expect(isAlive(recorder.runs[0]?.pid ?? 0)).toBe(false)
})
