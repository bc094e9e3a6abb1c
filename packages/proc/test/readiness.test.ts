import { createServer } from 'node:net'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { script, setUp, temporaryFolder } from './fixture.js'

const FOREVER = 'exec sleep 1000'
const NEVER_AGAIN = { backoff_min_ms: 3_600_000, backoff_max_ms: 3_600_000 }

describe('a service is ready', () => {
  test.each(['pipe', 'pty', 'tee'])('when it notifies, not before (%s)', async (capture) => {
    const { supervisor, recorder } = await setUp()
    const ready = { type: 'notify', fd: 5 }
    const text = `echo up; read line < "$GATE"; echo >&5; exec 5>&-; ${FOREVER}`
    const gate = join(temporaryFolder(), 'gate')
    const define = script('web', `mkfifo "$GATE"; ${text}`, { ready, capture, env: { GATE: gate } })
    await supervisor.add(define)
    const started = supervisor.start('web')
    await recorder.printed('web', 'up')
    expect(supervisor.status('web').state).toBe('starting')
    await supervisor.runOnce(script('opener', `until [ -p ${gate} ]; do :; done; echo > ${gate}`))
    expect((await started).state).toBe('running')
  })

  test('when a line matches', async () => {
    const { supervisor } = await setUp()
    const ready = { type: 'log', pattern: '^listening on \\d+$' }
    await supervisor.add(
      script('web', `echo not listening on 1 yet; echo; echo listening on 80; ${FOREVER}`, {
        ready,
      }),
    )
    expect((await supervisor.start('web')).state).toBe('running')
  })

  test('when somebody listens at its socket', async () => {
    const path = join(temporaryFolder(), 's.sock')
    const { supervisor, recorder } = await setUp()
    await supervisor.add(script('web', `echo up; ${FOREVER}`, { ready: { type: 'unix', path } }))
    const started = supervisor.start('web')
    await recorder.printed('web', 'up')
    expect(supervisor.status('web').state).toBe('starting')
    const server = createServer((socket) => socket.destroy())
    onTestFinished(() => void server.close())
    server.listen(path)
    expect((await started).state).toBe('running')
  })
})

describe('a service that does not become ready', () => {
  const ready = { type: 'log', pattern: 'never', deadline_ms: 50 }

  test('in time is ended and has failed, whatever its exit code', async () => {
    const { supervisor, recorder } = await setUp()
    const text = `trap 'exit 0' TERM; while :; do sleep 0.01; done`
    await supervisor.add(script('web', text, { ready, ...NEVER_AGAIN }))
    await expect(supervisor.start('web')).rejects.toThrow('Service web was not ready within 50 ms')
    expect(supervisor.status('web')).toMatchObject({ state: 'backoff', last_exit: { code: 0 } })
    expect(recorder.states('web')).toEqual(['starting', 'backoff'])
  })

  test('because it ends says so', async () => {
    const { supervisor } = await setUp()
    const more = { ready: { ...ready, deadline_ms: 60_000 }, restart: 'never' }
    await supervisor.add(script('web', 'exit 3', more))
    await expect(supervisor.start('web')).rejects.toThrow('Service web ended before it was ready')
    expect(supervisor.status('web').state).toBe('failed')
  })

  test('can be stopped as soon as it is asked to start', async () => {
    const { supervisor } = await setUp()
    const more = { ready: { ...ready, deadline_ms: 3_600_000 } }
    await supervisor.add(script('web', FOREVER, more))
    const started = supervisor.start('web').catch((error: Error) => error.message)
    expect((await supervisor.stop('web')).state).toBe('stopped')
    expect(await started).toBe('Service web was stopped before it was ready')
  })

  test('can be stopped without waiting for it', async () => {
    const { supervisor, recorder } = await setUp()
    const more = { ready: { ...ready, deadline_ms: 60_000 } }
    await supervisor.add(script('web', `echo up; ${FOREVER}`, more))
    const started = supervisor.start('web').catch((error: Error) => error.message)
    await recorder.printed('web', 'up')
    expect((await supervisor.stop('web')).state).toBe('stopped')
    expect(await started).toBe('Service web was stopped before it was ready')
    expect(supervisor.inspect('web').operations).toMatchObject([
      { kind: 'start', state: 'failed' },
      { kind: 'stop', state: 'done' },
    ])
  })
})
