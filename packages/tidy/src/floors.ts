// The floors of the house: which package may import which, which library enters where, and in which
// folders sockets, child processes and SQL are at home. docs/architecture.md draws the same table.
import { posix } from 'node:path'
import { builtinModules } from 'node:module'
import { lineAt, readImports, stripComments } from './source-text.js'
import type { Import } from './source-text.js'
import { packageNames, packageOf, readJson, select } from './tree.js'
import type { Finding, Tree } from './tree.js'

/** Package by package, whom it may import. `types` lets `import type` through and nothing else. */
export const FLOORS: Readonly<Record<string, Readonly<Record<string, 'all' | 'types'>>>> = {
  logs: {},
  capture: { logs: 'types' },
  rpc: {},
  proc: { rpc: 'all', capture: 'all' },
  'proc-logs': { proc: 'all', logs: 'all', capture: 'all', rpc: 'all' },
  sysmon: { proc: 'all', logs: 'types' },
  sdk: { rpc: 'all' },
  admin: { sdk: 'all', rpc: 'all' },
  cli: {
    admin: 'all',
    sysmon: 'all',
    sdk: 'all',
    rpc: 'all',
    logs: 'all',
    proc: 'all',
    'proc-logs': 'all',
  },
  tidy: {},
}

/** Paths (a file, or a folder with a closing slash) in which a library or a part of Node may be imported. */
const ROOMS: Readonly<Record<string, readonly string[]>> = {
  'better-sqlite3': ['packages/logs/src/store/database.ts'],
  koffi: ['packages/capture/src/libc.ts'],
  chokidar: ['packages/capture/src/file-tail.ts'],
  'smol-toml': ['packages/proc/src/config-file.ts'],
  '@eslint-community/regexpp': ['packages/logs/src/read/'],
  'p-queue': ['packages/logs/', 'packages/proc/'],
  'json-rpc-2.0': ['packages/rpc/'],
  ws: ['packages/rpc/'],
  typebox: ['packages/rpc/', 'packages/proc/', 'packages/proc-logs/'],
  '@sinclair/typebox': ['packages/rpc/', 'packages/proc/', 'packages/proc-logs/'],
  commander: ['packages/cli/'],
  lit: ['packages/admin/'],
  uplot: ['packages/admin/'],
  vite: ['packages/admin/'],
  'node:child_process': ['packages/capture/', 'packages/proc/', 'packages/cli/', 'packages/tidy/'],
  'node:net': ['packages/rpc/', 'packages/capture/'],
  'node:http': ['packages/rpc/'],
  'node:https': ['packages/rpc/'],
  'node:http2': ['packages/rpc/'],
  'node:tls': ['packages/rpc/'],
  'node:dgram': [],
  'node:cluster': [],
}

const SQL_ROOMS = ['packages/logs/src/store/', 'packages/logs/src/read/', 'packages/tidy/']
const SQL =
  /\bSELECT\s[^;]*?\sFROM\b|\bINSERT\s+(?:OR\s+\w+\s+)?INTO\b|\bDELETE\s+FROM\b|\bCREATE\s+(?:TABLE|INDEX)\b/g

/** Finds imports that go up, sideways or around, and code that is in the wrong room. */
export function checkFloors(tree: Tree): Finding[] {
  return [...checkImports(tree), ...checkManifests(tree), ...checkSql(tree)]
}

function checkImports(tree: Tree): Finding[] {
  const findings: Finding[] = []
  for (const [path, text] of select(tree, /^packages\/[^/]+\/(?:src|test)\/.*\.[cm]?ts$/)) {
    for (const one of readImports(text)) {
      const wrong = judgeImport(tree, path, one)
      if (wrong !== undefined) findings.push(`${path}:${one.line}: ${wrong}`)
    }
  }
  return findings
}

/** What is wrong with one import, or undefined. Tests only have to keep out of other packages' files. */
function judgeImport(tree: Tree, path: string, one: Import): string | undefined {
  const { specifier } = one
  const home = packageOf(path) ?? ''
  if (specifier.startsWith('.')) return judgeRelative(path, home, specifier)
  if (!path.startsWith(`packages/${home}/src/`)) return undefined
  const sibling = /^@hero\/([^/]+)/.exec(specifier)?.[1]
  if (sibling !== undefined) return judgeSibling(tree, home, sibling, one)
  if (builtinModules.includes(specifier)) return `Expected 'node:${specifier}', got '${specifier}'`
  return judgeLibrary(tree, path, home, specifier)
}

function judgeRelative(path: string, home: string, specifier: string): string | undefined {
  const target = posix.join(posix.dirname(path), specifier)
  if (target.startsWith(`packages/${home}/`)) return undefined
  return `Expected a path inside packages/${home}, got '${specifier}': use the package's name`
}

function judgeSibling(tree: Tree, home: string, sibling: string, one: Import): string | undefined {
  const allowed = FLOORS[home]?.[sibling]
  if (allowed === undefined) return `'${home}' may not import '${sibling}'`
  if (allowed === 'types' && !one.typeOnly) {
    return `'${home}' may only \`import type\` from '${sibling}'`
  }
  if (!dependencies(tree, home).includes(sibling)) {
    return `'@hero/${sibling}' is missing in the dependencies of packages/${home}/package.json`
  }
  if (!references(tree, home).includes(sibling)) {
    return `'../${sibling}' is missing in the references of packages/${home}/tsconfig.json`
  }
  return undefined
}

function judgeLibrary(
  tree: Tree,
  path: string,
  home: string,
  specifier: string,
): string | undefined {
  const parts = specifier.split('/')
  const name = parts.slice(0, specifier.startsWith('@') ? 2 : 1).join('/')
  const rooms = ROOMS[specifier] ?? ROOMS[name]
  if (rooms === undefined) {
    return specifier.startsWith('node:')
      ? undefined
      : `'${name}' is not in the table of libraries (packages/tidy/src/floors.ts)`
  }
  if (!rooms.some((room) => isIn(path, room))) {
    return `'${name}' may only be imported in ${rooms.join(', ') || 'no package'}`
  }
  if (specifier.startsWith('node:') || name in manifestDependencies(tree, home)) return undefined
  return `'${name}' is missing in the dependencies of packages/${home}/package.json`
}

/** Each package's dependencies and references must agree with each other and with the table. */
function checkManifests(tree: Tree): Finding[] {
  const findings: Finding[] = []
  for (const name of packageNames(tree)) {
    const floor = FLOORS[name]
    const manifest = `packages/${name}/package.json`
    if (floor === undefined) {
      findings.push(`${manifest}:1: '${name}' has no floor in packages/tidy/src/floors.ts`)
      continue
    }
    const declared = dependencies(tree, name)
    for (const one of declared) {
      if (!(one in floor)) findings.push(`${manifest}:1: '${name}' may not depend on '${one}'`)
    }
    const config = `packages/${name}/tsconfig.json`
    if (!tree.has(config)) continue
    const referenced = references(tree, name)
    if (declared.join() !== referenced.join()) {
      const got = `[${referenced.join(', ')}]`
      findings.push(`${config}:1: Expected references [${declared.join(', ')}], got ${got}`)
    }
    if (!references(tree, undefined).includes(name)) {
      findings.push(`tsconfig.json:1: 'packages/${name}' is missing in the references`)
    }
  }
  return findings
}

function checkSql(tree: Tree): Finding[] {
  const findings: Finding[] = []
  for (const [path, text] of select(tree, /^packages\/[^/]+\/src\/.*\.[cm]?ts$/)) {
    if (SQL_ROOMS.some((room) => isIn(path, room))) continue
    const bare = stripComments(text)
    for (const match of bare.matchAll(SQL)) {
      const at = lineAt(bare, match.index)
      findings.push(`${path}:${at}: SQL is only at home in packages/logs/src/store and read`)
    }
  }
  return findings
}

function isIn(path: string, room: string): boolean {
  return room.endsWith('/') ? path.startsWith(room) : path === room
}

function manifestDependencies(tree: Tree, name: string): Record<string, string> {
  const manifest = readJson(tree, `packages/${name}/package.json`)
  return (manifest['dependencies'] ?? {}) as Record<string, string>
}

/** The packages of this repository that a package depends on, sorted. */
function dependencies(tree: Tree, name: string): string[] {
  return Object.keys(manifestDependencies(tree, name))
    .filter((one) => one.startsWith('@hero/'))
    .map((one) => one.slice('@hero/'.length))
    .toSorted()
}

/** The packages that a package's compiler settings refer to, sorted; the root's without a name. */
function references(tree: Tree, name: string | undefined): string[] {
  const path = name === undefined ? 'tsconfig.json' : `packages/${name}/tsconfig.json`
  const listed = (readJson(tree, path)['references'] ?? []) as { path: string }[]
  return listed.map((one) => posix.basename(one.path)).toSorted()
}
