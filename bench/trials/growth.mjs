// Trial: what a line costs as the store grows tenfold, and as the same lines come from a hundred times as many
// sources.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { atMost, bars, count, short } from '../figures.mjs'
import { openInput } from '../generate.mjs'
import { runPart } from '../part.mjs'

const STEPS = 10
const SOURCES = [1, 10, 100]
const GROWTH_MAX = 1.25

export async function run(options) {
  const input = openInput({ ...options, lines: Math.ceil(options.lines / STEPS) })
  options.say(`${count(options.lines)} lines in ${STEPS} steps`)
  const { steps } = await grow(input, 10, STEPS)
  const bySources = []
  for (const sources of SOURCES) {
    options.say(`${count(input.lines)} lines from ${sources} sources`)
    // Twice: the first time warms up.
    const two = await grow(input, sources, 2)
    bySources.push({ sources, ...two.steps[1] })
  }
  return report(steps, bySources)
}

async function grow({ path }, sources, passes) {
  const dir = mkdtempSync(join(tmpdir(), 'hero-growth-'))
  try {
    return await runPart('grow', { dir, path, sources, passes })
  } finally {
    rmSync(dir, { recursive: true, force: true })
  }
}

function report(steps, bySources) {
  // The first step warms up.
  const [, second] = steps
  const last = steps.at(-1)
  const cells = (one) => [count(one.rate), short(one.cpuUs), short(one.disk), count(one.rssMib)]
  const head = ['lines/s', 'CPU us/line', 'B/line', 'MiB']
  return {
    tables: [
      {
        title: 'As the store grows; ten sources',
        rows: [['lines so far', ...head], ...steps.map((one) => [count(one.lines), ...cells(one)])],
      },
      {
        title: 'By the number of sources, warm',
        rows: [
          ['sources', ...head],
          ...bySources.map((one) => [count(one.sources), ...cells(one)]),
        ],
      },
    ],
    checks: [
      atMost('CPU a line, last tenth over second', last.cpuUs / second.cpuUs, GROWTH_MAX, 'x'),
      atMost(
        'CPU a line, 100 sources over one',
        bySources.at(-1).cpuUs / bySources[0].cpuUs,
        GROWTH_MAX,
        'x',
      ),
    ],
    charts: [
      bars(
        'cpu',
        'CPU time a line as the store and the sources grow',
        'us/line',
        ['us/line'],
        [
          ...steps.map((one) => [`${count(one.lines)} lines`, [one.cpuUs]]),
          ...bySources.map((one) => [`${count(one.sources)} sources`, [one.cpuUs]]),
        ],
      ),
    ],
    data: { steps, bySources },
  }
}
