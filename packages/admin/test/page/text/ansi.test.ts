// Terminal text as spans: what is kept, what is left out, what is made visible.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseAnsi, plainText } from '../../../src/page/text/ansi.js'

const ESC = '\u001b'

describe('parseAnsi()', () => {
  test.each([
    ['plain', [{ text: 'plain', style: '' }]],
    ['', [{ text: '', style: '' }]],
    [
      `${ESC}[1;31mred${ESC}[0m rest`,
      [
        { text: 'red', style: 'bold f1' },
        { text: ' rest', style: '' },
      ],
    ],
    [`${ESC}[38;5;196mx`, [{ text: 'x', style: 'f9' }]],
    [`${ESC}[48;2;0;0;200mx`, [{ text: 'x', style: 'b12' }]],
    [`${ESC}[1m${ESC}[22mx`, [{ text: 'x', style: '' }]],
    [`${ESC}]0;title\u0007x`, [{ text: 'x', style: '' }]],
    [`${ESC}]8;;javascript:alert(1)${ESC}\\link`, [{ text: 'link', style: '' }]],
    [
      `a${ESC}[2Jb`,
      [
        { text: 'a', style: '' },
        { text: 'b', style: '' },
      ],
    ],
    ['a\rb\u0000', [{ text: 'a^Mb^@', style: '' }]],
    ['a\u202eb', [{ text: 'a\u2039U+202E\u203ab', style: '' }]],
    [
      `cut ${ESC}]never ends`,
      [
        { text: 'cut ', style: '' },
        { text: 'never ends', style: '' },
      ],
    ],
  ])('%j', (text, spans) => {
    expect(parseAnsi(text)).toEqual(spans)
  })

  test('gives names of a fixed list and no control character, whatever comes', () => {
    const pieces = fc.constantFrom(
      ESC,
      '[',
      ']',
      ';',
      'm',
      '38',
      '5',
      '2',
      '\u009b',
      '\u0007',
      'x',
      '<b>',
      ':',
    )
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 40 }), (list) => {
        for (const { text, style } of parseAnsi(list.join(''))) {
          // oxlint-disable-next-line no-control-regex
          expect(text).not.toMatch(/[\u0000-\u0008\u000a-\u001f\u007f-\u009f]/)
          expect(style).toMatch(
            /^(?:(?:bold|dim|italic|underline|inverse|strike|[fb](?:\d|1[0-5]))(?: |$))*$/,
          )
        }
      }),
    )
  })

  test('plainText() is the text of the spans', () => {
    const text = `${ESC}[31ma${ESC}[0mb\u0001`
    expect(plainText(text)).toBe(
      parseAnsi(text)
        .map((span) => span.text)
        .join(''),
    )
  })
})
