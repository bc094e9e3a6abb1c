// The bench: lines per second and CPU time per line from a child process to committed blocks, with a
// check that every byte can be read back.
//
//   npm run bench                            the canonical workload, about a minute
//   npm run bench -- smoke                   does it still work; seconds
//   npm run bench -- pipe --json result.json
//   npm run bench -- --corpus DIR            real *.log files instead of made-up lines
import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { cpus, release, totalmem } from 'node:os'
import { parseArgs } from 'node:util'
import { openInput } from './generate.mjs'
import { measureRun, measureStart } from './measure.mjs'
import { summarize, tableOf } from './summary.mjs'
import { TRIALS, WORKLOADS } from './trials.mjs'

const options = readOptions()
try {
  process.exitCode = await main()
} catch (error) {
  clearProgress()
  console.error(`bench: ${error.message}`)
  process.exitCode = 1
}

async function main() {
  say(`input: ${options.lines.toLocaleString('en')} lines`)
  const input = openInput(options)
  const results = []
  for (const trial of options.trials) results.push(await runTrial(trial, input))
  clearProgress()
  console.log(tableOf(input, results))
  if (options.json !== undefined) {
    writeFileSync(options.json, `${JSON.stringify(report(input, results), null, 2)}\n`)
  }
  const broken = results.filter((result) => !result.same)
  for (const { name, dataDirs } of broken) {
    console.error(`${name}: what was read back differs; the stores are kept: ${dataDirs.join(' ')}`)
  }
  return broken.length === 0 ? 0 : 1
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

/** Everything that somebody needs to judge the figures or to get them again. */
function report(input, results) {
  const { path: _path, ...about } = input
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

function readOptions() {
  try {
    return checkOptions(
      parseArgs({
        allowPositionals: true,
        options: {
          corpus: { type: 'string' },
          json: { type: 'string' },
          lines: { type: 'string' },
          repetitions: { type: 'string' },
          seed: { type: 'string', default: '1' },
        },
      }),
    )
  } catch (error) {
    console.error(`bench: ${error.message}`)
    process.exit(2)
  }
}

function checkOptions({ values, positionals }) {
  const names = [...Object.keys(WORKLOADS), ...TRIALS.map((trial) => trial.name)]
  for (const word of positionals) {
    if (!names.includes(word)) throw new Error(`Expected one of ${names.join(', ')}, got '${word}'`)
  }
  const workload = WORKLOADS[positionals.find((word) => word in WORKLOADS) ?? 'canonical']
  const wanted = TRIALS.filter((trial) => positionals.includes(trial.name))
  return {
    trials: wanted.length === 0 ? TRIALS : wanted,
    lines: positive('lines', values.lines ?? workload.lines),
    repetitions: positive('repetitions', values.repetitions ?? workload.repetitions),
    seed: positive('seed', values.seed),
    json: values.json,
    ...(values.corpus === undefined ? {} : { corpus: values.corpus }),
  }
}

function positive(name, value) {
  const number = Number(value)
  if (Number.isSafeInteger(number) && number > 0) return number
  throw new Error(`Expected --${name} to be an integer above 0, got '${value}'`)
}

/** One line of progress; on a terminal it replaces itself. */
function say(text) {
  process.stderr.write(process.stderr.isTTY ? `\r\u001b[K${text}` : `${text}\n`)
}

function clearProgress() {
  if (process.stderr.isTTY) process.stderr.write('\r\u001b[K')
}
