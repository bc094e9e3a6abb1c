// The repository as a map from path to text: every file that git tracks or would track. Rules read this
// map and nothing else, so that their tests can hand them a made-up tree with one thing wrong in it.
import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** Files by their path from the repository root, with `/` between folders; only text is read. */
export type Tree = ReadonlyMap<string, string>

/** What a rule has against a file: `path:line: what is expected and what is there`. */
export type Finding = string

/** A larger file is data, not text that somebody wrote. */
const FILE_BYTES_MAX = 2_000_000

const SKIPPED_FOLDERS = new Set(['node_modules', 'dist', '.git', 'coverage', 'results'])

/** The repository root, with a closing slash. */
export const ROOT: string = fileURLToPath(new URL('../../../', import.meta.url))

/** Reads the whole repository. */
export function readTree(root: string = ROOT): Tree {
  const tree = new Map<string, string>()
  for (const path of listFiles(root)) {
    const text = readText(join(root, path))
    if (text !== undefined) tree.set(path, text)
  }
  return tree
}

/** A tree for a test of a rule. */
export function createTree(files: Readonly<Record<string, string>>): Tree {
  return new Map(Object.entries(files))
}

/** The files of a tree whose path matches, in order. */
export function select(tree: Tree, pattern: RegExp): [path: string, text: string][] {
  return [...tree].filter(([path]) => pattern.test(path))
}

/** The package folder that a path lies in, or undefined. */
export function packageOf(path: string): string | undefined {
  return /^packages\/([^/]+)\//.exec(path)?.[1]
}

/** Package folders that have a manifest, in order. */
export function packageNames(tree: Tree): string[] {
  return select(tree, /^packages\/[^/]+\/package\.json$/)
    .map(([path]) => path.split('/')[1] ?? '')
    .toSorted()
}

/** A JSON file of the tree as an object; empty when it is not there. */
export function readJson(tree: Tree, path: string): Record<string, unknown> {
  const text = tree.get(path)
  return text === undefined ? {} : (JSON.parse(text) as Record<string, unknown>)
}

/** Asks git, and walks the folders where there is no git (a tarball). */
function listFiles(root: string): string[] {
  const args = ['ls-files', '--cached', '--others', '--exclude-standard', '-z']
  try {
    const output = execFileSync('git', args, { cwd: root, encoding: 'utf8', stdio: 'pipe' })
    return [...new Set(output.split('\0'))].filter((path) => path !== '').toSorted()
  } catch {
    return [...walk(root, '')].toSorted()
  }
}

function* walk(root: string, folder: string): Generator<string> {
  for (const item of readdirSync(join(root, folder), { withFileTypes: true })) {
    const path = folder === '' ? item.name : `${folder}/${item.name}`
    if (item.isFile()) yield path
    else if (item.isDirectory() && !SKIPPED_FOLDERS.has(item.name)) yield* walk(root, path)
  }
}

/** The text of a file: none of one that is large or binary, undefined when it is gone. */
function readText(path: string): string | undefined {
  const status = statSync(path, { throwIfNoEntry: false })
  if (status === undefined || !status.isFile()) return undefined
  if (status.size > FILE_BYTES_MAX) return ''
  const text = readFileSync(path, 'utf8')
  return text.includes('\0') ? '' : text
}
