// What is known about bounds that a run may miss: where the time goes, and what would help.

const COLD = 'See [profile](#profile) for where the time goes.'

/** By trial and the beginning of the figure's name; the first that fits. */
const NOTES = [
  [
    /^(canonical|systems): CPU, flood/,
    `${COLD} Most of what is left is compression, finding levels, and signatures, in this order: s6-log does none of the three. Next: finding lines and levels in one pass in native code, which a package without a compiler step does not have today.`,
  ],
  [
    /^(canonical|systems): CPU, trickle/,
    'A commit every 50 ms is a wake-up of two threads and an fdatasync each. Next: hand small batches over without waking the writer for each (a longer flush delay halves it).',
  ],
  [
    /^(canonical|systems): bytes on disk/,
    'The lines of the mixture are shuffled over sources, which no real service does; signatures are a tenth of the bytes. Next: zstd with a dictionary where the runtime has it.',
  ],
  [
    /last 200, p50/,
    'The answer crosses two threads and becomes objects there and back, which a table that is read in the asking thread does not pay. Next: hand pages over packed.',
  ],
  [
    /^latency: /,
    'Lines wait for the flush (50 ms after the first one) and for the commit before anybody is told. Next: flush when nothing else is to do.',
  ],
]

/** What to say about a figure that missed its bound. */
export function notesOn(trial, figure) {
  const known = NOTES.find(([pattern]) => pattern.test(`${trial}: ${figure}`))
  return known?.[1] ?? `${COLD} Seen on this run; on a machine that others use it says little.`
}
