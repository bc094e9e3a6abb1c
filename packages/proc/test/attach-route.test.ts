// A real shell behind a real WebSocket: scrollback, live bytes, typing, size, and viewers that do not read.
import { connect } from 'node:net'
import { join } from 'node:path'
import { connectSocket } from '@hero/rpc'
import type { ClientSocket } from '@hero/rpc'
import { expect, onTestFinished, test } from 'vitest'
import { startHeroProc } from '../src/hero-proc.js'
import { Recorder, temporaryFolder } from './fixture.js'

async function setUp(command: readonly string[]) {
  const dataDir = temporaryFolder()
  const socketPath = join(dataDir, 'rpc.sock')
  const recorder = new Recorder()
  const house = await startHeroProc({ dataDir, socketPath, plugins: [recorder] })
  onTestFinished(() => house.close())
  const { supervisor } = house
  await supervisor.add({ name: 'shell', command, capture: 'tee', restart: 'never' })
  return { supervisor, recorder, socketPath }
}

/** A viewer that remembers what it sees. */
class Viewer {
  screen = ''
  readonly told: Record<string, unknown>[] = []
  #check: () => void = () => undefined
  readonly socket: ClientSocket

  constructor(socket: ClientSocket) {
    this.socket = socket
    onTestFinished(() => socket.close())
    socket.onMessage(({ text, bytes }) => {
      if (text === undefined) this.screen += bytes.toString()
      else this.told.push(JSON.parse(text) as Record<string, unknown>)
      this.#check()
    })
  }

  until(test: (viewer: this) => boolean): Promise<void> {
    return new Promise((resolve) => {
      this.#check = () => void (test(this) && resolve())
      this.#check()
    })
  }
}

const open = async (path: string): Promise<Viewer> =>
  new Viewer(await connectSocket(path, '/attach/shell'))

test('scrollback, live bytes, typing, size and control keys', async () => {
  const { supervisor, recorder, socketPath } = await setUp(['sh', '-i'])
  await supervisor.start('shell')
  const one = await open(socketPath)
  one.socket.send(JSON.stringify({ type: 'resize', columns: 91, rows: 33 }))
  one.socket.send(Buffer.from('stty size; echo "I am $((6*7))" "on $(tty)"\r'))
  await one.until(({ screen }) => /33 91\r\nI am 42 on \/dev\/pts\/\d+\r\n/.test(screen))
  expect(one.told[0]).toMatchObject({ type: 'begin', service: 'shell', state: 'running', run: 1 })

  const two = await open(socketPath)
  await two.until(({ screen }) => screen.includes('I am 42'))
  expect(two.screen).toBe(one.screen)

  // The terminal controls the session: its keys are signals. An interactive shell would survive them
  // between the word and the exec.
  one.socket.send(Buffer.from("exec sh -c 'echo begun; exec sleep 1000'\r"))
  await one.until(({ screen }) => screen.includes('\nbegun'))
  one.socket.send(Buffer.from([3]))
  await two.until(({ told }) => told.some(({ state }) => state === 'failed'))
  expect(recorder.exits('shell')).toMatchObject([{ signal: 'SIGINT' }])
  expect(recorder.text.get('shell')).toContain('I am 42 on')
})

test('a viewer that does not read holds nobody up, and is told what he missed', async () => {
  const { supervisor, recorder, socketPath } = await setUp(['seq', '1', '600000'])
  await supervisor.start('shell')
  await recorder.until(() => recorder.exits('shell').length > 0)
  recorder.text.clear()
  // A raw connection that asks and then never reads.
  const lazy = connect(socketPath)
  onTestFinished(() => void lazy.destroy())
  lazy.write(
    'GET /attach/shell HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n' +
      'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n',
  )
  lazy.pause()
  const viewer = await open(socketPath)
  await supervisor.start('shell')
  await recorder.until(() => recorder.exits('shell').length > 1)
  expect(recorder.text.get('shell')?.endsWith('600000\r\n')).toBe(true)
  await viewer.until(({ told }) => told.at(-1)?.['state'] === 'stopped')
  await viewer.until(({ screen }) => screen.endsWith('600000\r\n'))
  const lost = viewer.told.filter(({ type }) => type === 'lost')
  const lostBytes = lost.reduce((sum, { bytes }) => sum + Number(bytes), 0)
  const printed = recorder.text.get('shell')?.length ?? 0
  // What was shown before the second run began is scrollback of the first.
  expect(viewer.screen.length + lostBytes).toBeGreaterThanOrEqual(printed)
})

test('what cannot be attached to is refused by name', async () => {
  const { supervisor, socketPath } = await setUp(['true'])
  await supervisor.add({ name: 'plain', command: ['true'] })
  await expect(connectSocket(socketPath, '/attach/plain')).rejects.toMatchObject({
    name: 'Conflict',
    message: 'Service plain has no terminal to attach to',
  })
  await expect(connectSocket(socketPath, '/attach/nobody')).rejects.toMatchObject({
    name: 'NotFound',
  })
})
