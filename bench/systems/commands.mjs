// Commands for the bench: whether they are there, what their package's version is, and what they answer.
import { execFile, execFileSync, spawn } from 'node:child_process'
import { promisify } from 'node:util'

const run = promisify(execFile)
const ANSWER_BYTES_MAX = 2 ** 30

/** Whether a command can be found in the PATH. */
export function hasCommand(name) {
  try {
    execFileSync('sh', ['-c', 'command -v "$0"', name], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

/** Why a system that needs a command cannot be measured; undefined when it can. */
export function needsCommand(name) {
  return () => (hasCommand(name) ? undefined : `${name} is not installed`)
}

/** The version of a Debian package; empty where there is none. */
export function packageVersion(name) {
  try {
    const args = ['-W', '-f', '${Version}', name]
    return execFileSync('dpkg-query', args, { encoding: 'utf8', stdio: 'pipe' })
  } catch {
    return ''
  }
}

/** Runs a shell script and says what it printed; `$1` and so on are `args`. */
export async function shell(script, ...args) {
  const { stdout } = await run('sh', ['-c', script, 'sh', ...args], {
    env: { ...process.env, LC_ALL: 'C' },
    maxBuffer: ANSWER_BYTES_MAX,
  })
  return stdout
}

/** A question for a shell: `{ what, how, ask }`, where `ask` gives the number of lines found. */
export function shellQuestion(what, how, script, ...args) {
  return { what, how, ask: async () => Number(await shell(`${script} | wc -l`, ...args)) }
}

/** What a command prints, in pieces. */
export function outputOf([program, ...args]) {
  return spawn(program, args, { stdio: ['ignore', 'pipe', 'ignore'] }).stdout
}

/** Asks a question until its time is known: the median of a few, in milliseconds, and what was found. */
export async function askAll(questions) {
  const answers = []
  for (const { what, how, ask } of questions) {
    const times = []
    let found
    for (let i = 0; i < 3; i += 1) {
      const startMs = performance.now()
      found = await ask()
      times.push(performance.now() - startMs)
    }
    answers.push({ what, how, found, ms: times.toSorted((a, b) => a - b)[1] })
  }
  return answers
}

/** Ends a process that was started here and waits until it is gone. */
export async function end(child, signal) {
  if (child.exitCode !== null || child.signalCode !== null) return
  const gone = new Promise((resolve) => child.once('exit', resolve))
  if (signal !== undefined) child.kill(signal)
  await gone
}
