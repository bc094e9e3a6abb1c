// What the bench measures, as data. A trial is one way of running hero_proc on the input; a workload
// says how large the input is and how often each trial is repeated.

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
