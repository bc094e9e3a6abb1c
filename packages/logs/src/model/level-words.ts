// The words that loggers use for levels, the keys they put them under, and their numbers. Words are
// looked up in bytes, without decoding: by first letter and length, then letter by letter.
import { LEVEL_NONE } from './level.js'

/** Where a word says a level: the kinds differ in how likely the word is to mean something else. */
export const KIND = {
  /** Unmistakable: may stand in front of a message with no mark after it. */
  plain: 0,
  /** Also begins sentences ("Debug mode is on"): in front of a message only after a time. */
  common: 1,
  /** A short form (`WRN`, `ERRO`): in capitals, or as a value. */
  short: 2,
  /** .NET's (`fail:`): the first word of a line with a colon, or as a value. */
  leading: 3,
  /** Only in square brackets (`[Note]`). */
  bracketed: 4,
  /** Only in capitals with a colon (`LOG:`). */
  colon: 5,
} as const

const SPELLINGS: readonly (readonly [level: number, kind: number, words: string])[] = [
  [0, KIND.common, 'emerg emergency panic'],
  [0, KIND.short, 'pani pnc'],
  [1, KIND.common, 'alert'],
  [2, KIND.plain, 'crit critical fatal dpanic'],
  [2, KIND.short, 'fata ftl'],
  [3, KIND.plain, 'error err severe failure'],
  [3, KIND.short, 'erro eror'],
  [3, KIND.leading, 'fail'],
  [4, KIND.plain, 'warning warn'],
  [4, KIND.short, 'wrn'],
  [5, KIND.common, 'notice'],
  [6, KIND.plain, 'info information'],
  [6, KIND.short, 'inf'],
  [6, KIND.bracketed, 'note'],
  [6, KIND.colon, 'log'],
  [7, KIND.common, 'debug debug1 debug2 debug3 debug4 debug5 verbose'],
  [7, KIND.short, 'debu dbg vrb'],
  [7, KIND.leading, 'dbug'],
  [8, KIND.common, 'trace trace1 trace2 trace3 trace4 trace5 trace6 trace7 trace8'],
  [8, KIND.short, 'trac trc'],
  [8, KIND.leading, 'trce'],
]

/** What {@link LEVEL_WORDS} finds: the level, above these bits for the kind. */
export const KIND_BITS = 3
export const KIND_MASK = 7

const WORDS = new Map(
  SPELLINGS.flatMap(([level, kind, words]) =>
    words.split(' ').map((word) => [word, (level << KIND_BITS) | kind] as const),
  ),
)

/** Pino's and bunyan's numbers: https://github.com/pinojs/pino/blob/main/docs/api.md#levels */
const PINO: ReadonlyMap<number, number> = new Map([
  [10, 8],
  [20, 7],
  [30, 6],
  [40, 4],
  [50, 3],
  [60, 2],
])

/** Returns the level of a number under a level key: syslog's 0 to 7, or pino's 10 to 60. */
export function numberLevel(value: number): number {
  return value <= 7 ? value : (PINO.get(value) ?? LEVEL_NONE)
}

/** A set of words found in bytes whatever their case; each has a number from 0 on. */
export class ByteWords {
  readonly #slots: { readonly codes: Uint8Array; readonly value: number }[][]
  readonly #longest: number

  constructor(words: ReadonlyMap<string, number>) {
    this.#longest = Math.max(...Array.from(words.keys(), (word) => word.length))
    this.#slots = Array.from({ length: 32 * (this.#longest + 1) }, () => [])
    for (const [word, value] of words) {
      const codes = Uint8Array.from(word, (letter) => letter.charCodeAt(0) | 32)
      this.#slots[this.#slot(codes[0]!, codes.length)]!.push({ codes, value })
    }
  }

  /** Returns the number of the word that is `bytes[start, stop)`, -1 if it is none. */
  find(bytes: Buffer, start: number, stop: number): number {
    const length = stop - start
    if (length < 1 || length > this.#longest) return -1
    const slot = this.#slots[this.#slot(bytes[start]!, length)]!
    for (let at = 0; at < slot.length; at++) {
      const { codes, value } = slot[at]!
      let i = 1
      while (i < length && (bytes[start + i]! | 32) === codes[i]) i++
      if (i === length) return value
    }
    return -1
  }

  // Cases differ in bit 5 alone.
  #slot(letter: number, length: number): number {
    return (letter & 31) * (this.#longest + 1) + length
  }
}

export const LEVEL_WORDS: ByteWords = new ByteWords(WORDS)
/** The first three letters of every word, in lower case. */
export const LEVEL_WORD_HEADS: readonly string[] = Array.from(WORDS.keys(), (word) =>
  word.slice(0, 3),
)
/** Keys of logfmt pairs whose value is a level. */
export const PAIR_KEYS: ByteWords = keys('level lvl severity log.level')
/** Keys of JSON objects whose value is a level: pino, zap, .NET, Python, Google, ECS, journald. */
export const JSON_KEYS: ByteWords = keys(
  'level lvl severity levelname loglevel log_level log.level @l priority severitytext severity_text',
)

function keys(words: string): ByteWords {
  return new ByteWords(new Map(words.split(' ').map((word) => [word, 0] as const)))
}
