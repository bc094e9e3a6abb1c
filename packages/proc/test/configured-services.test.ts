import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { parseServiceDefinition } from '../src/service-definition.js'
import type { ServiceDefinitionInput } from '../src/service-definition.js'
import { script, setUp } from './fixture.js'

const FOREVER = 'exec sleep 1000'
const parsed = (...inputs: object[]) =>
  inputs.map((input) => parseServiceDefinition(input as ServiceDefinitionInput))

test('configure() says what changed, and changes nothing else', async () => {
  const { supervisor, recorder } = await setUp()
  const [a, b, c] = ['a', 'b', 'c'].map((name) => script(name, FOREVER))
  await supervisor.configure(parsed(a!, b!, c!))
  await supervisor.startAll()
  const before = supervisor.status('a').pid
  const changes = await supervisor.configure(
    parsed(a!, { ...b, env: { A: '1' }, stop_deadline_ms: 7 }, script('d', FOREVER)),
  )
  expect(changes).toEqual({
    added: ['d'],
    removed: ['c'],
    changed: [{ name: 'b', keys: ['env', 'stop_deadline_ms'] }],
    unchanged: ['a'],
  })
  await recorder.until(() => supervisor.list().every(({ state }) => state === 'running'))
  expect(supervisor.list().map(({ name, run }) => `${name} ${run}`)).toEqual(['a 1', 'b 2', 'd 1'])
  expect(supervisor.status('a').pid).toBe(before)
})

test('a service that was stopped by hand stays so when it changes', async () => {
  const { supervisor } = await setUp()
  await supervisor.configure(parsed(script('a', FOREVER)))
  await supervisor.startAll()
  await supervisor.stop('a')
  await supervisor.configure(parsed(script('a', FOREVER, { umask: '022' })))
  expect(supervisor.status('a')).toMatchObject({ state: 'stopped', definition: { umask: '022' } })
})

test('nothing begins when all is stopped while old services end', async () => {
  let letGo = (): void => undefined
  const runEnded = () =>
    new Promise<void>((resolve) => {
      letGo = resolve
    })
  const { supervisor, recorder } = await setUp({ plugins: [{ name: 'holder', runEnded }] })
  await supervisor.configure(parsed(script('a', FOREVER)))
  await supervisor.startAll()
  const changed = parsed(script('a', FOREVER, { umask: '022' }))
  const configured = supervisor.configure(changed).catch((error: Error) => error.message)
  await recorder.until(() => recorder.exits('a').length === 1)
  const stopped = supervisor.stopAll()
  letGo()
  await stopped
  expect(await configured).toBe('The supervisor is closing')
  expect(recorder.runs).toHaveLength(1)
})

test('configure() takes away nothing that others depend on, and needs not what is lost', async () => {
  const { supervisor, dataDir } = await setUp()
  await supervisor.configure(parsed(script('a', FOREVER)))
  await supervisor.add(script('lost', FOREVER))
  await supervisor.add(script('own', FOREVER, { depends_on: ['a'] }))
  await supervisor.add(script('half', FOREVER, { depends_on: ['lost'] }))
  await expect(supervisor.configure([])).rejects.toThrow('own depends on a, which is not defined')
  await supervisor.close()
  writeFileSync(join(dataDir, 'services/lost.json'), '{')
  const again = await setUp({ dataDir })
  await again.supervisor.configure(parsed(script('a', FOREVER)))
  await again.supervisor.add(script('other', FOREVER))
  const names = again.supervisor.list().map(({ name }) => name)
  expect(names).toEqual(['a', 'half', 'other', 'own'])
})

test('configure() accepts all or nothing', async () => {
  const refusing = {
    name: 'refusing',
    checkDefinition: ({ log }: { log?: unknown }) => {
      if (log !== undefined) throw new TypeError('Expected no log')
    },
  }
  const { supervisor } = await setUp({ plugins: [refusing] })
  await supervisor.add(script('own', FOREVER))
  const wrong = [
    [script('a', FOREVER), script('own', FOREVER)],
    [script('a', FOREVER), script('b', FOREVER, { depends_on: ['c'] })],
    [script('a', FOREVER), script('b', FOREVER, { log: {} })],
  ]
  for (const definitions of wrong) {
    await expect(supervisor.configure(parsed(...definitions))).rejects.toThrow()
  }
  expect(supervisor.list().map(({ name }) => name)).toEqual(['own'])
  await supervisor.configure(parsed(script('a', FOREVER)))
  await expect(supervisor.delete('a')).rejects.toThrow('comes from the configuration file')
})
