// What is known about bounds that a run may miss: where the time goes, and what would help. Runs on a machine
// that others use miss bounds for that reason alone.

/** By trial and the beginning of the figure's name; the first that fits. */
const NOTES = [
  [
    /^(canonical|systems): lines\/s, 8 services/,
    "Two cores are nearly full: levels, signatures and compression, none of which s6-log does, are about a third of the CPU time of a line, and a fifth of the writer's time goes into commits and their sync. Batches of 2 MB instead of one, for larger blocks, made nothing faster and cost some 10 MB more. Next: commit in a thread of its own, which could gain up to a fifth of the rate, and no CPU time.",
  ],
  [
    /^(canonical|systems): CPU, flood/,
    'Of the CPU time of a line of real logs compression is a tenth to a quarter, signatures are an eighth, levels, moving the WAL into the file, and reading and cutting about a tenth each (see `profile`); s6-log does only the last of these. Memory that is kept between blocks has taken off a sixth of one service. A faster compression (brotli 0) saves a twentieth and makes files a fifth larger; deflate costs more. Next: one pass over the bytes that finds lines, levels and trigrams, in WebAssembly or native code. A table of bits instead of bytes for the trigrams was tried: a quarter slower.',
  ],
  [
    /^(canonical|systems): CPU, trickle/,
    'Each commit, twenty a second, wakes two threads and syncs once; a plain copy wakes one. Next: let the writer gather small batches by itself while nobody follows.',
  ],
  [
    /^(canonical|systems): bytes on disk/,
    'Signatures and numbers are less than a tenth of the bytes, the rest is text under the fastest level of brotli; made-up lines have more random digits than real ones. Next: zstd, where the runtime has it, when partitions are closed.',
  ],
  [
    /head-room$/,
    'What the store takes is limited by the thread that makes blocks and commits them (see `profile`); other threads compress. Next: commit in a thread of its own.',
  ],
  [
    /^durability: bytes/,
    'Commits of fifty lines are regrouped into blocks of one source when the store is idle; what is left is staged blocks that came last. Next: regroup those at the close as well.',
  ],
  [
    /^search: last 200, p50/,
    'The question and its answer cross to the reader thread and back as objects; a table that is read in the asking thread pays for neither. Next: hand pages over packed.',
  ],
  [
    /^search: regex/,
    'A pattern without a literal of three bytes has to see every line. Next: decode blocks in two reader threads.',
  ],
  [
    /^search: rare/,
    'Signatures of sealed files are read once and stay in memory; the first search after a start pays for that. Next: keep them in one file.',
  ],
  [
    /^latency: /,
    'Lines wait for the flush, up to 50 ms after the first one, and then for the commit, before anybody is told. Next: flush at once when the writer has nothing to do.',
  ],
  [
    /^ingest: /,
    'Parsing JSON and checking entries is work of the main thread, which the client shares two cores with. Next: check while parsing.',
  ],
  [
    /^crowds: .*p99/,
    'Hundreds of viewers run on the same cores as hero_proc here, and their own work is most of what is late.',
  ],
  [
    /^overload: event loop/,
    'Reading from the flood and serving run on one thread; a read of a pipe takes at most 256 KiB at a time. Next: smaller reads while others wait.',
  ],
]

/** What to say about a figure that missed its bound. */
export function notesOn(trial, figure) {
  const known = NOTES.find(([pattern]) => pattern.test(`${trial}: ${figure}`))
  return known?.[1] ?? 'The cause is not known yet.'
}
