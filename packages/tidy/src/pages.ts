// Documentation that holds: links lead somewhere, commands exist, decisions are complete.
import { posix } from 'node:path'
import { lineAt } from './source-text.js'
import { readJson, select } from './tree.js'
import type { Finding, Tree } from './tree.js'

const DECISION_SECTIONS = ['Status', 'Context', 'Options', 'Evidence', 'Consequences']

/** Finds dead links, commands that are no scripts, unfinished decisions and a missing heading. */
export function checkPages(tree: Tree): Finding[] {
  return [
    ...checkLinks(tree),
    ...checkCommands(tree),
    ...checkDecisions(tree),
    ...checkChangelog(tree),
  ]
}

function checkLinks(tree: Tree): Finding[] {
  const findings: Finding[] = []
  const folders = foldersOf(tree)
  for (const [path, text] of select(tree, /\.md$/)) {
    const prose = withoutCode(text)
    for (const match of prose.matchAll(
      /\]\(\s*<?([^)\s>]+)>?(?:\s+"[^"]*")?\s*\)|^\[[^\]]+\]:\s*(\S+)/gm,
    )) {
      const target = match[1] ?? match[2] ?? ''
      if (/^[a-z][a-z0-9+.-]*:/i.test(target)) continue
      const wrong = judgeLink(tree, folders, path, target)
      if (wrong !== undefined) findings.push(`${path}:${lineAt(prose, match.index)}: ${wrong}`)
    }
  }
  return findings
}

function judgeLink(
  tree: Tree,
  folders: ReadonlySet<string>,
  path: string,
  target: string,
): string | undefined {
  const [file = '', anchor] = decodeURI(target).split('#')
  if (file.startsWith('/')) return `Expected a relative link, got '${target}'`
  const resolved = file === '' ? path : posix.join(posix.dirname(path), file).replace(/\/$/, '')
  if (!tree.has(resolved) && !folders.has(resolved)) return `'${target}' leads nowhere`
  const page = tree.get(resolved)
  if (anchor === undefined || page === undefined || !resolved.endsWith('.md')) return undefined
  return headings(page).includes(anchor) ? undefined : `'${target}' names no heading`
}

/** Every `npm run NAME` on a page is a script of the root manifest. */
function checkCommands(tree: Tree): Finding[] {
  const findings: Finding[] = []
  const scripts = (readJson(tree, 'package.json')['scripts'] ?? {}) as Record<string, string>
  for (const [path, text] of select(tree, /\.md$/)) {
    for (const match of text.matchAll(/\bnpm run (?:-s |--silent )?([\w:-]+)/g)) {
      const name = match[1] ?? ''
      if (name in scripts) continue
      findings.push(`${path}:${lineAt(text, match.index)}: 'npm run ${name}' is no script`)
    }
  }
  return findings
}

function checkDecisions(tree: Tree): Finding[] {
  const findings: Finding[] = []
  for (const [path, text] of select(tree, /^docs\/decisions\/.*\.md$/)) {
    if (path.endsWith('/README.md')) continue
    if (!/^docs\/decisions\/\d{4}-[a-z0-9-]+\.md$/.test(path)) {
      findings.push(`${path}:1: Expected a name like 0001-what-was-decided.md`)
    }
    for (const section of DECISION_SECTIONS) {
      if (new RegExp(`^#{2,3} ${section}\\b`, 'm').test(text)) continue
      findings.push(`${path}:1: The heading '${section}' is missing`)
    }
  }
  return findings
}

function checkChangelog(tree: Tree): Finding[] {
  const text = tree.get('CHANGELOG.md')
  if (text === undefined) return ['CHANGELOG.md:1: The file is missing']
  return /^## \[?Unreleased\b/m.test(text)
    ? []
    : ["CHANGELOG.md:1: The heading 'Unreleased' is missing"]
}

/** Blanks out code, in which brackets are no links; lines keep their numbers. */
function withoutCode(text: string): string {
  const blank = (code: string): string => code.replaceAll(/[^\n]/g, ' ')
  return text.replaceAll(/^(```+|~~~+)[\s\S]*?^\1/gm, blank).replaceAll(/`[^`\n]+`/g, blank)
}

/** The anchors of a page's headings, as the usual viewers make them. */
function headings(text: string): string[] {
  return [...withoutFences(text).matchAll(/^#{1,6} +(.+?) *#*$/gm)].map((match) =>
    (match[1] ?? '')
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
      .replaceAll(/\s/g, '-'),
  )
}

function withoutFences(text: string): string {
  return text.replaceAll(/^(```+|~~~+)[\s\S]*?^\1/gm, '')
}

function foldersOf(tree: Tree): Set<string> {
  const folders = new Set<string>(['.'])
  for (const path of tree.keys()) {
    for (let folder = posix.dirname(path); folder !== '.'; folder = posix.dirname(folder)) {
      folders.add(folder)
    }
  }
  return folders
}
