// Tests mirror sources: test/<path>.test.ts tests src/<path>.ts. Tests of a whole package's behavior
// live in its test/e2e folder and may have any name.
import { select } from './tree.js'
import type { Finding, Tree } from './tree.js'

/** Tests outside test/e2e that mirror no single file, each with its reason beside it. */
const END_TO_END: readonly string[] = []

/** Finds tests whose source is not where the path says. */
export function checkMirror(tree: Tree, endToEnd: readonly string[] = END_TO_END): Finding[] {
  const findings: Finding[] = []
  for (const [path] of select(tree, /^packages\/[^/]+\/test\/.*\.test\.ts$/)) {
    if (/^packages\/[^/]+\/test\/e2e\//.test(path) || endToEnd.includes(path)) continue
    const source = path.replace('/test/', '/src/').replace(/\.test\.ts$/, '.ts')
    if (tree.has(source)) continue
    findings.push(`${path}:1: Expected ${source}; tests of no single file go to test/e2e`)
  }
  return findings
}
