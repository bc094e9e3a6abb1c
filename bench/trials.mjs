// What the bench measures, as data. Each entry is a trial: a file in `trials/` (of its own name unless
// `module` says another), and how large it is unless the command line says otherwise.

/**
 * `lines` and `repetitions` are its size, `seconds` how long a part that runs against the clock takes. `ways`
 * are the captures that count, `rounds` the systems of each feed with how often each is measured; without
 * them it is all of them. Slow systems get a share of the lines, as `shares` says; the systems of the feeds in
 * `together` are measured at the same time: it makes their ratio steady, and they leave the machine idle.
 *
 * @type {readonly {
 *   name: string, about: string, lines: number, repetitions: number, seconds: number,
 *   module?: string, counts?: readonly number[], ways?: readonly string[],
 *   rounds?: Readonly<Record<string, Readonly<Record<string, number>>>>,
 *   shares?: Readonly<Record<string, number>>, together?: readonly string[],
 * }[]}
 */
export const TRIALS = [
  {
    name: 'head-room',
    about: 'what one child can produce, and what the store can take',
    module: 'producers',
    counts: [1],
    ways: ['PTY, stock settings'],
    lines: 600_000,
    repetitions: 5,
    seconds: 0,
  },
  {
    name: 'canonical',
    about: 'hero_proc beside s6-log, journald, a file and rows: a flood, eight services, a trickle',
    module: 'systems',
    rounds: {
      block: {
        'hero_proc, pipe': 3,
        'hero_proc, PTY': 1,
        's6-log': 3,
        journald: 3,
        'sqlite rows': 1,
      },
      services: { 'hero_proc, pipe': 3, 's6-log': 3, journald: 1 },
      trickle: { 'hero_proc, pipe': 3, 'node pipe > file': 3 },
    },
    shares: { journald: 0.1, 'sqlite rows': 0.5 },
    together: ['trickle'],
    lines: 800_000,
    repetitions: 3,
    seconds: 6,
  },
  {
    name: 'producers',
    about: 'what one, four and sixteen children can produce, and what the store can take',
    counts: [1, 4, 16],
    lines: 1_000_000,
    repetitions: 3,
    seconds: 0,
  },
  {
    name: 'ingest',
    about: 'entries over RPC and WebSocket, by how many come at once',
    lines: 0,
    repetitions: 1,
    seconds: 2,
  },
  {
    name: 'sources',
    about: 'who sends how much, read from log_batcher.stats while it runs',
    lines: 0,
    repetitions: 1,
    seconds: 12,
  },
  {
    name: 'rows',
    about: 'blocks and rows by journal, durability, batch size and readers',
    lines: 200_000,
    repetitions: 1,
    seconds: 0.5,
  },
  {
    name: 'schemas',
    about: 'blocks and rows: size, search, and giving space back',
    lines: 500_000,
    repetitions: 3,
    seconds: 0,
  },
  {
    name: 'latency',
    about: 'from the write of a child to whoever looks',
    lines: 0,
    repetitions: 1,
    seconds: 5,
  },
  {
    name: 'growth',
    about: 'what a line costs as the store and the number of sources grow',
    lines: 10_000_000,
    repetitions: 1,
    seconds: 0,
  },
  {
    name: 'four-ptys',
    about: 'four terminals flat out',
    lines: 1_000_000,
    repetitions: 1,
    seconds: 20,
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
    seconds: 15,
  },
  {
    name: 'durability',
    about: 'what it costs that a commit survives power loss',
    lines: 1_000_000,
    repetitions: 3,
    seconds: 0,
  },
  {
    name: 'overload',
    about: 'a flood, nine quiet services and a slow store: who loses what, and is it told',
    lines: 0,
    repetitions: 1,
    seconds: 20,
  },
  {
    name: 'crowds',
    about: 'many viewers at once, some of them stopped',
    lines: 0,
    repetitions: 1,
    seconds: 5,
  },
  {
    name: 'systems',
    about: 'hero_proc and its peers: floods, eight services, a trickle; size, last lines, search',
    lines: 1_000_000,
    repetitions: 3,
    seconds: 3,
  },
  {
    name: 'profile',
    about: 'where the CPU time of a flood goes',
    lines: 1_000_000,
    repetitions: 1,
    seconds: 0,
  },
]

/** With the word `smoke` whatever is named, or else everything, is as small as this: figures mean nothing. */
export const SMOKE = { lines: 30_000, repetitions: 1, seconds: 1 }

const EVERYTHING = TRIALS.map(({ name }) => name).filter((name) => name !== 'head-room')

/** One word for several trials. */
export const GROUPS = {
  default: ['head-room', 'canonical'],
  all: EVERYTHING.filter((name) => name !== 'canonical'),
  producer: ['producers', 'ingest', 'sources'],
  store: ['rows', 'schemas', 'growth', 'search', 'signatures', 'durability'],
}
