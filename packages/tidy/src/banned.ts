// Words and things that no file of this repository holds: unfinished work, machine paths, dangerous
// calls, and words on how or by whom a file came to be (that is what the history is for).
import { lineAt, stripComments } from './source-text.js'
import { select } from './tree.js'
import type { Finding, Tree } from './tree.js'

interface BannedRule {
  readonly what: string
  readonly pattern: RegExp
  /** All files when absent. */
  readonly files?: RegExp
  readonly except?: RegExp
  /** True when comments may hold it (an example, a reference). */
  readonly codeOnly?: boolean
}

/** Turned by thirteen letters, so that this list does not find itself. A blank also stands for a hyphen. */
const ORIGIN_WORDS: readonly string[] = [
  'pynhqr',
  'naguebcvp',
  'pungtcg',
  'bcranv',
  'pbcvybg',
  'trzvav',
  'pbqrk',
  'yyz',
  'ynetr ynathntr zbqry',
  'nv trarengrq',
  'nv nffvfgrq',
  'nv nffvfgnag',
  'nv ntrag',
  'pbqvat ntrag',
  'pbqvat nffvfgnag',
  'nhgbabzbhf ntrag',
  'fho ntrag',
  'jevggra ol na ntrag',
  'trarengrq ol na ntrag',
  'pb nhguberq ol',
  'ivor pbqrq',
  'ivor pbqvat',
]

/** Patterns use a bracket around one letter for the same reason. */
const BANNED: readonly BannedRule[] = [
  { what: 'Unfinished work', pattern: /\b(?:FIX[M]E|XX[X]|HAC[K])\b/g },
  {
    what: 'A path of one machine',
    pattern: /(?<![\w.\-~}*])\/(?:work|farm|root|home)\//g,
  },
  { what: 'A registry host', pattern: /registry[.]npmjs/g, except: /^package-lock\.json$/ },
  { what: 'A word on the origin of a file', pattern: originPattern() },
  {
    what: 'Talk to the terminal',
    pattern: /\bconsole\.log\b/g,
    files: /^packages\/[^/]+\/src\//,
    except: /^packages\/cli\//,
    codeOnly: true,
  },
  { what: 'Raw HTML', pattern: /\binner[H]TML\b/g, files: /\.(?:[cm]?[jt]s|html)$/ },
  {
    what: 'Randomness without a seed',
    pattern: /\bMath\.random[(]/g,
    files: /^packages\/[^/]+\/src\//,
    codeOnly: true,
  },
]

/** Finds banned words and things, sources without a head comment, and foreign hosts in the lock file. */
export function checkBanned(tree: Tree): Finding[] {
  return [
    ...BANNED.flatMap((rule) => checkRule(tree, rule)),
    ...checkHeads(tree),
    ...checkLock(tree),
  ]
}

function checkRule(tree: Tree, { what, pattern, files, except, codeOnly }: BannedRule): Finding[] {
  const findings: Finding[] = []
  for (const [path, text] of tree) {
    if (files?.test(path) === false || except?.test(path) === true) continue
    const searched = codeOnly === true ? stripComments(text) : text
    for (const match of searched.matchAll(pattern)) {
      findings.push(`${path}:${lineAt(searched, match.index)}: ${what}: '${match[0]}'`)
    }
  }
  return findings
}

/** The first line of a source is a comment that says what the file holds (the second, below a `#!`). */
function checkHeads(tree: Tree): Finding[] {
  const sources = /^packages\/[^/]+\/src\/.*\.[cm]?ts$|^bench\/.*\.[cm]?js$/
  const findings: Finding[] = []
  for (const [path, text] of select(tree, sources)) {
    const first = text.replace(/^#![^\n]*\n/, '').trimStart()
    if (/^(?:\/\/ ?\S|\/\*\*?\s)/.test(first)) continue
    findings.push(`${path}:1: Expected a head comment that says what the file holds`)
  }
  return findings
}

/** Packages come from the default registry or from this repository. */
function checkLock(tree: Tree): Finding[] {
  const path = 'package-lock.json'
  const text = tree.get(path) ?? ''
  const findings: Finding[] = []
  for (const match of text.matchAll(/"resolved": "([^"]*)"/g)) {
    const from = match[1] ?? ''
    if (/^packages\/[\w-]+$|^https:\/\/registry[.]npmjs[.]org\//.test(from)) continue
    findings.push(`${path}:${lineAt(text, match.index)}: '${from}' is no usual place`)
  }
  return findings
}

function originPattern(): RegExp {
  const words = ORIGIN_WORDS.map((word) => turn(word).replaceAll(' ', '[- ]?'))
  return new RegExp(`\\b(?:${words.join('|')})s?\\b`, 'gi')
}

/** Turns each letter by thirteen; doing it twice gives the word back. */
export function turn(word: string): string {
  return word.replaceAll(/[a-z]/g, (letter) =>
    String.fromCharCode(((letter.charCodeAt(0) - 97 + 13) % 26) + 97),
  )
}
