// A regular expression as a tree. The parser is loaded with the first one: it costs 5 ms, which nobody
// pays who searches for plain text or follows.
import { createRequire } from 'node:module'
import type { AST, RegExpParser } from '@eslint-community/regexpp'

let parser: RegExpParser | undefined

/**
 * Parses a pattern without flags.
 *
 * @throws {SyntaxError} If it is none, or uses what a search may not use: back-references, look-around,
 * `\\p{...}`, `\\u{...}`, modifiers.
 */
export function parseRegex(source: string): AST.Pattern {
  // The engine has the first word: its messages are the ones that people know.
  RegExp(source)
  parser ??= loadParser()
  const pattern = parser.parsePattern(source, 0, source.length, {
    unicode: false,
    unicodeSets: false,
  })
  refuse(pattern)
  return pattern
}

function loadParser(): RegExpParser {
  const require = createRequire(import.meta.url)
  const regexpp = require('@eslint-community/regexpp') as {
    readonly RegExpParser: new (options: RegExpParser.Options) => RegExpParser
  }
  return new regexpp.RegExpParser({ ecmaVersion: 2024 })
}

function refuse(node: AST.Node): void {
  if (isRefused(node)) {
    throw new SyntaxError(
      `Expected a regular expression without back-references, look-around and \\p{...}, got ${JSON.stringify(node.raw)}`,
    )
  }
  for (const child of childrenOf(node)) refuse(child)
}

function isRefused(node: AST.Node): boolean {
  if (node.type === 'Backreference') return true
  if (node.type === 'Assertion') return node.kind === 'lookahead' || node.kind === 'lookbehind'
  // Without a flag these mean the bare letter or a control character, which nobody who writes them means.
  return node.type === 'Character' && /^\\(?:[pPuk]$|[1-9])/.test(node.raw)
}

/** Returns what a node of the tree is made of. */
export function childrenOf(node: AST.Node): readonly AST.Node[] {
  switch (node.type) {
    case 'Pattern':
    case 'Group':
    case 'CapturingGroup':
      return node.alternatives
    case 'Alternative':
    case 'CharacterClass':
      return node.elements
    case 'CharacterClassRange':
      return [node.min, node.max]
    case 'Quantifier':
      return [node.element]
    default:
      return []
  }
}

/** True if the pattern names an upper-case letter: smart case is exact then. */
export function namesUpperCase(node: AST.Node): boolean {
  if (node.type === 'Character') {
    const char = String.fromCodePoint(node.value)
    return char !== char.toLowerCase()
  }
  return childrenOf(node).some(namesUpperCase)
}
