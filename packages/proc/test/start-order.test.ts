import { expect, test } from 'vitest'
import { script, setUp } from './fixture.js'

const FOREVER = 'exec sleep 1000'
const NEVER_AGAIN = { backoff_min_ms: 3_600_000, backoff_max_ms: 3_600_000 }
const ready = { type: 'log', pattern: '^ready$' }

test('what a service depends on is ready before it begins, and ends behind it', async () => {
  const { supervisor, recorder } = await setUp()
  await supervisor.add(script('db', `sleep 0.05; echo ready; ${FOREVER}`, { ready }))
  await supervisor.add(script('cache', FOREVER, { depends_on: ['db'] }))
  await supervisor.add(script('web', FOREVER, { depends_on: ['cache', 'db'] }))
  await supervisor.startAll()
  await supervisor.stopAll()
  const told = recorder.events.flatMap((event) =>
    event.type === 'state' && ['running', 'stopped'].includes(event.state)
      ? [`${event.service} ${event.state}`]
      : [],
  )
  expect(told).toEqual([
    'db running',
    'cache running',
    'web running',
    'web stopped',
    'cache stopped',
    'db stopped',
  ])
})

test('start() starts what is needed, and says which of it failed', async () => {
  const { supervisor } = await setUp()
  await supervisor.add(script('db', 'exit 1', { ready, ...NEVER_AGAIN }))
  await supervisor.add(script('web', FOREVER, { depends_on: ['db'] }))
  await expect(supervisor.start('web')).rejects.toThrow(
    'Service web was not started, for it depends on db: Service db ended before it was ready',
  )
  expect(supervisor.status('web').state).toBe('stopped')
})

test('a service whose dependency fails at the start is started when that one is ready', async () => {
  const { supervisor, recorder } = await setUp()
  const text = `[ "$HERO_PROC_RUN" = 1 ] && exit 1; echo ready; ${FOREVER}`
  await supervisor.add(script('db', text, { ready, backoff_min_ms: 1, backoff_max_ms: 1 }))
  await supervisor.add(script('web', FOREVER, { depends_on: ['db'] }))
  await supervisor.startAll()
  await recorder.until(() => supervisor.status('web').state === 'running')
  expect(supervisor.status('db').run).toBe(2)
})

test('a start that waits for others can be stopped', async () => {
  const { supervisor, recorder } = await setUp()
  await supervisor.add(script('db', `echo up; ${FOREVER}`, { ready }))
  await supervisor.add(script('web', FOREVER, { depends_on: ['db'] }))
  const started = supervisor.start('web').catch((error: Error) => error.message)
  await recorder.printed('db', 'up')
  expect((await supervisor.stop('web')).state).toBe('stopped')
  expect(await started).toBe('Service web was stopped before it was ready')
  expect(recorder.runs.map(({ service }) => service)).toEqual(['db'])
})

test('dependencies that are wrong are refused when they are added', async () => {
  const { supervisor } = await setUp()
  await expect(supervisor.add(script('web', 'true', { depends_on: ['db'] }))).rejects.toThrow(
    'Service web depends on db, which is not defined',
  )
  await expect(supervisor.add(script('web', 'true', { depends_on: ['web'] }))).rejects.toThrow(
    'Services depend on each other: web -> web',
  )
  await supervisor.add(script('db', 'true'))
  await supervisor.add(script('web', 'true', { depends_on: ['db'] }))
  await expect(supervisor.delete('db')).rejects.toThrow('Others depend on service db: web')
})
