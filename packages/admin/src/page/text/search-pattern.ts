// What is searched for, as a test that runs in the page: to mark hits in the lines that are shown. Which
// lines match is decided by hero_proc; a pattern that this page reads otherwise is only not marked.

export interface SearchText {
  readonly text: string
  readonly isRegex: boolean
}

/** Hits of one line are looked for up to here: a hostile pattern must not hold the page up. */
const MARKED_CHARACTERS_MAX = 4_000
const HITS_MAX = 200

/** A stretch of a line, end excluded. */
export type Range = readonly [start: number, end: number]

/** Finds hits in lines; undefined if there is nothing to look for or the pattern is none. */
export function hitFinder({ text, isRegex }: SearchText): ((line: string) => Range[]) | undefined {
  if (text === '') return undefined
  // As hero_proc has it: case counts if there is an upper-case letter.
  const flags = /\p{Lu}/u.test(text) ? 'g' : 'gi'
  let pattern: RegExp
  try {
    pattern = new RegExp(isRegex ? text : text.replaceAll(/[$()*+.?[\\\]^{|}]/g, '\\$&'), flags)
  } catch {
    return undefined
  }
  return (line) => {
    const hits: Range[] = []
    for (const { 0: hit, index } of line.slice(0, MARKED_CHARACTERS_MAX).matchAll(pattern)) {
      if (hit !== '') hits.push([index, index + hit.length])
      if (hits.length === HITS_MAX) break
    }
    return hits
  }
}
