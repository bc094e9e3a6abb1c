// From an entry to what is written: one format each for people, pipes and programs. Everything that
// reaches a terminal goes through `cleanText` here, names and fields included, unless it is raw.
import type { WireEntry } from '@hero/logs'
import { showBytes } from './byte-text.js'
import { paint, RESET } from './colors.js'
import type { Paint } from './colors.js'
import { isoStamp, shortStamp, timeStamp } from './stamps.js'
import { cleanText, hasColors } from './terminal-text.js'

export const FORMATS = ['short', 'short-iso', 'full', 'cat', 'json'] as const
export type Format = (typeof FORMATS)[number]

export interface RenderOptions {
  readonly format: Format
  /** The output is, or will be, read by a terminal: control sequences are taken out of it. */
  readonly isTerminal: boolean
  readonly colors: boolean
  /** Text exactly as it was captured, whatever it does to a terminal. */
  readonly raw: boolean
  /** Begin each line with the full time (`short` and `cat`). */
  readonly timestamps: boolean
  /** Stretches of lines that are not neighbors are told apart by a line with `--`. */
  readonly separated: boolean
  /** Several sources may come: their names are told apart by color. */
  readonly severalSources: boolean
}

export interface Renderer {
  /** Returns what to write for an entry, with its line end. */
  readonly render: (entry: WireEntry) => string | Uint8Array
  /** Returns what is still missing at the end: a line end, or nothing. */
  readonly finish: () => string
}

/** Returns a renderer for one run of output; `cat` remembers whether a long line is still open. */
export function createRenderer(options: RenderOptions): Renderer {
  if (options.format === 'json') {
    const escape = options.isTerminal && !options.raw
    return withoutEnd((entry) => jsonLine(entry, escape))
  }
  if (options.format === 'cat') {
    if (options.raw) return withoutEnd(rawLine)
    return options.separated ? withSeparators(catRenderer(options)) : catRenderer(options)
  }
  const lines = withoutEnd(lineRenderer(options))
  return options.separated ? withSeparators(lines) : lines
}

// Neighbors are lines of one source whose numbers follow each other, in either order.
function withSeparators({ render, finish }: Renderer): Renderer {
  const last = new Map<string, number>()
  return {
    render: (entry) => {
      const { source, n } = entry
      const before = last.get(source)
      const isNeighbor = before !== undefined && Math.abs(n - before) <= 1
      const separator = last.size === 0 || isNeighbor ? '' : '--\n'
      last.set(source, n + (entry.repeat?.count ?? 1) - 1)
      const piece = render(entry)
      return typeof piece === 'string' ? separator + piece : piece
    },
    finish,
  }
}

/** Says a gap in one line. */
export function describeGap({ gap, source }: WireEntry): string {
  if (gap === undefined) return ''
  const { lines, reason } = gap
  const count = lines === 1 ? '1 line' : `${lines} lines`
  const span = `${timeStamp(gap.from_ts)}-${timeStamp(gap.to_ts)}`
  return `${count} of ${source} lost: ${reason}, ${span}`
}

function withoutEnd(render: Renderer['render']): Renderer {
  return { render, finish: () => '' }
}

// C1, bidirectional overrides and the like are legal inside JSON strings: as escapes they mean the same.
const JSON_SUSPECTS = /[\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g

function escapeJson(json: string): string {
  return json.replaceAll(
    JSON_SUSPECTS,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}

function jsonLine(entry: WireEntry, escape: boolean): string {
  const json = JSON.stringify(entry)
  return `${escape ? escapeJson(json) : json}\n`
}

// The bytes as they were captured. A gap has none: it is not output, and is told on stderr instead.
function rawLine(entry: WireEntry): string | Uint8Array {
  if (entry.gap !== undefined) return ''
  const isOpen = entry.unterminated === true || entry.part === 'first' || entry.part === 'middle'
  const end = isOpen ? '' : '\n'
  const count = entry.repeat?.count ?? 1
  if (entry.text_b64 === undefined) return ((entry.text ?? '') + end).repeat(count)
  const bytes = Buffer.from(entry.text_b64, 'base64')
  const line = isOpen ? bytes : Buffer.concat([bytes, Buffer.from(end)])
  return count === 1 ? line : Buffer.concat(Array.from({ length: count }, () => line))
}

function catRenderer(options: RenderOptions): Renderer {
  let openPart: number | undefined
  const toText = textOf(options)
  const styles = stylesOf(options)
  return {
    render: (entry) => {
      const isContinued = openPart !== undefined && entry.part_seq === openPart
      const begin = openPart === undefined || isContinued ? '' : '\n'
      const isOpen = entry.part === 'first' || (entry.part === 'middle' && isContinued)
      openPart = isOpen ? (entry.part_seq ?? entry.seq) : undefined
      const stamp = options.timestamps && !isContinued ? `${entry.ts} ` : ''
      const text = entry.gap ? styles.gap(`-- ${describeGap(entry)} --`) : toText(entry)
      const line = `${stamp}${text}${isOpen ? '' : '\n'}`
      return begin + line.repeat(entry.repeat?.count ?? 1)
    },
    finish: () => (openPart === undefined ? '' : '\n'),
  }
}

// `short`, `short-iso` and `full`: a head, then the text; further lines of one text are indented.
function lineRenderer(options: RenderOptions): Renderer['render'] {
  const toText = textOf(options)
  const styles = stylesOf(options)
  const isFull = options.format === 'full'
  const time = timeOf(options)
  return (entry) => {
    if (entry.gap) return `${styles.gap(`-- ${describeGap(entry)} --`)}\n`
    const run = entry.run === undefined ? '' : `[${entry.run}]`
    const name = styles.name(entry.source)(shown(entry.source, options))
    const head = isFull
      ? `${time(entry.ts)} ${fullHead(entry, `${name}${run}`)} `
      : `${time(entry.ts)} ${name}${run}: `
    const text = toText(entry)
    const style = styles.text(entry)
    const body = hasColors(text) ? text : style(text)
    const fields = isFull && entry.fields ? ` ${shown(JSON.stringify(entry.fields), options)}` : ''
    const indent = ' '.repeat(8)
    return `${head}${body.includes('\n') ? body.replaceAll('\n', `\n${indent}`) : body}${fields}\n`
  }
}

function fullHead(entry: WireEntry, name: string): string {
  const { seq, n, origin, stream, level, part } = entry
  const way = stream === undefined ? origin : `${origin}/${stream}`
  const marks = [part, entry.unterminated ? 'unterminated' : undefined].filter(Boolean)
  return [`#${seq}`, `n=${n}`, name, way, level ?? '-', ...marks].join(' ')
}

function timeOf({ format, timestamps }: RenderOptions): (ts: string) => string {
  if (format === 'full' || timestamps) return (ts) => ts
  return format === 'short-iso' ? isoStamp : shortStamp
}

function textOf(options: RenderOptions): (entry: WireEntry) => string {
  return (entry) => {
    const text = entry.text_b64 === undefined ? (entry.text ?? '') : decode(entry.text_b64, options)
    const times = entry.repeat && options.format !== 'cat' ? ` (\u00d7${entry.repeat.count})` : ''
    const safe = shown(text, options) + times
    return options.isTerminal && hasColors(safe) ? safe + RESET : safe
  }
}

function decode(base64: string, { isTerminal, raw }: RenderOptions): string {
  const bytes = Buffer.from(base64, 'base64')
  return isTerminal && !raw ? showBytes(bytes) : bytes.toString()
}

function shown(text: string, { isTerminal, raw, colors }: RenderOptions): string {
  return isTerminal && !raw ? cleanText(text, { colors }) : text
}

interface Styles {
  readonly gap: Paint
  readonly name: (source: string) => Paint
  readonly text: (entry: WireEntry) => Paint
}

/** Told apart on dark and light grounds; red and yellow mean something else. */
const NAME_COLORS = [
  'cyan',
  'green',
  'magenta',
  'blue',
  'cyanBright',
  'greenBright',
  'magentaBright',
  'blueBright',
] as const

function stylesOf({ colors, severalSources }: RenderOptions): Styles {
  const plain = paint('reset', false)
  const names = NAME_COLORS.map((color) => paint(color, colors))
  const severe = paint(['bold', 'red'], colors)
  const byLevel: Readonly<Record<string, Paint>> = {
    emerg: severe,
    alert: severe,
    crit: severe,
    error: severe,
    warning: paint('yellow', colors),
    notice: paint('bold', colors),
    debug: paint('dim', colors),
    trace: paint('dim', colors),
  }
  const stderr = paint('red', colors)
  return {
    gap: paint(['bold', 'yellow'], colors),
    name: (source) => (severalSources ? (names[hash(source) % names.length] ?? plain) : plain),
    text: ({ level, stream }) => {
      if (level !== undefined) return byLevel[level] ?? plain
      return stream === 'stderr' ? stderr : plain
    },
  }
}

// The same name has the same color in every call (FNV-1a).
function hash(name: string): number {
  let value = 0x811c9dc5
  for (let i = 0; i < name.length; i++) value = Math.imul(value ^ name.charCodeAt(i), 0x01000193)
  return value >>> 0
}
