// Trial: hero_proc and everything else that is here, fed with the same lines in the same ways, in turn. What
// is asked of each: is every line there, how fast, at what cost, how large, and how long a question takes.
import { atLeast, atMost, bars, count, median, missing, short, spread } from '../figures.mjs'
import { openInput, openInputs } from '../generate.mjs'
import { SYSTEMS } from '../systems/all.mjs'
import { measureFeed } from '../systems/measure-feed.mjs'

const SERVICES = 8
const TRICKLE_RATE = 1_000
/** Lines before the clock starts: threads and caches are warm then, and code that runs often is compiled. */
const WARM_UP_LINES = 300_000
const TRICKLE_WARM_UP_LINES = 100_000

const FEEDS = {
  block: 'writes of 128 KB',
  line: 'a write a line',
  services: `${SERVICES} services at once`,
  trickle: `${count(TRICKLE_RATE)} lines/s`,
}

const OURS = 'hero_proc, pipe'
const ABSENT = 'is not here'

export async function run(options) {
  const plan = planOf(options)
  const runs = new Map()
  const broken = new Map()
  const isHere = ({ name, reason }) => reason() === undefined && !broken.has(name)
  const measure = async (system, { feed, how, inputsOf }, round) => {
    options.say(`round ${round}/${options.repetitions}, ${FEEDS[feed]}, ${system.name}`)
    const isAsked = round === 1 && feed === plan.asked
    try {
      const { inputs, warmUpLines } = inputsOf(system.name)
      const figures = await measureFeed(system, { ...how, warmUpLines }, inputs, isAsked)
      const key = `${system.name} ${feed}`
      runs.set(key, [...(runs.get(key) ?? []), { ...figures, ...linesOf(inputs, warmUpLines) }])
    } catch (error) {
      // A peer that cannot be run here must not spoil the others' figures.
      if (isOurs(system.name)) throw error
      broken.set(system.name, `it broke: ${error.message}`)
    }
  }
  for (let round = 1; round <= options.repetitions; round += 1) {
    for (const part of plan) {
      const wanted = SYSTEMS.filter(
        (system) => isHere(system) && isWanted(options, part.feed, system.name, round),
      )
      if (options.together?.includes(part.feed)) {
        await Promise.all(wanted.map((system) => measure(system, part, round)))
      } else for (const system of wanted) await measure(system, part, round)
    }
  }
  return report(summarize(SYSTEMS.filter(isHere), plan, runs), await legend(broken))
}

/** The feeds with their inputs; questions are asked where there are several services, or else at the first. */
function planOf({ rounds, seconds, lines, shares = {}, ...options }) {
  const flood = (count, share) => {
    const warmUp = Math.min(WARM_UP_LINES, lines)
    const all = { ...options, lines: Math.round(share * (lines + warmUp)) }
    const inputs = count === 1 ? [openInput(all)] : openInputs(count, all)
    return { inputs, warmUpLines: Math.round((share * warmUp) / count) }
  }
  const trickle = () => {
    const warmUpLines = Math.min(TRICKLE_WARM_UP_LINES, lines)
    const input = openInput({ ...options, lines: TRICKLE_RATE * seconds + warmUpLines })
    return { inputs: [input], warmUpLines }
  }
  const shareOf = (name) => shares[name] ?? 1
  const one = (name) => flood(1, shareOf(name))
  const several = (name) => flood(SERVICES, shareOf(name))
  const pace = { rate: TRICKLE_RATE, seconds }
  const plan = [
    { feed: 'block', how: { writer: 'block' }, inputsOf: one },
    { feed: 'line', how: { writer: 'line' }, inputsOf: one },
    { feed: 'services', how: { writer: 'block' }, inputsOf: several },
    { feed: 'trickle', how: { writer: 'trickle', ...pace }, inputsOf: trickle },
  ].filter(({ feed }) => rounds === undefined || feed in rounds)
  plan.asked = rounds === undefined ? 'services' : 'block'
  return plan
}

/** How many lines were fed while the clock ran, and in all. */
function linesOf(inputs, warmUpLines) {
  const all = inputs.reduce((sum, { lines }) => sum + lines, 0)
  return { lines: all - warmUpLines * inputs.length, allLines: all }
}

function isWanted({ rounds, repetitions }, feed, name, round) {
  return round <= (rounds === undefined ? repetitions : (rounds[feed][name] ?? 0))
}

/** What is installed, and why something is left out. */
function legend(broken) {
  return Promise.all(
    SYSTEMS.map(async ({ name, ...system }) => {
      const reason = system.reason() ?? broken.get(name)
      return { name, reason, version: reason === undefined ? await system.version() : '' }
    }),
  )
}

const isOurs = (name) => name.startsWith('hero_proc')

/** Medians by system and feed: `{ system: { feed: figures } }`. */
function summarize(here, plan, runs) {
  const rounds = (values) => ({ ...spread(values), values })
  const of = (list) => {
    const { lines, allLines } = list[0]
    const middle = (get) => median(list.map(get))
    return {
      rate: rounds(list.map(({ wallMs }) => (lines * 1000) / wallMs)),
      cpu: rounds(list.map(({ cpuUs }) => cpuUs / lines)),
      threads: ['first', 'second', 'rest'].map((key) => middle((one) => one.threadUs[key]) / lines),
      disk: middle(({ diskBytes }) => diskBytes) / allLines,
      rssMib: middle(({ rssKib }) => rssKib) / 1024,
      lost: Math.max(...list.map(({ lost }) => lost)),
      same: list.every(({ same }) => same),
      asked: list.flatMap(({ asked }) => asked),
      lines: allLines,
    }
  }
  const systems = here.map(({ name }) => {
    const fed = plan.map(({ feed }) => feed).filter((feed) => runs.has(`${name} ${feed}`))
    const figures = fed.map((feed) => [feed, of(runs.get(`${name} ${feed}`))])
    return [name, Object.fromEntries(figures)]
  })
  return Object.fromEntries(systems.filter(([, feeds]) => Object.keys(feeds).length > 0))
}

function report(systems, about) {
  const names = Object.keys(systems)
  const notes = about.map(({ name, reason, version }) =>
    reason === undefined ? version && `${name}: ${version}` : `${name}: left out, ${reason}`,
  )
  return {
    tables: [
      rates(systems, names),
      costs(systems, names),
      sizes(systems, names),
      threads(systems),
      questions(systems, names),
    ].filter(({ rows }) => rows.length > 1),
    notes: notes.filter(Boolean),
    checks: checksOf(systems),
    charts: chartsOf(systems, names),
    failures: names.flatMap((name) => lossesOf(name, systems[name])),
    data: { systems },
  }
}

const feedsOf = (systems) => Object.keys(FEEDS).filter((feed) => feed in systems[OURS])

function rates(systems, names) {
  const feeds = feedsOf(systems).filter((feed) => feed !== 'trickle')
  return table('Thousands of lines a second: median (lowest-highest)', feeds, names, (name, feed) =>
    spreadOf(systems[name][feed]?.rate, 1 / 1000),
  )
}

function costs(systems, names) {
  const title = 'CPU microseconds a line, all threads and processes of the logging side'
  return table(title, feedsOf(systems), names, (name, feed) =>
    spreadOf(systems[name][feed]?.cpu, 1),
  )
}

function table(title, feeds, names, cell) {
  return {
    title,
    rows: [
      ['', ...feeds.map((feed) => FEEDS[feed])],
      ...names.map((name) => [name, ...feeds.map((feed) => cell(name, feed))]),
    ],
  }
}

function spreadOf(values, factor) {
  if (values === undefined) return '-'
  const [median, min, max] = [values.median, values.min, values.max].map((one) =>
    short(one * factor),
  )
  return min === max ? median : `${median} (${min}-${max})`
}

function sizes(systems, names) {
  return {
    title: 'Bytes, memory, loss',
    rows: [
      ['', 'B/line on disk', 'MiB, 1 service', `MiB, ${SERVICES}`, 'lines lost', 'bytes as sent'],
      ...names
        .filter((name) => 'block' in systems[name])
        .map((name) => {
          const feeds = Object.values(systems[name])
          const { block, services } = systems[name]
          return [
            name,
            block.disk === 0 ? 'memory' : short(block.disk),
            short(block.rssMib),
            services === undefined ? '-' : short(services.rssMib),
            count(Math.max(...feeds.map(({ lost }) => lost))),
            feeds.every(({ same }) => same) ? 'same' : 'CHANGED',
          ]
        }),
    ],
  }
}

/** Where hero_proc's CPU time goes: its first thread reads and packs, its busiest other one writes. */
function threads(systems) {
  const rows = Object.entries(systems)
    .filter(([name]) => isOurs(name))
    .flatMap(([name, feeds]) =>
      Object.entries(feeds).map(([feed, { threads: used }]) => [
        `${name}, ${FEEDS[feed]}`,
        ...used.map(short),
      ]),
    )
  const head = ['', 'main thread', 'writer thread', 'others (collector, compiler, pool)']
  return { title: 'CPU microseconds a line by thread of hero_proc', rows: [head, ...rows] }
}

function questions(systems, names) {
  const rows = names.flatMap((name) =>
    Object.values(systems[name]).flatMap(({ asked, lines }) =>
      asked.map(({ what, how, ms, found }) =>
        what === 'tail'
          ? [name, `last 200: ${how}`, count(found), short(ms), '']
          : [name, `rare word: ${how}`, count(found), short(ms), short((ms * 1000) / lines)],
      ),
    ),
  )
  return {
    title: 'Questions, with the time to start a command where one is started',
    rows: [['', 'question', 'lines found', 'ms', 's per million lines'], ...rows],
  }
}

function checksOf(systems) {
  const figure = (name, feed, key) => systems[name]?.[feed]?.[key]
  const ratio = (name, [peer, feed, key], judge, bound, aim) => {
    const [ours, theirs] = [figure(OURS, feed, key), figure(peer, feed, key)]
    const unit = `x ${peer}`
    if (theirs === undefined || ours === undefined) return missing(name, `${peer} ${ABSENT}`)
    return judge(name, ratioOf(ours, theirs), bound, unit, aim)
  }
  return [
    ratio('lines/s, 8 services', ['s6-log', 'services', 'rate'], atLeast, 0.6, 1),
    ratio('lines/s, 8 services', ['journald', 'services', 'rate'], atLeast, 6),
    ratio('CPU, flood', ['s6-log', 'block', 'cpu'], atMost, 1.5, 1),
    ratio('CPU, flood, 8 services', ['s6-log', 'services', 'cpu'], atMost, 1.5, 1),
    ratio('CPU, flood', ['journald', 'block', 'cpu'], atMost, 0.2),
    ratio('CPU, trickle', ['node pipe > file', 'trickle', 'cpu'], atMost, 1.5, 1.1),
    ratio('bytes on disk, flood', ['s6-log', 'block', 'disk'], atMost, 1 / 7, 0.1),
    atMost('lines lost', lostOf(systems[OURS]), 0, 'lines'),
  ]
}

/** The median of the rounds' ratios, of those that both were in: neighbors share their luck. */
function ratioOf(ours, theirs) {
  if (typeof ours !== 'object') return ours / theirs
  return median(theirs.values.map((value, round) => ours.values[round] / value))
}

function lostOf(feeds) {
  return Math.max(...Object.values(feeds).map(({ lost }) => Math.abs(lost)))
}

/** Only hero_proc has promised to lose nothing; what the others do is in the table. */
function lossesOf(name, feeds) {
  if (!isOurs(name)) return []
  return Object.entries(feeds)
    .filter(([, { lost, same }]) => lost !== 0 || !same)
    .map(([feed, { lost }]) => `${name}, ${FEEDS[feed]}: ${lost} lines lost, or bytes changed`)
}

function chartsOf(systems, names) {
  const chart = (name, title, unit, get, feeds) => {
    const measured = names.filter((one) => feeds.some((feed) => get(systems[one][feed])))
    return bars(
      name,
      title,
      unit,
      feeds.map((feed) => FEEDS[feed]),
      measured.map((one) => [one, feeds.map((feed) => get(systems[one][feed]) ?? null)]),
    )
  }
  const feeds = feedsOf(systems)
  const floods = feeds.filter((feed) => feed !== 'trickle')
  return [
    chart('rate', 'Lines a second', 'lines/s', (one) => one?.rate.median, floods),
    chart('cpu', 'CPU time a line', 'us/line', (one) => one?.cpu.median, feeds),
    chart('disk', 'Bytes on disk a line', 'B/line', (one) => one?.disk || undefined, ['block']),
  ]
}
