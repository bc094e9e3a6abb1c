// The page: what was measured, on what, what was reached, and how to get the same figures.
import { short } from '../figures.mjs'
import { tableOf } from './markdown.mjs'
import { notesOn } from './missed.mjs'

/** Above it, the page says that figures of speed are worth little. */
const OTHERS_SHARE_MAX = 0.05

/** @param {readonly object[]} results As the bench keeps them, in the order of the trials. */
export function pageOf(results) {
  const isCorpus = results.every(({ lines_are }) => lines_are === 'a corpus')
  return [
    '# The log batcher, measured',
    '',
    '<!-- Written by `npm run bench:report` from `bench/results`. Changes by hand are lost. -->',
    '',
    'What hero_proc can take, what a line costs, what others need for the same, and whether that is enough.',
    `Every figure is from one of the runs below${isCorpus ? ', all of them on a corpus of real logs' : ''}.`,
    '`npm run bench -- all --corpus DIR` and `npm run bench:report` make this page anew on your machine, with the',
    '`*.log` files of a folder of yours; without `--corpus` lines are made up.',
    '',
    ...headRoom(results),
    ...bounds(results),
    ...missed(results),
    ...machine(results),
    METHOD,
    ...results.flatMap(section),
    RUN,
    '',
  ].join('\n')
}

function headRoom(results) {
  const result = ['producers', 'head-room']
    .map((name) => results.find((one) => one.name === name))
    .find((one) => one !== undefined)
  if (result === undefined) return []
  const [{ value }] = result.checks
  const [{ rows }] = result.tables
  return [
    `**Head-room: ${short(value)}.** The store takes ${rows[1][2]} lines/s, a terminal with the settings that`,
    `programs find delivers ${rows.find(([name]) => name.startsWith('PTY, stock'))[2]}. Above 1 a queue in front of the store cannot fill for good,`,
    'whatever one service prints; sources that are faster still, such as pipes without limits, are held to',
    'the pace of the store.',
    '',
    'The decision that these figures support, of "reduce", "speed up" and "move": **speed up and move**. Lines',
    'are kept as [compressed blocks](../decisions/0002-blocks-not-rows.md) in a',
    '[log database of their own](../decisions/0001-where-logs-live.md), with',
    '[one sync a batch](../decisions/0003-durability-default.md). What reduces the volume (rate limits,',
    "sysmon's interval, coalescing) is there for those who want it, and not needed to keep up.",
    '',
  ]
}

function bounds(results) {
  const rows = results.flatMap(({ name, checks }) =>
    checks.map(({ figure, value, unit, bound, pass, aim, best }) => [
      `${name}: ${figure}`,
      value === null ? '-' : `${short(value)} ${unit}`,
      bound || unit,
      pass === null ? '-' : pass ? 'yes' : '**no**',
      aim ?? '',
      best === undefined ? '' : best ? 'yes' : 'no',
    ]),
  )
  const head = ['figure', 'measured', 'must', 'reached', 'aim', 'reached']
  return ['## What has to be reached', '', tableOf([head, ...rows]), '']
}

function missed(results) {
  const open = results.flatMap(({ name, checks }) =>
    checks
      .filter(({ pass }) => pass === false)
      .map((check) => ({ name, ...check, note: notesOn(name, check.figure) })),
  )
  if (open.length === 0) return ['Everything that must be reached is reached.', '']
  const busiest = Math.max(...results.map((one) => one.others_share))
  return [
    '## What is not reached, and what comes next',
    '',
    ...(busiest > OTHERS_SHARE_MAX
      ? [
          `Others used up to ${(busiest * 100).toFixed(0)} % of the machine during these runs: speed and latency say little here.`,
          '',
        ]
      : []),
    ...[...new Set(open.map(({ note }) => note))].flatMap((note) => [
      ...open
        .filter((one) => one.note === note)
        .map(
          ({ name, figure, value, unit, bound }) =>
            `- **${name}: ${figure}**: ${short(value)} ${unit}, must be ${bound}.`,
        ),
      '',
      `  ${note}`,
      '',
    ]),
  ]
}

function machine(results) {
  const [{ machine: about }] = results
  const pragmas = Object.entries(about.pragmas).map(([name, value]) => `${name}=${value}`)
  const facts = [
    ['CPU', `${about.cores} x ${about.cpu}`],
    ['memory', `${about.memory_gib} GiB`],
    ['disk', diskOf(about.disk)],
    ['system', `${about.system}, Linux ${about.kernel}`],
    ['Node', about.node],
    ['SQLite', `${about.sqlite}; ${pragmas.join(', ')}`],
  ]
  const runs = results.map((one) => [
    `[${one.name}](#${one.name})`,
    one.date.slice(0, 16).replace('T', ' '),
    one.machine.commit ?? '',
    one.lines_are,
    `${one.took_s} s`,
    one.load.toFixed(1),
    `${(one.others_share * 100).toFixed(0)} %`,
  ])
  const head = ['run', 'began (UTC)', 'commit', 'lines', 'took', 'load', 'used by others']
  return [
    '## The machine and the runs',
    '',
    tableOf([['what', 'is'], ...facts]),
    '',
    ...otherMachines(results),
    'How much of the machine others used during a run says how much its figures are worth: with more than a few',
    'hundredths, run it again.',
    '',
    tableOf([head, ...runs]),
    '',
  ]
}

/** Kinds of disks, by the names of their devices. */
const DISKS = [
  [/^\/dev\/x?vd/, 'a virtual disk'],
  [/^\/dev\/nvme/, 'an NVMe disk'],
  [/^\/dev\/sd/, 'a SATA or SCSI disk'],
]

/** File system and kind of disk: names and mount options of one machine say nothing elsewhere. */
function diskOf(disk) {
  const [system, device = ''] = disk.split(' ')
  const kind = DISKS.find(([pattern]) => pattern.test(device))?.[1]
  return kind === undefined ? system : `${system} on ${kind}`
}

/** A line for each machine that is not the one in the table, with what is different there. */
function otherMachines(results) {
  const first = traitsOf(results[0].machine)
  const commits = new Map()
  for (const { machine: about } of results) {
    const others = traitsOf(about).filter((trait) => !first.includes(trait))
    if (others.length === 0) continue
    const different = others.join(', ')
    commits.set(different, (commits.get(different) ?? new Set()).add(about.commit ?? 'no commit'))
  }
  const lines = [...commits].map(
    ([different, names]) => `- The runs of ${[...names].join(' and ')}: ${different}.`,
  )
  return lines.length === 0 ? [] : [...lines, '']
}

function traitsOf({ cores, cpu, memory_gib, disk, system, kernel, node, sqlite, pragmas }) {
  return [
    `${cores} x ${cpu}`,
    `${memory_gib} GiB`,
    diskOf(disk),
    system,
    `kernel ${kernel}`,
    `Node ${node}`,
    `SQLite ${sqlite}`,
    ...Object.entries(pragmas).map(([name, value]) => `${name}=${value}`),
  ]
}

function section({ name, about, lines, repetitions, seconds, tables, notes, charts }) {
  const size = [
    ...(lines > 0 ? [`${lines.toLocaleString('en')} lines`] : []),
    ...(seconds > 0 ? [`${seconds} s each`] : []),
    `${repetitions} ${repetitions === 1 ? 'round' : 'rounds'}`,
  ]
  return [
    `## ${name}`,
    '',
    `${about[0].toUpperCase()}${about.slice(1)}. Size: ${size.join(', ')}.`,
    '',
    ...charts.flatMap((chart) => [`![${chart.title}](bench/${name}-${chart.name}.svg)`, '']),
    ...tables.flatMap(({ title, rows }) => [
      ...(title ? [`${title}:`, ''] : []),
      tableOf(rows),
      '',
    ]),
    ...(notes.length > 0 ? [...notes.map((note) => `- ${note}`), ''] : []),
  ]
}

const METHOD = `## Method, and what the figures do not say

- Every trial is a process of its own on a fresh folder; runs of ours and of the peers take turns, the
  median of the rounds counts, and ratios are of one run.
- \`systems\` and \`canonical\`: services wait at a gate, all start to print at the same instant. Up to
  300,000 lines warm everything up before that. A system is done when its last line is
  committed (ours), or when its processes have not worked and its files have not grown for 0.3 s. In
  \`canonical\` journald gets a tenth of the lines and the rows half of them, and the two systems of the trickle
  run at the same time.
- CPU time is that of all threads and processes of the logging side as the scheduler counts it, without the
  services. For hero_proc everything is in it: levels, compression, signatures, and the compaction that goes on
  until it is idle. What it leaves to be regrouped later is as much as the warm-up had left to it.
- Bytes on disk are those of the whole data folder after compaction and the end of the system; only the
  ballast, which does not grow, is left out.
- Every line is read back and compared with what was sent, by its hash. Peers that change lines are said to.
- Made-up lines (eleven formats in the mixture of a busy machine, \`bench/line-formats.mjs\`) compress worse
  than most real ones; \`--corpus DIR\` takes real ones.
- Peers run with these settings: \`s6-log t n1000 s16777215\`, \`multilog t s16777215 n1000\`, \`svlogd -t\` with
  16 MB files (and with \`-b 65536 -l 8192\`), supervisord and PM2 as they come, journald persistent and without
  a rate limit through its stdout socket, Redis with a Node client (RPUSH, LTRIM, PUBLISH; a hundred lines a
  pipeline; nothing on disk), rows by a Node client in WAL mode with 1,000-row transactions.
- Rates of one run on two cores: the service, the peer or hero_proc, and the disk share them. Files are in the
  page cache when they are searched. Nothing here was measured over days.
`

const RUN = `## Run it on your machine

\`\`\`sh
apt-get install -y s6 runit daemontools supervisor redis-server sqlite3   # peers, as many as you like
npm install --prefix ~/pm2 pm2 && PATH=$PATH:~/pm2/node_modules/.bin      # and PM2, outside the project
npm ci
npm run bench                     # the canonical table, about two minutes
npm run bench -- all              # everything on this page, under half an hour
npm run bench:report              # writes this page and its charts
\`\`\`

A peer that is not there is left out, and the page says so; journald can be started by root only. Stop the
daemons that a package has started (Redis, supervisord) before you measure. Each trial has a word:
[BENCH.md](BENCH.md) has them all.`
