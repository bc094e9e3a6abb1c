// Tests that are programs of their own: a file of the packages' tests with its full counts, or a bench that
// judges itself. Their exit code is the judgement, and what they print the figure.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const SAID_MAX = 4_000

/**
 * A test that runs files of the packages' tests, with `env` for their full counts. Lines that they print as
 * `figure: ...` are the figure, of which `judge` says what is wrong with it; without one it is how many tests
 * passed.
 */
export function byTests({ files, env = () => ({}), name, judge = () => [], ...test }) {
  return {
    ...test,
    async run(options) {
      const pattern = name === undefined ? [] : ['-t', name]
      const args = ['vitest', 'run', '--testTimeout', '3600000', ...files, ...pattern]
      const { code, said } = await runProgram('npx', args, env(options))
      const figures = [...said.matchAll(/^figure: (.*)$/gm)].map(([, figure]) => figure)
      const [, passed] = /^\s+Tests\s.*?(\d+) passed/m.exec(said) ?? ['', '0']
      const failures = code === 0 && passed !== '0' ? [] : [said.slice(-SAID_MAX)]
      const figure = [`${passed} tests passed`, ...figures].join('; ')
      return { figure, failures: [...failures, ...judge(figure)] }
    },
  }
}

/** A test that runs a script of the bench; `figure` picks the figure from what it printed. */
export function byScript({ script, figure, ...test }) {
  return {
    ...test,
    async run() {
      const path = fileURLToPath(new URL(`../${script}`, import.meta.url))
      const { code, said } = await runProgram(process.execPath, [path])
      return { figure: figure(said), failures: code === 0 ? [] : [said.slice(-SAID_MAX)] }
    },
  }
}

/** Runs a program to its end and returns its exit code and all that it said. */
export async function runProgram(command, args, env = {}, cwd = ROOT) {
  const child = spawn(command, args, {
    cwd,
    env: { ...process.env, NO_COLOR: '1', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let said = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text) => (said += text))
  }
  const [code] = await once(child, 'close')
  return { code, said }
}
