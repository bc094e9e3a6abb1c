// The page of environment variables: a heading for each variable that the sources read, and no other.
import { stripComments } from './source-text.js'
import { select } from './tree.js'
import type { Finding, Tree } from './tree.js'

const PAGE = 'docs/reference/environment.md'

/** Finds variables without a heading, and headings without a variable. */
export function checkEnvironment(tree: Tree): Finding[] {
  const headings = [...(tree.get(PAGE) ?? '').matchAll(/^## (\w+)$/gm)].map(([, name = '']) => name)
  const read = variables(tree)
  const missing = [...read].filter(([name]) => !headings.includes(name))
  const stray = headings.filter((name) => !read.has(name))
  return [
    ...missing.map(([name, path]) => `${path}:1: Expected a heading ${name} in ${PAGE}`),
    ...stray.map((name) => `${PAGE}:1: No source reads ${name}`),
  ]
}

/**
 * Our own variables, each with a file that reads it: by name, or as `HERO_PROC_` and the name of an option
 * in a table. Those of the system are described elsewhere.
 */
function variables(tree: Tree): Map<string, string> {
  const found = new Map<string, string>()
  for (const [path, text] of select(tree, /^packages\/(?!tidy\/)[^/]+\/src\/.*\.ts$/)) {
    for (const match of stripComments(text).matchAll(/\benv(?:\.|\[')(HERO_\w+)/g)) {
      found.set(match[1] ?? '', path)
    }
    if (!text.includes('`HERO_PROC_${name.toUpperCase()}`')) continue
    for (const match of text.matchAll(/^ {2}(\w+): \{ key: /gm)) {
      found.set(`HERO_PROC_${(match[1] ?? '').toUpperCase()}`, path)
    }
  }
  return found
}
