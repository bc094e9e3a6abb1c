import { expect, test } from 'vitest'
import { formatChanges } from '../../src/verbs/reload.js'

test('formatChanges() names what is new, changed and gone, and counts the rest', () => {
  const changes = {
    added: ['new'],
    removed: ['old'],
    changed: [{ name: 'web', keys: ['env', 'limits'] }],
    unchanged: ['db', 'cache'],
    options: ['hold_ms'],
  }
  expect(formatChanges(changes)).toMatchInlineSnapshot(`
    "added      new
    changed    web: env, limits
    removed    old
    unchanged  2
    option     hold_ms: holds from the next start of hero_proc
    "
  `)
})
