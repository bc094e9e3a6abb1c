// A small reader of TypeScript text: takes comments out and finds imports. It knows strings, templates
// and regular expressions well enough not to mistake them for comments; it is no parser.

/** One import, re-export, dynamic import or require. */
export interface Import {
  readonly specifier: string
  /** True for `import type` and `export type`: nothing of it is left at run time. */
  readonly typeOnly: boolean
  readonly line: number
}

const TOKEN =
  /\/\/[^\n]*|\/\*[\s\S]*?\*\/|'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"|`(?:[^`\\]|\\[\s\S])*`|\/(?![*/])(?:[^/\\\n[]|\\.|\[(?:[^\]\\\n]|\\.)*\])+\//g

/** A slash after one of these begins a regular expression; after anything else it divides. */
const BEFORE_REGEX =
  /(?:^|[=(,:[!&|?{};+\-*%~^<>\n]|\b(?:return|typeof|case|in|of|yield|await))\s*$/

/** The code without its comments; every line keeps its number. */
export function stripComments(code: string): string {
  let result = ''
  let position = 0
  TOKEN.lastIndex = 0
  for (let match = TOKEN.exec(code); match !== null; match = TOKEN.exec(code)) {
    const token = match[0]
    const isComment = token.startsWith('//') || token.startsWith('/*')
    const before = code.slice(Math.max(0, match.index - 40), match.index)
    result += code.slice(position, match.index)
    if (token.startsWith('/') && !isComment && !BEFORE_REGEX.test(before)) {
      // A division: take the slash alone and go on behind it.
      result += '/'
      position = match.index + 1
      TOKEN.lastIndex = position
      continue
    }
    result += isComment ? token.replaceAll(/[^\n]/g, '') : token
    position = match.index + token.length
  }
  return result + code.slice(position)
}

const STATEMENT =
  /^[ \t]*(?:import|export)\s+(type\s+)?(?:(?!\b(?:import|export|const|let|function|class|interface)\b)[\w$*{},\s])*?\bfrom\s*(['"])([^'"\n]+)\2/gm
const SIDE_EFFECT = /^[ \t]*import\s*(['"])([^'"\n]+)\1/gm
const CALL = /\b(?:import|require|require\.resolve|import\.meta\.resolve)\(\s*(['"])([^'"\n]+)\1/g

/** Everything that the code imports, in no special order. */
export function readImports(code: string): Import[] {
  const bare = stripComments(code)
  const imports: Import[] = []
  for (const match of bare.matchAll(STATEMENT)) {
    const typeOnly = match[1] !== undefined
    imports.push({ specifier: match[3] ?? '', typeOnly, line: lineAt(bare, match.index) })
  }
  for (const pattern of [SIDE_EFFECT, CALL]) {
    for (const match of bare.matchAll(pattern)) {
      const line = lineAt(bare, match.index)
      imports.push({ specifier: match[2] ?? '', typeOnly: false, line })
    }
  }
  return imports
}

/** The number of the line that an offset lies in, from 1. */
export function lineAt(text: string, offset: number): number {
  let line = 1
  for (let at = text.indexOf('\n'); at !== -1 && at < offset; at = text.indexOf('\n', at + 1)) {
    line += 1
  }
  return line
}
