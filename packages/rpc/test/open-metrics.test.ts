import { expect, test } from 'vitest'
import { writeOpenMetrics } from '../src/open-metrics.js'

test('writeOpenMetrics() writes families, labels and the end', () => {
  const text = writeOpenMetrics([
    {
      name: 'cups_washed',
      type: 'counter',
      help: 'Cups that were washed.',
      samples: [
        { labels: { color: 'red', owner: 'a "quoted"\nname\\' }, value: 3 },
        { value: 0.5 },
      ],
    },
    { name: 'cups_on_shelf', type: 'gauge', help: 'Cups.', samples: [{ value: 7 }] },
  ])
  expect(text).toMatchInlineSnapshot(`
    "# TYPE cups_washed counter
    # HELP cups_washed Cups that were washed.
    cups_washed_total{color="red",owner="a \\"quoted\\"\\nname\\\\"} 3
    cups_washed_total 0.5
    # TYPE cups_on_shelf gauge
    # HELP cups_on_shelf Cups.
    cups_on_shelf 7
    # EOF
    "
  `)
})

test.each(['Cups', 'cups_total', '1cup', 'cup-size', ''])(
  'writeOpenMetrics() refuses the name "%s"',
  (name) => {
    expect(() => writeOpenMetrics([{ name, type: 'gauge', help: '', samples: [] }])).toThrow(
      TypeError,
    )
  },
)

test('writeOpenMetrics() refuses a family that comes twice', () => {
  const family = { name: 'cups', type: 'gauge', help: '', samples: [] } as const
  expect(() => writeOpenMetrics([family, family])).toThrow(TypeError)
})
