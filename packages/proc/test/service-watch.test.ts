import { join } from 'node:path'
import { connectSocket } from '@hero/rpc'
import { expect, onTestFinished, test } from 'vitest'
import { startHeroProc } from '../src/hero-proc.js'
import { script, temporaryFolder } from './fixture.js'

test('service.watch tells what happens to the services that are meant, until it is ended', async () => {
  const dataDir = temporaryFolder()
  const socketPath = join(dataDir, 'rpc.sock')
  const house = await startHeroProc({ dataDir, socketPath })
  onTestFinished(() => house.close())
  const socket = await connectSocket(socketPath, '/ws')
  onTestFinished(() => socket.close())
  const heard: { id?: number; method?: string; params?: object; result?: object }[] = []
  let check = (): void => undefined
  socket.onMessage(({ text = '' }) => {
    heard.push(JSON.parse(text) as object)
    check()
  })
  const until = (test: () => boolean): Promise<void> =>
    new Promise((resolve) => {
      check = () => void (test() && resolve())
      check()
    })
  const call = (id: number, method: string, params: object): Promise<void> => {
    socket.send(JSON.stringify({ jsonrpc: '2.0', id, method, params }))
    return until(() => heard.some((message) => message.id === id))
  }
  await call(1, 'service.watch', { services: ['job'] })
  await house.supervisor.add(script('other', 'true'))
  await house.supervisor.add(script('job', 'exit 3', { restart: 'never' }))
  await house.supervisor.start('other')
  await house.supervisor.start('job')
  await until(() => heard.some(({ method }) => method === 'service.exited'))
  expect(heard.map(({ method, params }) => [method, params])).toMatchObject([
    [undefined, undefined],
    ['service.added', { service: 'job' }],
    ['service.state', { service: 'job', state: 'starting' }],
    ['service.started', { service: 'job', run: 1 }],
    ['service.state', { service: 'job', state: 'running' }],
    ['service.state', { service: 'job', state: 'failed' }],
    ['service.exited', { service: 'job', run: 1, code: 3, signal: null }],
  ])
  await call(2, 'service.unwatch', {})
  expect(heard.at(-1)?.result).toEqual({ ended: true })
  await house.supervisor.delete('job')
  await call(3, 'service.unwatch', {})
  expect(heard.at(-1)?.result).toEqual({ ended: false })
  expect(heard.filter(({ method }) => method === 'service.deleted')).toEqual([])
})
