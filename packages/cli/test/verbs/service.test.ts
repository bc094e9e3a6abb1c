// From flags to a definition; hero_proc checks the rest.
import { parseServiceDefinition } from '@hero/proc'
import { describe, expect, test } from 'vitest'
import { definitionOf } from '../../src/verbs/service.js'

describe('definitionOf()', () => {
  test('leaves out what was not asked for', () => {
    expect(definitionOf('web', ['true'], {})).toEqual({
      name: 'web',
      command: ['true'],
      cwd: process.cwd(),
    })
  })

  test('makes a definition that hero_proc takes of all flags', () => {
    const definition = definitionOf('web', ['sh', '-c', 'x'], {
      capture: 'pipe',
      restart: 'never',
      env: ['A=1', 'B=x=y', 'C='],
      cwd: '/srv',
      user: 'nobody',
      overflow: 'block',
    })
    expect(parseServiceDefinition(definition)).toMatchObject({
      capture: 'pipe',
      restart: 'never',
      env: { A: '1', B: 'x=y', C: '' },
      cwd: '/srv',
      user: 'nobody',
      log: { overflow: 'block' },
    })
  })

  test.each(['A', '=x', ''])('refuses the variable %j', (variable) => {
    expect(() => definitionOf('web', ['true'], { env: [variable] })).toThrow(
      `Expected --env to be NAME=VALUE, got '${variable}'`,
    )
  })
})
