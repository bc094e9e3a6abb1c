// Trial: what children can produce through terminals and pipes when nothing is kept, and what the store
// takes from memory. Their ratio is the head-room: above 1 the queue cannot fill for good.
import { atLeast, bars, count, median, short, spread } from '../figures.mjs'
import { openInput, openInputs } from '../generate.mjs'
import { runPart } from '../part.mjs'
import { insertLines } from '../shared/insert-lines.mjs'

const HEAD_ROOM_MIN = 1.5
const HEAD_ROOM_AIM = 2

/** A terminal as a program finds it: output processing on, which our own terminals have switched off. */
const STOCK = 'stty opost onlcr <&1; exec cat "$0"'

/** How a child's output is captured, and the command that prints a file. */
const WAYS = [
  { name: 'PTY, stock settings', mode: 'pty', command: (path) => ['sh', '-c', STOCK, path] },
  { name: 'PTY, output processing off', mode: 'pty', command: (path) => ['cat', path] },
  { name: 'tee (one terminal to attach to)', mode: 'tee', command: (path) => ['cat', path] },
  { name: 'pipe', mode: 'pipe', command: (path) => ['cat', path] },
]

export async function run(options) {
  const { counts, ways, repetitions, say } = options
  const input = openInput(options)
  const chosen = WAYS.filter(({ name }) => ways === undefined || ways.includes(name))
  const producers = chosen.flatMap((way) =>
    counts.map((children) => ({ ...way, children, rates: [] })),
  )
  const inserts = []
  for (let round = 1; round <= repetitions; round += 1) {
    say(`${round}/${repetitions}: the store, from memory`)
    inserts.push(await insertLines(input, { shape: 'flood' }))
    for (const producer of producers) {
      say(`${round}/${repetitions}: ${producer.children} x ${producer.name}`)
      producer.rates.push(await rateOf(producer, openInputs(producer.children, options)))
    }
  }
  return report(producers, inserts)
}

async function rateOf({ mode, command }, inputs) {
  const commands = inputs.map(({ path }) => command(path))
  const { lines, wallMs } = await runPart('receive', { mode, commands })
  const sent = inputs.reduce((sum, input) => sum + input.lines, 0)
  if (lines !== sent) throw new Error(`Expected ${sent} lines, got ${lines}`)
  return (lines * 1000) / wallMs
}

function report(producers, inserts) {
  const capacity = spread(inserts.map(({ rate }) => rate))
  const measured = producers.map(({ name, children, rates }) => {
    const rate = spread(rates)
    // Of each round by itself: neighbors share their luck.
    const headRoom = median(inserts.map((insert, round) => insert.rate / rates[round]))
    return { name, children, rate, headRoom }
  })
  const { headRoom } = measured.find(({ children }) => children === 1)
  return {
    tables: [
      {
        rows: [
          ['', 'children', 'lines/s', 'lowest', 'highest', 'capacity over it'],
          ['the store takes, from memory', '', ...ratesOf(capacity), ''],
          ...measured.map(({ name, children, rate, headRoom: room }) => [
            name,
            String(children),
            ...ratesOf(rate),
            short(room),
          ]),
        ],
      },
    ],
    notes: [
      `HEAD-ROOM: the store takes ${short(headRoom)} times what one terminal with stock settings delivers`,
    ],
    checks: [atLeast('head-room', headRoom, HEAD_ROOM_MIN, 'x one stock PTY', HEAD_ROOM_AIM)],
    charts: [
      bars(
        'rates',
        'Lines a second: producers, and what the store takes',
        'lines/s',
        ['lines/s'],
        [
          ['the store takes', [capacity.median]],
          ...measured.map(({ name, children, rate }) => [`${children} x ${name}`, [rate.median]]),
        ],
      ),
    ],
    data: { capacity, producers: measured, inserts },
  }
}

function ratesOf({ median, min, max }) {
  return [median, min, max].map(count)
}
