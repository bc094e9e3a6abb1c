// The bench: what hero_proc can take, what a line costs, and what others need for the same. Each trial
// runs in a process of its own and leaves its figures in `bench/results`, from which
// `npm run bench:report` writes docs/dev/LOG_BATCHER_BENCH.md.
//
//   npm run bench                            the canonical table, about two minutes
//   npm run bench -- smoke                   does it still work; seconds
//   npm run bench -- search --corpus DIR     one trial, on real *.log files
//   npm run bench -- all                     all other trials
import { fork } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { align, checkTable } from './figures.mjs'
import { aboutMachine } from './machine.mjs'
import { readOptions } from './options.mjs'
import { clearProgress } from './progress.mjs'

const RUN_TRIAL = fileURLToPath(new URL('run-trial.mjs', import.meta.url))

try {
  const { trials, results } = readOptions()
  const failures = []
  for (const trial of trials) failures.push(...(await runTrial(trial, results)))
  for (const failure of failures) console.error(failure)
  process.exitCode = failures.length === 0 ? 0 : 1
} catch (error) {
  console.error(`bench: ${error.message}`)
  process.exitCode = 2
}

/** Runs one trial, prints and keeps what it found; returns its failures. If it breaks, others go on. */
async function runTrial(trial, folder) {
  const answer = await inProcess(trial)
  clearProgress()
  if (answer === undefined) return [`${trial.name}: it broke`]
  const { corpus, ...about } = trial
  const result = { ...about, lines_are: corpus === undefined ? 'made up' : 'a corpus', ...answer }
  print(result)
  if (folder !== undefined) {
    mkdirSync(folder, { recursive: true })
    const text = JSON.stringify({ machine: aboutMachine(), ...result }, null, 1)
    writeFileSync(join(folder, `${trial.name}.json`), `${text}\n`)
  }
  return result.failures.map((failure) => `${trial.name}: ${failure}`)
}

function inProcess(trial) {
  return new Promise((resolve) => {
    const child = fork(RUN_TRIAL)
    let answer
    child.on('message', (message) => {
      answer = message
    })
    child.on('exit', () => resolve(answer))
    child.send(trial)
  })
}

function print({ name, about, others_share, tables, notes, checks }) {
  console.log(
    [
      `${name}: ${about}`,
      `others used ${(others_share * 100).toFixed(0)} % of the machine meanwhile`,
      '',
      ...tables.flatMap(({ title, rows }) => [...(title ? [title] : []), ...align(rows), '']),
      ...notes,
      ...(notes.length > 0 ? [''] : []),
      ...(checks.length > 0 ? [...checkTable(checks), ''] : []),
    ].join('\n'),
  )
}
