// Every format on the same entries, for a pipe and for a terminal.
import type { WireEntry } from '@hero/logs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createRenderer, FORMATS } from '../src/render.js'
import type { RenderOptions } from '../src/render.js'

const zone = process.env['TZ']

beforeAll(() => {
  process.env['TZ'] = 'Europe/Brussels'
})

afterAll(() => {
  if (zone === undefined) delete process.env['TZ']
  else process.env['TZ'] = zone
})

const PIPE: RenderOptions = {
  format: 'short',
  isTerminal: false,
  colors: false,
  raw: false,
  timestamps: false,
  separated: false,
  severalSources: true,
}
const TERMINAL: RenderOptions = { ...PIPE, isTerminal: true, colors: true }

function entry(rest: Partial<WireEntry>): WireEntry {
  return {
    seq: 7,
    n: 3,
    ts: '2026-11-21T10:02:11.123456Z',
    source: 'web',
    origin: 'pty',
    stream: 'stdout',
    run: 2,
    text: 'hello',
    cursor: 'AAA',
    ...rest,
  }
}

function rendered(options: RenderOptions, ...entries: readonly WireEntry[]): string {
  const { render, finish } = createRenderer(options)
  const pieces = entries.map((one) => Buffer.from(render(one)))
  return Buffer.concat([...pieces, Buffer.from(finish())]).toString('latin1')
}

const GAP = entry({
  text: 'gap',
  gap: {
    from_n: 4,
    to_n: 51,
    from_seq: 8,
    to_seq: 55,
    lines: 48,
    bytes: 960,
    from_ts: '2026-11-21T10:02:11.000000Z',
    to_ts: '2026-11-21T10:02:13.000000Z',
    reason: 'queue_full',
  },
})

describe('createRenderer()', () => {
  test('writes an entry in each format', () => {
    const one = entry({ level: 'info', fields: { user: 'ada' } })
    const all = FORMATS.map((format) => rendered({ ...PIPE, format }, one)).join('')
    expect(all).toMatchInlineSnapshot(`
      "Nov 21 11:02:11 web[2]: hello
      2026-11-21T11:02:11.123456+01:00 web[2]: hello
      2026-11-21T10:02:11.123456Z #7 n=3 web[2] pty/stdout info hello {"user":"ada"}
      hello
      {"seq":7,"n":3,"ts":"2026-11-21T10:02:11.123456Z","source":"web","origin":"pty","stream":"stdout","run":2,"text":"hello","cursor":"AAA","level":"info","fields":{"user":"ada"}}
      "
    `)
  })

  test('writes a gap in each format', () => {
    const formats = FORMATS.filter((format) => format !== 'json')
    const all = formats.map((format) => rendered({ ...PIPE, format }, GAP)).join('')
    expect(all).toBe('-- 48 lines of web lost: queue_full, 11:02:11-11:02:13 --\n'.repeat(4))
  })

  test('begins lines with the full time if asked to', () => {
    const all = (['short', 'cat'] as const).map((format) =>
      rendered({ ...PIPE, format, timestamps: true }, entry({})),
    )
    expect(all.join('')).toMatchInlineSnapshot(`
      "2026-11-21T10:02:11.123456Z web[2]: hello
      2026-11-21T10:02:11.123456Z hello
      "
    `)
  })

  test('indents further lines of one text', () => {
    expect(rendered(PIPE, entry({ text: 'a\nb\nc' }))).toBe(
      'Nov 21 11:02:11 web[2]: a\n        b\n        c\n',
    )
  })

  test.each([
    ['an error', { level: 'error' }, '\u001b[1m\u001b[31mhello\u001b[39m\u001b[22m'],
    ['a warning', { level: 'warning' }, '\u001b[33mhello\u001b[39m'],
    ['stderr', { stream: 'stderr' }, '\u001b[31mhello\u001b[39m'],
    ['debugging', { level: 'debug' }, '\u001b[2mhello\u001b[22m'],
    ['plain output', {}, 'hello'],
    ['text with colors', { text: '\u001b[35mx', level: 'error' }, '\u001b[35mx\u001b[0m'],
    ['text with a title', { text: 'a\u001b]0;owned\u0007b' }, 'ab'],
  ])('shows %s at a terminal', (_, rest, expected) => {
    const options = { ...TERMINAL, severalSources: false }
    expect(rendered(options, entry(rest))).toBe(`Nov 21 11:02:11 web[2]: ${expected}\n`)
  })

  test('tells several sources apart by color, the same in every call', () => {
    const names = ['web', 'db', 'queue'].map((source) => rendered(TERMINAL, entry({ source })))
    expect(names.join('').replaceAll('\u001b', 'ESC')).toMatchInlineSnapshot(`
      "Nov 21 11:02:11 ESC[32mwebESC[39m[2]: hello
      Nov 21 11:02:11 ESC[34mdbESC[39m[2]: hello
      Nov 21 11:02:11 ESC[36mqueueESC[39m[2]: hello
      "
    `)
  })

  test('takes control sequences out of names and fields, too', () => {
    const hostile = entry({ source: 'a\u001b[2Jb', fields: { k: '\u009b2J' } })
    expect(rendered({ ...TERMINAL, format: 'full', colors: false }, hostile)).toBe(
      '2026-11-21T10:02:11.123456Z #7 n=3 ab[2] pty/stdout - hello {"k":""}\n',
    )
  })

  test('escapes in JSON at a terminal what JSON itself would let through', () => {
    const hostile = entry({ text: 'a\u009b2J\u202e\u007f' })
    const json = rendered({ ...TERMINAL, format: 'json' }, hostile)
    expect(json).toContain(String.raw`"a\u009b2J\u202e\u007f"`)
    expect((JSON.parse(json) as WireEntry).text).toBe(hostile.text)
  })

  test.each([
    ['terminal', TERMINAL, String.raw`a\xffb`],
    ['pipe', PIPE, Buffer.from('a\ufffdb').toString('latin1')],
    ['raw', { ...PIPE, raw: true }, 'a\u00ffb'],
  ])('writes bytes that are no text: %s', (_, options, expected) => {
    const one = entry({
      text: undefined as never,
      text_b64: Buffer.from('61ff62', 'hex').toString('base64'),
    })
    delete (one as { text?: string }).text
    expect(rendered({ ...options, format: 'cat' }, one)).toBe(`${expected}\n`)
  })

  test('cat joins the parts of a long line and ends what is left open', () => {
    const options = { ...PIPE, format: 'cat' } as const
    const first = entry({ seq: 1, part: 'first', part_seq: 1, text: 'a' })
    const middle = entry({ seq: 3, part: 'middle', part_seq: 1, text: 'b' })
    const last = entry({ seq: 4, part: 'last', part_seq: 1, text: 'c' })
    const other = entry({ seq: 2, text: 'other' })
    expect(rendered(options, first, middle, last, other)).toBe('abc\nother\n')
    expect(rendered(options, first, other, middle, last)).toBe('a\nother\nb\nc\n')
    expect(rendered(options, first)).toBe('a\n')
  })

  test('cat --raw ends a line only where one ended', () => {
    const options = { ...PIPE, format: 'cat', raw: true } as const
    const first = entry({ part: 'first', part_seq: 7, text: 'a' })
    const last = entry({ part: 'last', part_seq: 7, text: 'b' })
    const rest = entry({ text: 'rest', unterminated: true })
    expect(rendered(options, first, last, GAP, entry({ text: '' }), rest)).toBe('ab\n\nrest')
    expect(rendered(options, entry({ part: 'last', unterminated: true, text: 'x' }))).toBe('x')
  })
})

test('an entry of identical lines says how often, and is expanded again in cat', () => {
  const stamp = '2026-11-21T10:02:11.123456Z'
  const repeated = entry({ repeat: { count: 3, first_ts: stamp, last_ts: stamp } })
  const render = (options: RenderOptions): string =>
    Buffer.from(createRenderer(options).render(repeated)).toString()
  expect(render(PIPE)).toBe('Nov 21 11:02:11 web[2]: hello (×3)\n')
  expect(render({ ...PIPE, format: 'cat' })).toBe('hello\nhello\nhello\n')
  expect(render({ ...PIPE, format: 'cat', raw: true })).toBe('hello\nhello\nhello\n')
  const binary = entry({ text_b64: '/w==', repeat: repeated.repeat! })
  const bytes = createRenderer({ ...PIPE, format: 'cat', raw: true }).render(binary)
  expect(Buffer.from(bytes)).toEqual(Buffer.from([255, 10, 255, 10, 255, 10]))
})
