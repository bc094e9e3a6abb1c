// Package manifests: fields that must agree, and exports that must point at files.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { packageNames, readJson, ROOT } from './tree.js'
import type { Finding, Tree } from './tree.js'

type Manifest = Record<string, unknown>

/** Fields that every package that is built must have, word for word. */
const FIXED: Readonly<Record<string, unknown>> = {
  private: true,
  license: 'MIT',
  sideEffects: false,
}

/** Finds manifests that disagree, and exports without a source file (or without an output, once built). */
export function checkManifests(
  tree: Tree,
  exists: (path: string) => boolean = (path) => existsSync(join(ROOT, path)),
): Finding[] {
  const findings: Finding[] = []
  const root = readJson(tree, 'package.json')
  const names = packageNames(tree)
  const versions = new Map(
    names.map((name) => [
      `@hero/${name}`,
      readJson(tree, `packages/${name}/package.json`)['version'],
    ]),
  )
  for (const name of names) {
    const path = `packages/${name}/package.json`
    const manifest = readJson(tree, path)
    const wrong = [...checkFields(name, manifest, root), ...checkVersions(manifest, versions)]
    // A package without compiler settings is not built and has nothing to export.
    if (tree.has(`packages/${name}/tsconfig.json`)) {
      wrong.push(...checkFixed(manifest), ...checkTargets(tree, name, manifest, exists))
    }
    findings.push(...wrong.map((one) => `${path}:1: ${one}`))
  }
  return findings
}

function checkFields(name: string, manifest: Manifest, root: Manifest): string[] {
  const expected: Manifest = { name: `@hero/${name}`, type: 'module', engines: root['engines'] }
  const wrong = differences(manifest, expected)
  if (typeof manifest['description'] !== 'string') wrong.push('Expected a description, got none')
  return wrong
}

function checkFixed(manifest: Manifest): string[] {
  const hasBinFolder = JSON.stringify(manifest['bin'] ?? null).includes('bin/')
  const files = hasBinFolder ? ['bin', 'dist', 'src'] : ['dist', 'src']
  const wrong = differences(manifest, { ...FIXED, files })
  const exported = (manifest['exports'] ?? {}) as Record<string, unknown>
  if (exported['./package.json'] !== './package.json') {
    wrong.push("Expected './package.json' among the exports")
  }
  return wrong
}

/** Packages of one repository move together: one version, and dependencies that name it. */
function checkVersions(manifest: Manifest, versions: ReadonlyMap<string, unknown>): string[] {
  const wrong: string[] = []
  for (const field of ['dependencies', 'devDependencies']) {
    for (const [name, wanted] of Object.entries((manifest[field] ?? {}) as Manifest)) {
      const version = versions.get(name)
      if (!name.startsWith('@hero/') || version === wanted) continue
      wrong.push(`Expected '${name}' at ${String(version)}, got ${String(wanted)}`)
    }
  }
  return wrong
}

/**
 * Each file in `exports` and `bin` has a source, and exists when the package has been built. A command
 * may also be a file in ./bin that is checked in: npm links only what is there at installation.
 */
function checkTargets(
  tree: Tree,
  name: string,
  manifest: Manifest,
  exists: (path: string) => boolean,
): string[] {
  const wrong: string[] = []
  const built = exists(`packages/${name}/dist/.tsbuildinfo`)
  for (const target of targets(manifest)) {
    const clean = target.replace(/^\.\//, '')
    if (clean === 'package.json' || isCheckedIn(tree, name, clean)) continue
    const source = /^dist\/(.+?)(?:\.d)?\.[jt]s$/.exec(clean)?.[1]
    if (source === undefined)
      wrong.push(`Expected a file in ./dist or one that exists in ./bin, got '${target}'`)
    else if (!tree.has(`packages/${name}/src/${source}.ts`)) {
      wrong.push(`'${target}' has no source: src/${source}.ts is missing`)
    } else if (built && !exists(`packages/${name}/${clean}`)) {
      wrong.push(`'${target}' does not exist after the build`)
    }
  }
  return wrong
}

function isCheckedIn(tree: Tree, name: string, path: string): boolean {
  return path.startsWith('bin/') && tree.has(`packages/${name}/${path}`)
}

/** Every path that `exports` and `bin` name, at any depth. */
function targets(manifest: Manifest): string[] {
  const found: string[] = []
  const visit = (value: unknown): void => {
    if (typeof value === 'string') found.push(value)
    else if (typeof value === 'object' && value !== null) Object.values(value).forEach(visit)
  }
  visit(manifest['exports'])
  visit(manifest['bin'])
  return found
}

function differences(manifest: Manifest, expected: Manifest): string[] {
  const wrong: string[] = []
  for (const [field, value] of Object.entries(expected)) {
    const got = JSON.stringify(manifest[field])
    if (got !== JSON.stringify(value)) {
      wrong.push(`Expected "${field}": ${JSON.stringify(value)}, got ${got ?? 'none'}`)
    }
  }
  return wrong
}
