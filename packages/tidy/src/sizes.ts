// How long a file may be, and what an index may hold.
import { lineAt, stripComments } from './source-text.js'
import { select } from './tree.js'
import type { Finding, Tree } from './tree.js'

interface SizeRule {
  readonly what: string
  readonly files: RegExp
  readonly except?: RegExp
  readonly linesMax: number
}

/** Comments count: a file that needs more is two files. */
const SIZES: readonly SizeRule[] = [
  {
    what: 'A source file',
    files: /^packages\/[^/]+\/src\/.*\.\w*ts$|^bench\/.*\.m?js$/,
    // Nobody reads or edits what is written by a program.
    except: /\/src\/generated\//,
    linesMax: 400,
  },
  { what: 'A test file', files: /^packages\/[^/]+\/test\/.*\.\w*[tj]s$/, linesMax: 800 },
  { what: 'A page', files: /\.md$/, except: /^docs\/reference\/|^CHANGELOG/, linesMax: 700 },
]

/** Finds files that are too long, and `export *`. */
export function checkSizes(tree: Tree): Finding[] {
  return [...checkLines(tree), ...checkIndexes(tree)]
}

function checkLines(tree: Tree): Finding[] {
  const findings: Finding[] = []
  for (const { what, files, except, linesMax } of SIZES) {
    for (const [path, text] of select(tree, files)) {
      if (except?.test(path) === true) continue
      const lines = text.split('\n').length - (text.endsWith('\n') ? 1 : 0)
      if (lines <= linesMax) continue
      findings.push(`${path}:${linesMax + 1}: ${what} has at most ${linesMax} lines, got ${lines}`)
    }
  }
  return findings
}

/** Named exports only, and one index a package: its public face. */
function checkIndexes(tree: Tree): Finding[] {
  const findings: Finding[] = []
  for (const [path, text] of select(tree, /^packages\/[^/]+\/src\/.*\.\w*ts$/)) {
    const bare = stripComments(text)
    for (const match of bare.matchAll(/^\s*export\s+(?:type\s+)?\*/gm)) {
      const at = lineAt(bare, match.index + match[0].length)
      findings.push(`${path}:${at}: Expected named exports, got \`export *\``)
    }
    if (/^packages\/[^/]+\/src\/.+\/index\.ts$/.test(path)) {
      findings.push(`${path}:1: Only src/index.ts gathers exports; import the file itself`)
    }
    if (path.endsWith('/src/index.ts') && /^\s*export\s+default\b/m.test(bare)) {
      findings.push(`${path}:1: Expected named exports, got a default export`)
    }
  }
  return findings
}
