// The bench: lines per second and CPU time per line from a child process to committed blocks, with a
// check that every byte can be read back; and studies of the store, each with its pass figures.
//
//   npm run bench                            the canonical workload, about a minute
//   npm run bench -- smoke                   does it still work; seconds
//   npm run bench -- pipe --json result.json
//   npm run bench -- --corpus DIR            real *.log files instead of made-up lines
//   npm run bench -- interleaved             one study
//   npm run bench -- store                   all studies of the store, a quarter of an hour
import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { cpus, release, totalmem } from 'node:os'
import { align, checkTable } from './figures.mjs'
import { openInput } from './generate.mjs'
import { watchOthers } from './machine.mjs'
import { measureRun, measureStart } from './measure.mjs'
import { readOptions } from './options.mjs'
import { clearProgress, say } from './progress.mjs'
import { summarize, tableOf } from './summary.mjs'

const options = await orExit(2, readOptions)
process.exitCode = await orExit(1, main)

/** What went wrong, in one line, and the exit code for it. */
async function orExit(code, work) {
  try {
    return await work()
  } catch (error) {
    clearProgress()
    console.error(`bench: ${error.message}`)
    process.exit(code)
  }
}

async function main() {
  const trials = options.trials.length > 0 ? await runTrials() : { results: [], failures: [] }
  const studies = []
  for (const about of options.studies) studies.push(await runStudy(about))
  if (options.json !== undefined) {
    writeFileSync(options.json, `${JSON.stringify(report(trials, studies), null, 2)}\n`)
  }
  const failures = [trials, ...studies].flatMap((one) => one.failures)
  for (const failure of failures) console.error(failure)
  return failures.length === 0 ? 0 : 1
}

async function runTrials() {
  say(`input: ${options.lines.toLocaleString('en')} lines`)
  const input = openInput(options)
  const results = []
  for (const trial of options.trials) results.push(await runTrial(trial, input))
  clearProgress()
  console.log(tableOf(input, results))
  const failures = results
    .filter(({ same }) => !same)
    .map(
      ({ name, dataDirs }) =>
        `${name}: what was read back differs; the stores are kept: ${dataDirs.join(' ')}`,
    )
  return { input, results, failures }
}

async function runTrial(trial, input) {
  const starts = []
  const runs = []
  for (let repetition = 1; repetition <= options.repetitions; repetition += 1) {
    say(`${trial.name} ${repetition}/${options.repetitions}: start and stop`)
    starts.push(await measureStart(trial.capture))
    say(`${trial.name} ${repetition}/${options.repetitions}: run and read back`)
    runs.push(await measureRun(trial.capture, input))
  }
  return summarize(trial, input, starts, runs)
}

/** Runs one study; if it breaks, that is its failure, and the others go on. */
async function runStudy(about) {
  try {
    return await printStudy(about)
  } catch (error) {
    clearProgress()
    return { ...about, checks: [], failures: [`${about.name}: ${error.message}`] }
  }
}

/** Prints its table, its notes and its pass figures. */
async function printStudy(about) {
  const { study } = await import(`./store/${about.name}.mjs`)
  const others = watchOthers()
  const { rows, notes, checks, failures, data } = await study({ ...about, say })
  const othersShare = others()
  clearProgress()
  console.log(
    [
      `${about.name}: ${about.about}`,
      `others used ${(othersShare * 100).toFixed(0)} % of the machine meanwhile`,
      '',
      ...align(rows),
      ...notes,
      '',
      ...(checks.length > 0 ? [...checkTable(checks), ''] : []),
    ].join('\n'),
  )
  const named = failures.map((failure) => `${about.name}: ${failure}`)
  return { ...about, others_share: othersShare, checks, failures: named, data }
}

/** Everything that somebody needs to judge the figures or to get them again. */
function report({ input, results }, studies) {
  const { path: _path, ...about } = input ?? {}
  return {
    date: new Date().toISOString(),
    commit: commit(),
    node: process.version,
    cpu: cpus()[0]?.model ?? 'unknown',
    cores: cpus().length,
    memory_bytes: totalmem(),
    kernel: release(),
    input: { ...about, seed: options.seed },
    repetitions: options.repetitions,
    results,
    studies: studies.map(({ json: _json, ...study }) => study),
  }
}

/** The commit, with a plus when the files differ from it; null outside a git checkout. */
function commit() {
  const git = (...args) => execFileSync('git', args, { encoding: 'utf8', stdio: 'pipe' }).trim()
  try {
    return git('rev-parse', 'HEAD') + (git('status', '--porcelain') === '' ? '' : '+')
  } catch {
    return null
  }
}
