// Finding the lines of one block whose text matches. A block of ASCII, as nearly all are, is turned into
// one string and folded once; a line is then a slice of it, which costs nothing. Other blocks are decoded
// line by line.
import { isAscii } from 'node:buffer'
import type { BlockRows } from '../store/block-rows.js'
import { trigramsOf } from '../store/signature.js'
import { compileContains, compileRegex } from './pattern.js'
import type { LineTest } from './pattern.js'
import { requiredLiterals } from './required-literals.js'

export class TextSearch {
  /** What a block's signature must hold for a line of it to match. */
  readonly trigrams: Int32Array
  readonly #tests: readonly LineTest[]

  /** @throws {SyntaxError} If the regular expression is refused. */
  constructor(contains: string | null, regex: string | null) {
    this.#tests = [
      ...(contains === null ? [] : [compileContains(contains)]),
      ...(regex === null ? [] : [compileRegex(regex)]),
    ]
    this.trigrams = trigramsOf([
      ...(contains === null ? [] : [contains]),
      ...(regex === null ? [] : requiredLiterals(regex)),
    ])
  }

  /** Returns those of the lines (ascending) that match. The block's text must be unpacked. */
  select(rows: BlockRows, lines: readonly number[]): readonly number[] {
    if (!isAscii(rows.text)) return this.#selectDecoded(rows, lines)
    const { textStart } = rows
    const whole = rows.text.toString('latin1')
    const folded = this.#tests.some(({ folds }) => folds) ? whole.toLowerCase() : whole
    let selected = lines
    for (const { folds, literal, matches } of this.#tests) {
      const text = folds ? folded : whole
      if (literal !== '') selected = linesWith(text, literal, textStart, selected)
      if (matches === null) continue
      selected = selected.filter((i) => matches(text.slice(textStart[i]!, textStart[i + 1]! - 1)))
    }
    return selected
  }

  #selectDecoded({ text, textStart }: BlockRows, lines: readonly number[]): number[] {
    return lines.filter((i) => {
      const line = text.toString('utf8', textStart[i]!, textStart[i + 1]! - 1)
      const folded = this.#tests.some(({ folds }) => folds) ? line.toLowerCase() : line
      return this.#tests.every(({ folds, literal, matches }) => {
        const shown = folds ? folded : line
        return shown.includes(literal) && (matches === null || matches(shown))
      })
    })
  }
}

// Goes from hit to hit; a hit that reaches over a line's end is none.
function linesWith(
  text: string,
  needle: string,
  textStart: Float64Array,
  lines: readonly number[],
): number[] {
  const found: number[] = []
  let hit = text.indexOf(needle)
  for (const i of lines) {
    if (hit < 0) break
    const start = textStart[i]!
    if (hit < start) hit = text.indexOf(needle, start)
    if (hit >= 0 && hit + needle.length < textStart[i + 1]!) found.push(i)
  }
  return found
}
