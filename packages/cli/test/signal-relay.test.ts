// Signals on their way to a command.
import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest'
import { SignalRelay } from '../src/signal-relay.js'

let relay: SignalRelay

beforeEach(() => {
  relay = new SignalRelay()
})

afterEach(() => relay.close())

describe('SignalRelay', () => {
  test('passes signals on', () => {
    const sent: string[] = []
    relay.attach((name) => sent.push(name))
    for (const name of ['SIGHUP', 'SIGTERM', 'SIGINT'] as const) process.emit(name)
    expect(sent).toEqual(['SIGHUP', 'SIGTERM', 'SIGINT'])
  })

  test('keeps signals that come before the command runs', () => {
    const sent: string[] = []
    process.emit('SIGTERM')
    relay.attach((name) => sent.push(name))
    expect(sent).toEqual(['SIGTERM'])
  })

  test('kills at the second SIGINT', () => {
    const sent: string[] = []
    relay.attach((name) => sent.push(name))
    process.emit('SIGINT')
    process.emit('SIGINT')
    expect(sent).toEqual(['SIGINT', 'SIGKILL'])
  })

  test('says what cannot be passed on, and goes on', () => {
    const said = vi.spyOn(process.stderr, 'write').mockReturnValue(true)
    onTestFinished(() => said.mockRestore())
    process.emit('SIGTERM')
    relay.attach(() => {
      throw new Error('kill EPERM')
    })
    process.emit('SIGHUP')
    expect(said.mock.calls.map(([text]) => text)).toEqual([
      'hero_proc: SIGTERM could not be passed on: kill EPERM\n',
      'hero_proc: SIGHUP could not be passed on: kill EPERM\n',
    ])
  })

  test('leaves signals to their default when closed', () => {
    const before = process.listenerCount('SIGHUP')
    relay.close()
    expect(process.listenerCount('SIGHUP')).toBe(before - 1)
  })
})
