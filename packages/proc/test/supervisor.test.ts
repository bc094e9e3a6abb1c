import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { Plugin, RunControls } from '../src/plugin.js'
import { isAlive, script, setUp, temporaryFolder } from './fixture.js'

const FOREVER = 'echo ready; exec sleep 1000'

async function codeOf(promise: Promise<unknown>): Promise<string> {
  return await promise.then(
    () => 'resolved',
    (error: unknown) => String((error as { code?: unknown }).code),
  )
}

describe('Supervisor', () => {
  test('open -> add -> start -> close -> open: definitions and run numbers go on', async () => {
    const dataDir = temporaryFolder()
    for (const run of [1, 2, 3]) {
      const { supervisor, recorder } = await setUp({ dataDir })
      if (run === 1) await supervisor.add(script('web', FOREVER))
      await supervisor.startAll()
      expect(supervisor.status('web')).toMatchObject({ state: 'running', run, restarts: 0 })
      await recorder.printed('web', 'ready\n')
      await Promise.all([supervisor.close(), supervisor.close()])
      expect(supervisor.status('web')).toMatchObject({
        state: 'stopped',
        pid: null,
        last_exit: { run, code: null, signal: 'SIGTERM' },
      })
    }
  })

  test('starts with startAll() only what is to be started by itself', async () => {
    const { supervisor } = await setUp()
    await supervisor.add(script('a', FOREVER))
    await supervisor.add(script('b', FOREVER, { autostart: false }))
    await supervisor.add({ name: 'c', command: ['no-such-command'], restart: 'never' })
    await supervisor.startAll()
    expect(supervisor.list().map(({ name, state }) => `${name} ${state}`)).toEqual([
      'a running',
      'b stopped',
      'c failed',
    ])
  })

  test('names bad files and goes on', async () => {
    const dataDir = temporaryFolder()
    const first = await setUp({ dataDir })
    await first.supervisor.add(script('web', 'true'))
    await first.supervisor.close()
    writeFileSync(join(dataDir, 'services/bad.json'), '{')
    const { supervisor, recorder } = await setUp({ dataDir })
    expect(supervisor.list()).toHaveLength(1)
    expect(supervisor.skipped.map(({ file }) => file)).toEqual([join(dataDir, 'services/bad.json')])
    expect(recorder.events).toMatchObject([{ type: 'skipped' }])
  })

  test('skips a stored definition that a plugin does not accept', async () => {
    const dataDir = temporaryFolder()
    const first = await setUp({ dataDir })
    await first.supervisor.add(script('web', 'true'))
    await first.supervisor.add(script('bad', 'true', { log: { overflow: 'bogus' } }))
    await first.supervisor.close()
    const refusing: Plugin = {
      name: 'refusing',
      checkDefinition: ({ log }) => {
        if (log !== undefined) throw new TypeError('Expected no log')
      },
    }
    const { supervisor } = await setUp({ dataDir, plugins: [refusing] })
    expect(supervisor.list().map(({ name }) => name)).toEqual(['web'])
    const file = join(dataDir, 'services/bad.json')
    expect(supervisor.skipped).toEqual([{ file, reason: 'Expected no log' }])
  })

  test('refuses a second service of a name, and knows no unknown one', async () => {
    const { supervisor } = await setUp()
    await supervisor.add(script('web', 'true'))
    expect(await codeOf(supervisor.add(script('web', 'true')))).toBe('Conflict')
    expect(await codeOf(supervisor.add(script('a/b', 'true')))).toBe('InvalidParams')
    for (const verb of ['start', 'stop', 'restart'] as const) {
      expect(await codeOf(supervisor[verb]('nobody'))).toBe('NotFound')
    }
    expect(() => supervisor.status('nobody')).toThrow('There is no service "nobody"')
    await expect(supervisor.delete('__proto__')).rejects.toThrow('There is no service "__proto__"')
  })

  test('lets one of two concurrent adds win', async () => {
    const { supervisor } = await setUp()
    const adds = [supervisor.add(script('web', 'true')), supervisor.add(script('web', 'true'))]
    expect(await Promise.all(adds.map(codeOf))).toEqual(['resolved', 'Conflict'])
  })

  test('makes one run of two concurrent starts', async () => {
    const { supervisor, recorder } = await setUp()
    await supervisor.add(script('web', FOREVER))
    const [one, two] = await Promise.all([supervisor.start('web'), supervisor.start('web')])
    expect(one?.pid).toBe(two?.pid)
    expect(recorder.runs).toHaveLength(1)
  })

  test('orders operations on one service as they came', async () => {
    const { supervisor, recorder } = await setUp()
    await supervisor.add(script('web', FOREVER))
    await Promise.all([
      supervisor.start('web'),
      supervisor.stop('web'),
      supervisor.start('web'),
      supervisor.restart('web'),
      supervisor.stop('web'),
    ])
    const round = ['starting', 'running', 'stopping', 'stopped']
    expect(recorder.states('web')).toEqual([...round, ...round, ...round])
  })

  test('stops and forgets a service that is deleted while it runs; its numbers go on', async () => {
    const { supervisor, recorder, dataDir } = await setUp()
    await supervisor.add(script('web', FOREVER))
    const { pid } = await supervisor.start('web')
    const deletions = [supervisor.delete('web'), supervisor.delete('web')]
    expect(await codeOf(supervisor.start('web'))).toBe('Unavailable')
    await Promise.all(deletions)
    expect(isAlive(pid ?? 0)).toBe(false)
    expect(supervisor.list()).toEqual([])
    expect(existsSync(join(dataDir, 'services/web.json'))).toBe(false)
    expect(recorder.events.filter(({ type }) => type === 'deleted')).toHaveLength(1)
    expect(recorder.events.at(-1)).toEqual({ type: 'deleted', service: 'web' })
    await supervisor.add(script('web', FOREVER))
    expect(await supervisor.start('web')).toMatchObject({ run: 2 })
  })

  test('takes no orders once it closes', async () => {
    const { supervisor } = await setUp()
    await supervisor.add(script('web', 'true'))
    await supervisor.stopAll()
    expect(await codeOf(supervisor.start('web'))).toBe('Unavailable')
    expect(await codeOf(supervisor.restart('web'))).toBe('Unavailable')
    expect(await codeOf(supervisor.add(script('db', 'true')))).toBe('Unavailable')
    expect(await codeOf(supervisor.runOnce(script('db', 'true')))).toBe('Unavailable')
    expect(supervisor.status('web').state).toBe('stopped')
  })

  test('closes many services side by side, a starting one and one in back-off among them', async () => {
    const { supervisor, recorder } = await setUp()
    for (let n = 0; n < 10; n += 1) await supervisor.add(script(`web${n}`, FOREVER))
    await supervisor.add(
      script('crash', 'exit 1', { backoff_min_ms: 3_600_000, backoff_max_ms: 3_600_000 }),
    )
    await supervisor.add(script('late', FOREVER, { autostart: false }))
    await supervisor.startAll()
    await recorder.until(() => recorder.states('crash').includes('backoff'))
    // The start comes before the close, and is refused nevertheless if it has not begun.
    const late = codeOf(supervisor.start('late'))
    await supervisor.close()
    expect(['resolved', 'Unavailable']).toContain(await late)
    expect(supervisor.list().map(({ state }) => state)).toEqual(Array(12).fill('stopped'))
    for (const { pid } of recorder.runs) expect(pid !== undefined && isAlive(pid)).toBe(false)
  })
})

describe('Supervisor.subscribe()', () => {
  test('tells events until it is ended', async () => {
    const { supervisor } = await setUp()
    const types: string[] = []
    const end = supervisor.subscribe(({ type }) => types.push(type))
    await supervisor.add(script('web', 'true'))
    end()
    await supervisor.delete('web')
    expect(types).toEqual(['added'])
  })
})

describe('Supervisor.runOnce()', () => {
  test.each([
    ['exit 0', { code: 0, signal: null }],
    ['exit 7', { code: 7, signal: null }],
    ['kill -9 $$', { code: null, signal: 'SIGKILL' }],
  ])('gives the end of sh -c "%s" and leaves no definition', async (text, exit) => {
    const { supervisor, dataDir } = await setUp()
    expect(await supervisor.runOnce(script('once', text))).toMatchObject(exit)
    expect(supervisor.list()).toEqual([])
    expect(existsSync(join(dataDir, 'services/once.json'))).toBe(false)
    expect(existsSync(join(dataDir, 'services/once.state.json'))).toBe(true)
  })

  test.each([
    ['no-such-command', 'CommandNotFound'],
    ['/etc/passwd', 'CommandNotExecutable'],
  ])('tells why %s never began', async (command, code) => {
    const { supervisor, recorder } = await setUp()
    const exit = await supervisor.runOnce({ name: 'once', command: [command] })
    expect(exit).toMatchObject({ code: null, signal: null, error: { code } })
    expect(recorder.ends.map(({ run }) => run.pid)).toEqual([undefined])
    expect(recorder.ends[0]?.exit).toEqual(exit)
  })

  test('hands on raw output', async () => {
    const { supervisor } = await setUp()
    const chunks: string[] = []
    await supervisor.runOnce(script('once', 'printf out; printf err >&2'), {
      onData: (chunk, stream) => void chunks.push(`${stream} ${Buffer.from(chunk).toString()}`),
    })
    expect(chunks.toSorted()).toEqual(['stderr err', 'stdout out'])
  })

  test('stops when its signal aborts, and passes signals on', async () => {
    const { supervisor, recorder } = await setUp()
    const cancel = new AbortController()
    const run = supervisor.runOnce(script('once', FOREVER), { signal: cancel.signal })
    await recorder.printed('once', 'ready')
    cancel.abort()
    expect(await run).toMatchObject({ signal: 'SIGTERM' })
    const trap = `trap 'echo caught; exit 3' INT; echo armed; while :; do sleep 0.01; done`
    let send: (name: NodeJS.Signals) => void = () => undefined
    const second = supervisor.runOnce(script('trap', trap), {
      onStarted: (_run, sendSignal) => {
        send = sendSignal
      },
    })
    await recorder.printed('trap', 'armed')
    send('SIGINT')
    expect(await second).toMatchObject({ code: 3 })
    expect(recorder.text.get('trap')).toContain('caught\n')
  })

  test('is stopped by close()', async () => {
    const { supervisor, recorder } = await setUp()
    const run = supervisor.runOnce(script('once', FOREVER))
    await recorder.printed('once', 'ready')
    await supervisor.close()
    expect(await run).toMatchObject({ signal: 'SIGTERM' })
  })

  test('conflicts with a service of its name', async () => {
    const { supervisor } = await setUp()
    await supervisor.add(script('web', 'true'))
    expect(await codeOf(supervisor.runOnce(script('web', 'true')))).toBe('Conflict')
    expect(supervisor.list()).toHaveLength(1)
  })
})

describe('plugins', () => {
  test('are told in order, and closed in the reverse one', async () => {
    const told: string[] = []
    const plugin = (name: string): Plugin => ({
      name,
      runStarting: (run) => {
        told.push(`${name} starting ${run.pid}`)
        return undefined
      },
      runStarted: (run) => void told.push(`${name} started ${typeof run.pid} ${run.mode}`),
      runEnded: (_run, exit) => {
        told.push(`${name} ended ${exit.code}`)
        return Promise.resolve()
      },
      close: () => {
        told.push(`${name} closed`)
        return Promise.resolve()
      },
    })
    const { supervisor } = await setUp({ plugins: [plugin('a'), plugin('b')] })
    await supervisor.runOnce(script('once', 'exit 3'))
    await supervisor.close()
    expect(told).toEqual([
      'a starting undefined',
      'b starting undefined',
      'a started number pipe',
      'b started number pipe',
      'a ended 3',
      'b ended 3',
      'b closed',
      'a closed',
    ])
  })

  test('that throw everywhere disturb nobody', async () => {
    const boom = (): never => {
      throw new Error('boom')
    }
    const bad: Plugin = {
      name: 'bad',
      runStarting: boom,
      runStarted: boom,
      runEnded: boom,
      supervisorEvent: boom,
      health: boom,
      close: boom,
    }
    const worse: Plugin = { name: 'worse', runStarting: () => ({ onLines: boom }) }
    const { supervisor, recorder, pluginErrors } = await setUp({ plugins: [bad, worse] })
    expect(await supervisor.runOnce(script('once', 'echo hello'))).toMatchObject({ code: 0 })
    expect(recorder.text.get('once')).toBe('hello\n')
    expect(await supervisor.health()).toEqual({
      ok: false,
      services: { total: 0, running: 0 },
      plugins: {
        bad: { ok: false, detail: 'boom' },
        worse: { ok: true, detail: '' },
        recorder: { ok: true, detail: '' },
      },
    })
    await supervisor.close()
    expect(pluginErrors.filter((one) => one === 'worse: Error: boom')).toHaveLength(1)
    expect(pluginErrors).toContain('bad: Error: boom')
  })

  test('that never let go of a run are reported at the deadline', async () => {
    const stuck: Plugin = { name: 'stuck', runEnded: () => new Promise(() => undefined) }
    const { supervisor, pluginErrors } = await setUp({ plugins: [stuck], barrierDeadlineMs: 10 })
    expect(await supervisor.runOnce(script('once', 'true'))).toMatchObject({ code: 0 })
    expect(pluginErrors).toEqual(['stuck: Error: Expected runEnded of once #1 within 10 ms'])
  })

  test('hold output back from before the spawn until they resume', async () => {
    let controls: RunControls | undefined
    let lines = 0
    const holder: Plugin = {
      name: 'holder',
      runStarting: (_run, given) => {
        controls = given
        given.pause()
        return { onLines: (region) => void (lines += region.lines) }
      },
    }
    const started = new Promise<void>((resolve) => {
      Object.assign(holder, { runStarted: () => resolve() })
    })
    const { supervisor, recorder } = await setUp({ plugins: [holder] })
    await supervisor.add(script('web', 'seq 1 100000; exec sleep 1000'))
    await supervisor.start('web')
    await started
    for (let turn = 0; turn < 100; turn += 1) {
      await new Promise((resolve) => {
        setImmediate(resolve)
      })
    }
    expect(lines).toBe(0)
    controls?.resume()
    await recorder.printed('web', '100000\n')
    expect(lines).toBe(100_000)
  })
})
