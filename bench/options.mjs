// The command line of the bench: words that name what to measure, and flags that change its size.
import { parseArgs } from 'node:util'
import { fileURLToPath } from 'node:url'
import { GROUPS, SMOKE, TRIALS } from './trials.mjs'

const RESULTS = fileURLToPath(new URL('results', import.meta.url))

/**
 * Returns `{ trials, results? }`: the trials that were asked for, each with its size, and the folder for what
 * they find. Small runs leave the results alone unless they are told where to put theirs.
 *
 * @throws {Error} If a word or a flag is wrong.
 */
export function readOptions() {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      corpus: { type: 'string' },
      lines: { type: 'string' },
      repetitions: { type: 'string' },
      results: { type: 'string' },
      seconds: { type: 'string' },
      seed: { type: 'string', default: '1' },
    },
  })
  const names = namesOf(positionals)
  const isSmoke = positionals.includes('smoke')
  const common = {
    seed: positive('seed', values.seed),
    ...(values.corpus === undefined ? {} : { corpus: values.corpus }),
  }
  const trials = TRIALS.filter(({ name }) => names.has(name)).map((trial) => ({
    ...common,
    ...trial,
    ...(isSmoke ? SMOKE : {}),
    ...sizesOf(values),
  }))
  return { trials, results: values.results ?? (isSmoke ? undefined : RESULTS) }
}

function namesOf(words) {
  const known = [...Object.keys(GROUPS), 'smoke', ...TRIALS.map(({ name }) => name)]
  for (const word of words) {
    if (!known.includes(word)) throw new Error(`Expected one of ${known.join(', ')}, got '${word}'`)
  }
  const named = words.filter((word) => word !== 'smoke')
  return new Set((named.length > 0 ? named : ['default']).flatMap((word) => GROUPS[word] ?? [word]))
}

function sizesOf(values) {
  const sizes = ['lines', 'repetitions', 'seconds'].filter((name) => values[name] !== undefined)
  return Object.fromEntries(sizes.map((name) => [name, positive(name, values[name])]))
}

function positive(name, value) {
  const number = Number(value)
  if (Number.isSafeInteger(number) && number > 0) return number
  throw new Error(`Expected --${name} to be an integer above 0, got '${value}'`)
}
