// What foreign bytes are parsed by, each fuzzed for ten minutes: `npm run fuzz` with its results kept.
import { fileURLToPath } from 'node:url'
import { TARGETS } from '../fuzz/targets.mjs'
import { runProgram } from './by-command.mjs'

const FUZZ = fileURLToPath(new URL('../fuzz.mjs', import.meta.url))
const MINUTES = 10
const SAID_MAX = 4_000

export const FUZZING = Object.keys(TARGETS).map((target) => ({
  id: `FUZZ-${target}`,
  what: `mutations of a corpus and random bytes into the ${target}, for ${MINUTES} minutes`,
  bound: 'taken, or refused with a documented error; what a target promises holds; no crash',
  async run({ minutes = MINUTES, seed }) {
    const args = [FUZZ, target, '--minutes', String(minutes), '--seed', String(seed)]
    const { code, said } = await runProgram(process.execPath, args)
    const figure = `${minutes} minutes, ${said.trimEnd().split('\n').at(-1)}`
    return { figure, failures: code === 0 ? [] : [said.slice(-SAID_MAX)] }
  },
}))
