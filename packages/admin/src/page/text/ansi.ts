// Text as programs write it for terminals, as spans that a page can show. Colors and weights (SGR) become
// names of styles; every other sequence is left out, and characters that would hide or reorder text are
// shown as what they are. What comes out is text and names from a fixed list, never markup.

/** A stretch of text in one style. `style` holds class names from a fixed list, or nothing. */
export interface Span {
  readonly text: string
  readonly style: string
}

/** Longest SGR that counts; a longer one is no color that a program meant. */
const SGR_LENGTH_MAX = 64

// Complete sequences: strings (OSC, DCS, ...) with their bodies, CSI, and single ones.
const SEQUENCE =
  // oxlint-disable-next-line no-control-regex
  /(?:\u001b[PX\]^_]|[\u0090\u0098\u009d-\u009f])[^\u0007\u0018\u001a\u001b\u009c]*(?:\u0007|\u001b\\|\u009c|[\u0018\u001a])|(?:\u001b\[|\u009b)[0-?]*[ -/]*[@-~]|\u001b[ -/]*[0-~]/g

const SUSPECT =
  // oxlint-disable-next-line no-control-regex
  /[\u0000-\u0008\u000a-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]/
const SUSPECTS = new RegExp(SUSPECT.source, 'g')

/** True if the text is the same for everybody: nothing in it has to be looked at. */
export function isPlain(text: string): boolean {
  return !SUSPECT.test(text)
}

/** Returns the text in spans. */
export function parseAnsi(text: string): Span[] {
  if (isPlain(text)) return [{ text, style: '' }]
  const spans: Span[] = []
  const state = new Style()
  let at = 0
  for (const { 0: sequence, index } of text.matchAll(SEQUENCE)) {
    push(spans, text.slice(at, index), state)
    at = index + sequence.length
    const codes = sgrOf(sequence)
    if (codes !== undefined) state.apply(codes)
  }
  push(spans, text.slice(at), state)
  return spans
}

/** Returns the text without sequences, and with what is left made visible. */
export function plainText(text: string): string {
  return isPlain(text) ? text : visible(text.replaceAll(SEQUENCE, ''))
}

function push(spans: Span[], text: string, state: Style): void {
  if (text !== '') spans.push({ text: visible(text), style: state.names() })
}

/** Shows control characters as `^M`, and those that reorder or hide text by their numbers. */
function visible(text: string): string {
  return text.replaceAll(SUSPECTS, (char) => {
    const code = char.charCodeAt(0)
    if (code < 0x20) return `^${String.fromCharCode(code + 0x40)}`
    if (code === 0x7f) return '^?'
    return `\u2039U+${code.toString(16).toUpperCase().padStart(4, '0')}\u203a`
  })
}

function sgrOf(sequence: string): number[] | undefined {
  // oxlint-disable-next-line no-control-regex
  const body = /^(?:\u001b\[|\u009b)([0-9;:]*)m$/.exec(sequence)?.[1]
  if (body === undefined || body.length > SGR_LENGTH_MAX) return undefined
  return body.split(/[;:]/).map(Number)
}

const FLAGS: Readonly<Record<number, string>> = {
  1: 'bold',
  2: 'dim',
  3: 'italic',
  4: 'underline',
  7: 'inverse',
  9: 'strike',
}
const ENDS: Readonly<Record<number, readonly string[]>> = {
  22: ['bold', 'dim'],
  23: ['italic'],
  24: ['underline'],
  27: ['inverse'],
  29: ['strike'],
}

class Style {
  readonly #flags = new Set<string>()
  #front = ''
  #back = ''

  names(): string {
    return [...this.#flags, this.#front, this.#back].filter((one) => one !== '').join(' ')
  }

  apply(codes: readonly number[]): void {
    for (let index = 0; index < codes.length; index += 1) {
      const code = codes[index] ?? 0
      if (code === 38 || code === 48) {
        const [color, taken] = extended(codes, index + 1)
        if (code === 38) this.#front = color === undefined ? '' : `f${color}`
        else this.#back = color === undefined ? '' : `b${color}`
        index += taken
      } else this.#one(code)
    }
  }

  #one(code: number): void {
    if (code === 0) {
      this.#flags.clear()
      this.#front = this.#back = ''
    } else if (FLAGS[code] !== undefined) this.#flags.add(FLAGS[code])
    else if (ENDS[code] !== undefined) ENDS[code].forEach((name) => this.#flags.delete(name))
    else if (code >= 30 && code <= 37) this.#front = `f${code - 30}`
    else if (code >= 90 && code <= 97) this.#front = `f${code - 82}`
    else if (code === 39) this.#front = ''
    else if (code >= 40 && code <= 47) this.#back = `b${code - 40}`
    else if (code >= 100 && code <= 107) this.#back = `b${code - 92}`
    else if (code === 49) this.#back = ''
  }
}

/** One of the sixteen colors that the theme has: all others are shown as the nearest of them. */
function extended(
  codes: readonly number[],
  at: number,
): [color: number | undefined, taken: number] {
  if (codes[at] === 5) return [ofPalette(codes[at + 1] ?? 0), 2]
  if (codes[at] === 2)
    return [nearest(codes[at + 1] ?? 0, codes[at + 2] ?? 0, codes[at + 3] ?? 0), 4]
  return [undefined, 0]
}

function ofPalette(index: number): number {
  if (index < 16) return index
  if (index >= 232) return index < 244 ? 8 : 7
  const cube = index - 16
  const channel = (step: number): number => (step === 0 ? 0 : 55 + step * 40)
  return nearest(
    channel(Math.floor(cube / 36)),
    channel(Math.floor(cube / 6) % 6),
    channel(cube % 6),
  )
}

function nearest(red: number, green: number, blue: number): number {
  const high = Math.max(red, green, blue)
  const half = high / 2
  const color = (red > half ? 1 : 0) + (green > half ? 2 : 0) + (blue > half ? 4 : 0)
  if (color === 7 || high === 0) return high > 192 ? 15 : high > 128 ? 7 : high > 64 ? 8 : 0
  return high > 192 ? color + 8 : color
}
