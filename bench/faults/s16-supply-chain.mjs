// S16: what is installed: which packages may run scripts, whether the registry signed them, what is known
// against them, and under which licenses they are. Needs the registry.
import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { runProgram } from './by-command.mjs'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
/** The only packages with a script of their own, and only the first may run it. */
const SCRIPTS = ['better-sqlite3', 'koffi']
const LICENSES =
  /^(MIT|ISC|Apache-2\.0|BSD-[23]-Clause|0BSD|BlueOak-1\.0\.0|MPL-2\.0|CC0-1\.0|Python-2\.0|Unlicense)$/
const WS_MIN = '8.21.0'

export const supplyChain = {
  id: 'S16',
  what: 'npm ci --ignore-scripts, allowed scripts, npm audit and its signatures, licenses',
  bound:
    'two packages with scripts, 0 high advisories, signatures good, known licenses, ws >= 8.21.0',
  async run() {
    const failures = []
    const lock = JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8'))
    const packages = Object.entries(lock.packages)
      .filter(([path]) => path.startsWith('node_modules/'))
      .map(([path, more]) => ({ name: path.split('node_modules/').at(-1), ...more }))
    const scripted = packages
      .filter(({ hasInstallScript }) => hasInstallScript)
      .map(({ name }) => name)
    const unknown = scripted.filter((name) => !SCRIPTS.includes(name))
    if (unknown.length > 0) failures.push(`install scripts of ${unknown.join(', ')}`)
    const odd = packages.filter(({ license, link }) => !link && !isKnown(license))
    for (const { name, license } of odd) failures.push(`${name} is under ${license}`)
    const old = packages.filter(({ name, version }) => name === 'ws' && isOlder(version, WS_MIN))
    if (old.length > 0) failures.push(`ws ${old[0].version}`)
    const signatures = await install(failures)
    const figure = `${packages.length} packages, scripts of ${scripted.join(', ')}; ${signatures}`
    return { figure, failures }
  },
}

async function install(failures) {
  const folder = mkdtempSync(join(tmpdir(), 'hero-fault-'))
  try {
    for (const name of ['package.json', 'package-lock.json', '.npmrc', 'packages']) {
      cpSync(join(ROOT, name), join(folder, name), { recursive: true, filter: isSource })
    }
    const npm = (...args) => runProgram('npm', args, {}, folder)
    const installed = await npm('ci', '--ignore-scripts', '--no-audit', '--no-fund')
    if (installed.code !== 0) failures.push(`npm ci: ${installed.said.slice(-500)}`)
    const audit = await npm('audit', '--audit-level=high')
    if (audit.code !== 0) failures.push(`npm audit: ${audit.said.slice(-500)}`)
    const signed = await npm('audit', 'signatures')
    if (signed.code !== 0) failures.push(`npm audit signatures: ${signed.said.slice(-500)}`)
    return signed.said
      .split('\n')
      .filter((line) => /verified|signature/.test(line))
      .join(', ')
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function isSource(path) {
  return !/\/(dist|node_modules|test)(\/|$)/.test(path.slice(ROOT.length - 1))
}

/** One of several that may be chosen is enough. */
function isKnown(license = '') {
  return license
    .replace(/[()]/g, '')
    .split(' OR ')
    .some((one) => one.split(' AND ').every((each) => LICENSES.test(each)))
}

function isOlder(version, least) {
  const [one, other] = [version, least].map((text) => text.split('.').map(Number))
  const at = one.findIndex((number, i) => number !== other[i])
  return at >= 0 && one[at] < other[at]
}
