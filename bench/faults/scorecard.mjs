// The newest result of every test, kept in a file beside this one, and the page that is written from it. So
// the long tests need not run again for the page to be whole.
import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { cpus } from 'node:os'

const RESULTS = new URL('results.json', import.meta.url)
const NOTES = new URL('notes.json', import.meta.url)
const PAGE = new URL('../../docs/dev/FAULTS.md', import.meta.url)

/** Keeps the results and writes the page of all tests. */
export function keepResults(results, tests) {
  const kept = existsSync(RESULTS) ? JSON.parse(readFileSync(RESULTS, 'utf8')) : {}
  const stamp = {
    date: new Date().toISOString().slice(0, 10),
    commit: commit(),
    machine: machine(),
  }
  for (const { id, ...result } of results) {
    // What could not run here says nothing about what ran elsewhere.
    if (result.end !== 'skipped' || kept[id] === undefined) kept[id] = { ...result, ...stamp }
  }
  writeFileSync(RESULTS, `${JSON.stringify(kept, undefined, 2)}\n`)
  writeFileSync(PAGE, page(tests, kept, JSON.parse(readFileSync(NOTES, 'utf8'))))
}

function commit() {
  const git = (...args) => execFileSync('git', args, { encoding: 'utf8' }).trim()
  try {
    return (
      git('rev-parse', '--short', 'HEAD') + (git('diff', '--stat', 'HEAD', '--', 'packages') && '+')
    )
  } catch {
    return 'unknown'
  }
}

function machine() {
  const { version } = process
  return `${cpus().length} x ${cpus()[0].model.trim()}, Linux ${kernel()}, Node ${version.slice(1)}`
}

function kernel() {
  return readFileSync('/proc/sys/kernel/osrelease', 'utf8').trim()
}

function page(tests, kept, { open, broken }) {
  const ran = tests.filter(({ id }) => kept[id] !== undefined)
  const passed = ran.filter(({ id }) => kept[id].end === 'pass').length
  const machines = [...new Set(ran.map(({ id }) => kept[id].machine))]
  const stillOpen = tests.filter(({ id }) => kept[id]?.end !== 'pass')
  return [
    '# Faults and attacks',
    '',
    'What is left when things break, and when somebody tries to break them. Each line is a program that does',
    'it and measures; `bench/faults` has them, and a line that is not passed says why below. Written by',
    '`npm run faults -- IDS --write` from the newest result of each test; not edited by hand.',
    '',
    `${passed} of ${tests.length} pass. Machine: ${machines.join('; ')}.`,
    ...section('Faults', tests, kept, /^R/),
    ...section('Attacks', tests, kept, /^S/),
    ...section('Further ones', tests, kept, /^[^RS]|^[RS]\D/),
    ...(stillOpen.length === 0 ? [] : ['', '## Open', '']),
    ...stillOpen.map(({ id }) => `- ${id}: ${open[id] ?? said(kept[id])}`),
    '',
    '## Broken on purpose',
    '',
    'A test that cannot fail proves nothing. For these the code was broken, the test failed, and the code was',
    'put back.',
    '',
    '| id | what was broken | what the test said |',
    '| --- | --- | --- |',
    ...broken.map(({ id, code, said: words }) => `| ${id} | ${cell(code)} | ${cell(words)} |`),
    '',
  ].join('\n')
}

function section(title, tests, kept, ids) {
  const rows = tests.filter(({ id }) => ids.test(id)).map((test) => row(test, kept[test.id]))
  if (rows.length === 0) return []
  const head = '| id | method | pass figure | measured | end | when |'
  return ['', `## ${title}`, '', head, '| --- | --- | --- | --- | --- | --- |', ...rows]
}

function row({ id, what, bound }, result) {
  const { figure = 'not run yet', end = 'open', date = '', commit: at = '' } = result ?? {}
  const state = end === 'pass' ? 'pass' : 'open'
  return `| ${[id, what, bound, figure, state, `${date} ${at}`].map(cell).join(' | ')} |`
}

function said(result) {
  if (result === undefined) return 'not run yet'
  if (result.end === 'skipped') return result.figure
  return result.failures.slice(0, 3).map(cell).join('; ')
}

function cell(text) {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ').trim()
}
