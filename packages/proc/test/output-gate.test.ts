import { expect, test } from 'vitest'
import { OutputGate } from '../src/output-gate.js'

function target() {
  const calls: string[] = []
  return {
    calls,
    pause: () => void calls.push('pause'),
    resume: () => void calls.push('resume'),
  }
}

test('OutputGate resumes when the last holder does', () => {
  const gate = new OutputGate()
  const out = target()
  gate.attach(out)
  const [one, two] = [gate.controls(), gate.controls()]
  one.pause()
  one.pause()
  two.pause()
  one.resume()
  one.resume()
  expect(out.calls).toEqual(['pause'])
  two.resume()
  expect(out.calls).toEqual(['pause', 'resume'])
})

test('OutputGate hands on a pause that came first', () => {
  const held = new OutputGate()
  const out = target()
  held.controls().pause()
  held.attach(out)
  expect(out.calls).toEqual(['pause'])

  const open = new OutputGate()
  const free = target()
  const controls = open.controls()
  controls.pause()
  controls.resume()
  open.attach(free)
  expect(free.calls).toEqual([])
})
