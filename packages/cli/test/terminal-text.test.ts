// What may reach a terminal: known attacks one by one, then random text against one rule.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { cleanText } from '../src/terminal-text.js'

const clean = (text: string): string => cleanText(text, { colors: true })

// Printable text, tab, newline and whole SGR sequences; nothing else.
const SAFE =
  // oxlint-disable-next-line no-control-regex
  /^(?:[^\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]|\u001b\[[0-9;:]*m)*$/u

const INTRODUCERS = [
  '\u001b',
  '\u001b[',
  '\u001b]',
  '\u001bP',
  '\u001b_',
  '\u009b',
  '\u009d',
  '\u0090',
]
const ENDS = [
  '\u0007',
  '\u001b\\',
  '\u009c',
  '\u0018',
  '\n',
  '\r',
  '\b',
  ';',
  '?',
  'm',
  '31',
  ' ',
  'H',
  '\u202e',
]

describe('cleanText()', () => {
  test.each([
    ['plain text', 'plain\ttext\n', 'plain\ttext\n'],
    ['letters of all kinds', 'grün 漢字 🎉 e\u0301', 'grün 漢字 🎉 e\u0301'],
    ['SGR', '\u001b[1;31mred\u001b[0m', '\u001b[1;31mred\u001b[0m'],
    ['SGR with colons', '\u001b[38:2::1:2:3mx', '\u001b[38:2::1:2:3mx'],
    ['SGR without parameters', '\u001b[mx', '\u001b[mx'],
    ['SGR that is too long', `\u001b[${'1;'.repeat(40)}mx`, 'x'],
    ['SGR with an intermediate', '\u001b[1 mx', 'x'],
    ['private SGR (key modifiers)', '\u001b[>4;2mx', 'x'],
    ['cursor movement', 'a\u001b[2Jb\u001b[10;10Hc\u001b[1Ad', 'abcd'],
    ['device status report', '\u001b[6nx', 'x'],
    ['window report', '\u001b[21tx', 'x'],
    ['private modes', '\u001b[?1049hx\u001b[?25l', 'x'],
    ['title, ended by BEL', '\u001b]0;owned\u0007x', 'x'],
    ['title, ended by ST', '\u001b]2;owned\u001b\\x', 'x'],
    ['title, ended by the 8-bit ST', '\u001b]2;owned\u009cx', 'x'],
    ['clipboard (OSC 52)', '\u001b]52;c;cm0gLXJm\u0007x', 'x'],
    ['hyperlink (OSC 8)', '\u001b]8;;http://a\u0007b\u001b]8;;\u0007', 'b'],
    ['OSC with the 8-bit introducer', '\u009d0;owned\u0007x', 'x'],
    ['DCS with its body', '\u001bP$q"p\u001b\\x', 'x'],
    ['DCS with the 8-bit introducer', '\u0090+q544e\u009cx', 'x'],
    ['APC', '\u001b_Gf=32;AAAA\u001b\\x', 'x'],
    ['PM', '\u001b^secret\u001b\\x', 'x'],
    ['SOS', '\u001bXsecret\u001b\\x', 'x'],
    ['a body cut off by CAN', '\u001b]0;a\u0018b', 'b'],
    ['a body cut off by a new sequence', '\u001b]0;a\u001b[31mb', '\u001b[31mb'],
    ['a body that never ends', '\u001b]0;shown', '0;shown'],
    ['a body that does not end on its line', '\u001b]0;shown\nnext\u0007', '0;shown\nnext'],
    ['CSI with the 8-bit introducer', '\u009b31mx\u009b2Jy', 'xy'],
    ['CSI that never ends', 'x\u001b[31', 'x'],
    ['CSI broken by a control character', '\u001b[3\u00071mx', '1mx'],
    ['nested introducers', '\u001b\u001b[2Jx', 'x'],
    ['ESC at the end', 'x\u001b', 'x'],
    ['character set', '\u001b(0x\u001b)B', 'x'],
    ['keypad, index, reset', '\u001b=\u001bMx\u001bc', 'x'],
    ['escape followed by a letter of another script', '\u001b漢', '漢'],
    ['carriage return', 'safe\rrm -rf', 'saferm -rf'],
    ['backspace', 'a\b\bb', 'ab'],
    ['other C0', 'a\u0000\u0001\u0007\u000b\u000c\u000e\u001fb', 'ab'],
    ['DEL', 'a\u007fb', 'ab'],
    ['other C1', 'a\u0085\u008d\u009ab', 'ab'],
    ['bidirectional overrides', 'a\u202eb\u2066c\u200fd\u061ce', 'abcde'],
    ['line separators', 'a\u2028b\u2029c', 'a b c'],
  ])('handles %s', (_, text, expected) => {
    expect(clean(text)).toBe(expected)
  })

  test('takes colors out when they are not wanted', () => {
    expect(cleanText('\u001b[31mred\u001b[0m', { colors: false })).toBe('red')
  })

  test('lets through nothing but printable text, tab, newline and SGR', () => {
    fc.assert(
      fc.property(hostileText(), (text) => {
        const once = clean(text)
        expect(once).toMatch(SAFE)
        expect(clean(once)).toBe(once)
      }),
      { numRuns: 20_000 },
    )
  })

  test('leaves text without control characters as it is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        fc.pre(SAFE.test(text))
        expect(clean(text)).toBe(text)
      }),
    )
  })

  test.each(['\u001b]', '\u009d', '\u001b[', '\u001bP\u001b', '\u001b'])(
    'takes linear time on %j without end',
    (introducer) => {
      // A quadratic walk would take minutes here and run into the time limit of the test.
      expect(clean(introducer.repeat(1_000_000))).toMatch(/^[\][P]*$/)
    },
    20_000,
  )
})

function hostileText(): fc.Arbitrary<string> {
  const piece = fc.oneof(
    fc.constantFrom(...INTRODUCERS, ...ENDS),
    fc.integer({ min: 0, max: 0xff }).map((code) => String.fromCharCode(code)),
    fc.string({ unit: 'binary', maxLength: 3 }),
  )
  return fc.array(piece, { maxLength: 30 }).map((pieces) => pieces.join(''))
}
