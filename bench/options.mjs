// The command line of the bench: words that name what to measure, and flags that change its size.
import { parseArgs } from 'node:util'
import { GROUPS, SMOKE, STUDIES, TRIALS, WORKLOADS } from './trials.mjs'

/**
 * Returns `{ trials, studies, lines, repetitions, seed, corpus?, json? }`. A study has its own size in it.
 *
 * @throws {Error} If a word or a flag is wrong.
 */
export function readOptions() {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      corpus: { type: 'string' },
      json: { type: 'string' },
      lines: { type: 'string' },
      repetitions: { type: 'string' },
      seconds: { type: 'string' },
      seed: { type: 'string', default: '1' },
    },
  })
  checkWords(positionals)
  const workload = WORKLOADS[positionals.find((word) => word in WORKLOADS) ?? 'canonical']
  const common = {
    seed: positive('seed', values.seed),
    json: values.json,
    ...(values.corpus === undefined ? {} : { corpus: values.corpus }),
  }
  const studies = studiesOf(positionals, values).map((study) => ({ ...common, ...study }))
  return {
    ...common,
    studies,
    trials: trialsOf(positionals, studies),
    lines: positive('lines', values.lines ?? workload.lines),
    repetitions: positive('repetitions', values.repetitions ?? workload.repetitions),
  }
}

function checkWords(words) {
  const names = [WORKLOADS, GROUPS].flatMap(Object.keys)
  names.push(...[...TRIALS, ...STUDIES].map(({ name }) => name))
  for (const word of words) {
    if (!names.includes(word)) throw new Error(`Expected one of ${names.join(', ')}, got '${word}'`)
  }
}

/** All trials, unless some are named or something else is. */
function trialsOf(words, studies) {
  const wanted = TRIALS.filter(({ name }) => words.includes(name))
  return wanted.length > 0 || studies.length > 0 ? wanted : TRIALS
}

function studiesOf(words, values) {
  const names = words.flatMap((word) => GROUPS[word] ?? [word])
  return STUDIES.filter(({ name }) => names.includes(name)).map((study) => {
    const sized = words.includes('smoke') ? { ...study, ...SMOKE } : study
    const flag = (name) => (values[name] === undefined ? sized[name] : positive(name, values[name]))
    return {
      ...sized,
      lines: flag('lines'),
      repetitions: flag('repetitions'),
      seconds: flag('seconds'),
    }
  })
}

function positive(name, value) {
  const number = Number(value)
  if (Number.isSafeInteger(number) && number > 0) return number
  throw new Error(`Expected --${name} to be an integer above 0, got '${value}'`)
}
