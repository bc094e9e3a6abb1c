// What the bench measures, as data. A trial is one way of running hero_proc on the input; a workload
// says how large the input is and how often each trial is repeated. A study is a question of its own,
// with a table of pass figures at its end.

/** @type {readonly { name: string, capture: 'pipe' | 'pty', about: string }[]} */
export const TRIALS = [
  { name: 'pipe', capture: 'pipe', about: 'cat of the input, stdout and stderr on pipes' },
  { name: 'pty', capture: 'pty', about: 'cat of the input, stdout and stderr on a PTY each' },
]

/** @type {Readonly<Record<string, { lines: number, repetitions: number, about: string }>>} */
export const WORKLOADS = {
  canonical: { lines: 1_000_000, repetitions: 3, about: 'the figures to compare' },
  smoke: { lines: 50_000, repetitions: 1, about: 'does everything still work; no figures' },
}

/** What a study is given unless the command line says otherwise. With the word `smoke` it is small. */
export const SMOKE = { lines: 50_000, repetitions: 1, seconds: 2 }

/**
 * Each is a file of the same name in `store/`.
 *
 * @type {readonly { name: string, about: string, lines: number, repetitions: number, seconds: number }[]}
 */
export const STUDIES = [
  {
    name: 'interleaved',
    about: 'mixed lines from one source and from ten, beside s6-log',
    lines: 1_000_000,
    repetitions: 3,
    seconds: 0,
  },
  {
    name: 'trickle',
    about: 'a thousand lines a second, one write each',
    lines: 300_000,
    repetitions: 1,
    seconds: 30,
  },
  {
    name: 'four-ptys',
    about: 'four terminals flat out, and the head-room over one',
    lines: 1_000_000,
    repetitions: 3,
    seconds: 60,
  },
  {
    name: 'search',
    about: 'last lines, rare words and patterns in a large store, beside grep and rows',
    lines: 10_000_000,
    repetitions: 3,
    seconds: 0,
  },
  {
    name: 'signatures',
    about: 'blocks decoded for nothing',
    lines: 1_000_000,
    repetitions: 1,
    seconds: 60,
  },
  {
    name: 'fdatasync',
    about: 'what it costs that a commit survives power loss',
    lines: 1_000_000,
    repetitions: 3,
    seconds: 0,
  },
]

/** One word for several studies. */
export const GROUPS = { store: STUDIES.map(({ name }) => name) }
