// Values of flags: numbers, lists and words, with errors that say what was expected and what came.
import { usageError } from './exit.js'

/** Reads an integer of at least `min`. */
export function parseCount(text: string, flag: string, min: number = 0): number {
  const number = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN
  if (number >= min) return number
  throw usageError(`Expected ${flag} to be an integer from ${min}, got '${text}'`)
}

/** Reads words separated by commas, given once or several times, each one of `words`. */
export function parseWords<T extends string>(
  given: readonly string[],
  flag: string,
  words: readonly T[],
): T[] {
  return splitList(given).map((word) => {
    const known = words.find((one) => one === word)
    if (known !== undefined) return known
    throw usageError(`Expected ${flag} to be one of ${words.join(', ')}, got '${word}'`)
  })
}

/** Splits values at commas; blanks around them do not count. */
export function splitList(given: readonly string[]): string[] {
  return given.flatMap((text) => text.split(',')).map((text) => text.trim())
}

/** Collects the values of a flag that may be given several times. */
export function collect(value: string, before: readonly string[] = []): string[] {
  return [...before, value]
}
