// The fault tests: programs that break things under a running hero_proc, or in its store, and look at
// what is left. One line a test; exits 1 if one of them fails. A test that cannot pass yet fails.
//
//   npm run faults -- R1 R4 R7             these
//   npm run faults -- all                  every one, the long ones as well
//   npm run faults -- quick                in a few minutes: fewer repetitions, and nothing that is judged by
//                                          a clock that a busy machine would stop
//   npm run faults -- R1 --count 20        fewer kills or flips than the 200 that count
//   npm run faults -- R25 --minutes 5      shorter than the two hours that count
//   npm run faults -- all --write          also keeps the results and writes docs/dev/FAULTS.md: of whole
//                                          runs only
import { parseArgs } from 'node:util'
import { killLoop } from './faults/r1-kill-loop.mjs'
import { syscallKill } from './faults/r2-syscall-kill.mjs'
import { powerLoss } from './faults/r3-power-loss.mjs'
import { diskFull } from './faults/r4-disk-full.mjs'
import { syncError } from './faults/r5-sync-error.mjs'
import { damageAtStart } from './faults/r6-damage-at-start.mjs'
import { bitRot } from './faults/r7-bit-rot.mjs'
import { twoSupervisors } from './faults/r8-two-supervisors.mjs'
import { foreignLock } from './faults/r9-foreign-lock.mjs'
import { checkpointStarvation } from './faults/r10-checkpoint-starvation.mjs'
import { overload } from './faults/r11-overload.mjs'
import { slowConsumers } from './faults/r12-slow-consumers.mjs'
import { tailAtExit } from './faults/r13-tail-at-exit.mjs'
import { pauseAtExit } from './faults/r14-pause-at-exit.mjs'
import { leaks } from './faults/r15-leaks.mjs'
import { fdExhaustion } from './faults/r16-fd-exhaustion.mjs'
import { clockJumps } from './faults/r17-clock-jumps.mjs'
import { hostileLines } from './faults/r18-hostile-lines.mjs'
import { resume } from './faults/r19-resume.mjs'
import { gracefulStop } from './faults/r20-graceful-stop.mjs'
import { supervisorDeath } from './faults/r21-supervisor-death.mjs'
import { permissions } from './faults/r22-permissions.mjs'
import { migrationKill } from './faults/r23-migration-kill.mjs'
import { simulation } from './faults/r24-simulation.mjs'
import { soak } from './faults/r25-soak.mjs'
import { SECURITY_TESTS } from './faults/security.mjs'
import { crashSoak } from './faults/crash-soak.mjs'
import { fileRotation, logrotation } from './faults/file-rotation.mjs'
import { FUZZING } from './faults/fuzzing.mjs'
import { unmetNeed } from './faults/needs.mjs'
import { keepResults } from './faults/scorecard.mjs'

/** Each has an id, what it does, its bound, what it needs, and `run({ count, minutes, seed })`: `{ figure, failures }`. */
const TESTS = [
  killLoop,
  syscallKill,
  powerLoss,
  diskFull,
  syncError,
  damageAtStart,
  bitRot,
  twoSupervisors,
  foreignLock,
  checkpointStarvation,
  overload,
  slowConsumers,
  tailAtExit,
  pauseAtExit,
  leaks,
  fdExhaustion,
  clockJumps,
  hostileLines,
  resume,
  gracefulStop,
  supervisorDeath,
  permissions,
  migrationKill,
  simulation,
  soak,
  ...SECURITY_TESTS,
  crashSoak,
  fileRotation,
  logrotation,
  ...FUZZING,
]

/** Repetitions that count, unless a test has another number. */
const COUNT = 200

/** What `quick` runs, and with how many repetitions. */
const QUICK = {
  R2: 4,
  R3: 8,
  R7: 3,
  R13: 20,
  R16: 1,
  R19: 10,
  R23: 40,
  R24: 4,
  S13: 1,
  S15: 40,
}

const { values, positionals } = parseArgs({
  options: {
    count: { type: 'string' },
    minutes: { type: 'string' },
    seed: { type: 'string', default: '1' },
    write: { type: 'boolean', default: false },
  },
  allowPositionals: true,
})
const isQuick = positionals.includes('quick')
const tests = chosen(positionals)
const count = positive('count')
const minutes = positive('minutes')
if (values.write && (isQuick || minutes !== undefined || count < COUNT))
  throw new RangeError('Expected whole runs with --write, got fewer repetitions or minutes')
const results = []
for (const test of tests) {
  const result = await resultOf(test)
  results.push(result)
  process.stdout.write(
    `${result.id}  ${result.what}: ${result.figure} (${result.bound}) ${result.end}\n`,
  )
  for (const failure of result.failures.slice(0, 10)) process.stdout.write(`    ${failure}\n`)
}
if (values.write) keepResults(results, TESTS)
process.exitCode = results.some(({ end }) => end === 'FAIL') ? 1 : 0

function chosen(words) {
  const known = TESTS.map(({ id }) => id)
  const unknown = words.find((word) => !['all', 'quick', ...known].includes(word))
  if (unknown !== undefined || words.length === 0) {
    throw new RangeError(`Expected ${known.join(', ')}, quick or all, got ${unknown ?? 'nothing'}`)
  }
  if (words.includes('all')) return TESTS
  return TESTS.filter(({ id }) => words.includes(id) || (isQuick && id in QUICK))
}

function positive(name) {
  const value = values[name]
  if (value === undefined || Number(value) > 0) return value && Number(value)
  throw new RangeError(`Expected --${name} to be a number above 0, got ${value}`)
}

async function resultOf({ id, what, bound, needs, run }) {
  const unmet = unmetNeed(needs)
  if (unmet !== undefined) return { id, what, bound, figure: unmet, failures: [], end: 'skipped' }
  const options = {
    count: count ?? (isQuick ? QUICK[id] : COUNT),
    minutes,
    seed: Number(values.seed),
  }
  try {
    const { figure, failures } = await run(options)
    return { id, what, bound, figure, failures, end: failures.length === 0 ? 'pass' : 'FAIL' }
  } catch (error) {
    return { id, what, bound, figure: 'broke off', failures: [error.message], end: 'FAIL' }
  }
}
