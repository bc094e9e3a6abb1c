// The fault tests: programs that break things under a running hero_proc, or in its store, and look at
// what is left. One line a test; exits 1 if one of them fails. A test that cannot pass yet fails.
//
//   npm run faults -- R1 R4 R7           these
//   npm run faults -- all                every one
//   npm run faults -- R1 --count 20      fewer kills or flips than the 200 that count
//   npm run faults -- all --write        also writes docs/dev/FAULTS.md
import { writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { killLoop } from './faults/r1-kill-loop.mjs'
import { diskFull } from './faults/r4-disk-full.mjs'
import { syncError } from './faults/r5-sync-error.mjs'
import { damageAtStart } from './faults/r6-damage-at-start.mjs'
import { bitRot } from './faults/r7-bit-rot.mjs'
import { tailAtExit } from './faults/r13-tail-at-exit.mjs'
import { pauseAtExit } from './faults/r14-pause-at-exit.mjs'
import { leaks } from './faults/r15-leaks.mjs'
import { gracefulStop } from './faults/r20-graceful-stop.mjs'
import { supervisorDeath } from './faults/r21-supervisor-death.mjs'
import { crashSoak } from './faults/crash-soak.mjs'
import { fileRotation, logrotation } from './faults/file-rotation.mjs'

/**
 * Each has an id, what it does, its bound, and `run({ count, seed })`: `{ figure, failures }`, or
 * `{ skipped }` with the reason where it cannot run.
 */
const TESTS = [
  killLoop,
  diskFull,
  syncError,
  damageAtStart,
  bitRot,
  tailAtExit,
  pauseAtExit,
  leaks,
  gracefulStop,
  supervisorDeath,
  crashSoak,
  fileRotation,
  logrotation,
]

const { values, positionals } = parseArgs({
  options: {
    count: { type: 'string', default: '200' },
    seed: { type: 'string', default: '1' },
    write: { type: 'boolean', default: false },
  },
  allowPositionals: true,
})
const tests = chosen(positionals)
const options = { count: Number(values.count), seed: Number(values.seed) }
if (!Number.isInteger(options.count) || options.count < 1) {
  throw new RangeError(`Expected --count to be an integer from 1, got ${values.count}`)
}
const results = []
for (const test of tests) {
  const result = await resultOf(test)
  results.push(result)
  process.stdout.write(
    `${result.id}  ${result.what}: ${result.figure} (${result.bound}) ${result.end}\n`,
  )
  for (const failure of result.failures.slice(0, 10)) process.stdout.write(`    ${failure}\n`)
}
if (values.write) writeFileSync(new URL('../docs/dev/FAULTS.md', import.meta.url), page())
process.exitCode = results.every(({ end }) => end !== 'FAIL') ? 0 : 1

function chosen(ids) {
  const known = TESTS.map(({ id }) => id)
  const unknown = ids.find((id) => id !== 'all' && !known.includes(id))
  if (unknown !== undefined || ids.length === 0) {
    throw new RangeError(`Expected ${known.join(', ')} or all, got ${unknown ?? 'nothing'}`)
  }
  return ids.includes('all') ? TESTS : TESTS.filter(({ id }) => ids.includes(id))
}

async function resultOf({ id, what, bound, run }) {
  try {
    const { figure, failures, skipped } = await run(options)
    if (skipped !== undefined) {
      return { id, what, bound, figure: skipped, failures: [], end: 'skipped' }
    }
    return { id, what, bound, figure, failures, end: failures.length === 0 ? 'pass' : 'FAIL' }
  } catch (error) {
    return { id, what, bound, figure: 'broke off', failures: [error.message], end: 'FAIL' }
  }
}

function page() {
  const cell = (text) => text.replaceAll('|', '\\|').replaceAll('\n', ' ')
  const rows = results.map(
    ({ id, what, figure, bound, end }) =>
      `| ${id} | ${cell(what)} | ${cell(figure)} | ${cell(bound)} | ${end} |`,
  )
  const failed = results.flatMap(({ id, failures }) =>
    failures.slice(0, 5).map((failure) => `- ${id}: ${cell(failure)}`),
  )
  return [
    '# Fault tests',
    '',
    `What is left when things break. Written by \`npm run faults -- ${positionals.join(' ')} --write\``,
    `on ${new Date().toISOString().slice(0, 10)} with Node ${process.versions.node},`,
    `${options.count} repetitions where a test repeats, seed ${options.seed}. \`bench/faults\` has the tests.`,
    '',
    '| id | what | found | bound | end |',
    '| --- | --- | --- | --- | --- |',
    ...rows,
    ...(failed.length === 0 ? [] : ['', '## Failures', '', ...failed]),
    '',
  ].join('\n')
}
