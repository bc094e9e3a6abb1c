// A valid name for every program.
import { checkServiceName } from '@hero/proc'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { toServiceName } from '../src/service-name.js'

describe('toServiceName()', () => {
  test.each([
    ['seq', 'seq'],
    ['/usr/bin/python3.11', 'python3.11'],
    ['./my server.sh', 'my-server.sh'],
    ['-x', 'x'],
    ['..', 'run'],
    ['/', 'run'],
    ['ü', 'run'],
    ['job.state', 'job-state'],
  ])('%j becomes %j', (program, expected) => {
    expect(toServiceName(program)).toBe(expected)
  })

  test('is always a name that a service may have', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 300, unit: 'binary' }), (program) => {
        expect(checkServiceName(toServiceName(program))).toBeTruthy()
      }),
    )
    expect(checkServiceName(toServiceName(`${'a'.repeat(127)}.state`))).toBeTruthy()
    expect(checkServiceName(toServiceName(`${'a'.repeat(122)}.state.state`))).toBeTruthy()
  })
})
