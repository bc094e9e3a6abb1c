// Tables for people.
import { expect, test } from 'vitest'
import { formatTable } from '../src/table.js'

test('formatTable() aligns words to the left and numbers to the right', () => {
  const columns = [
    { title: 'name', value: ([name]: [string, number]) => name },
    { title: 'lines', value: ([, lines]: [string, number]) => lines },
  ]
  expect(
    formatTable(columns, [
      ['web', 1_234_567],
      ['a\u001b[2J b\nc', 8],
    ]),
  ).toMatchInlineSnapshot(`
    "NAME       LINES
    web    1,234,567
    a b c          8
    "
  `)
})
