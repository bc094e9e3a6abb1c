// Fuzzing of everything that takes foreign bytes: mutations of a small corpus and random bytes, for as long as
// asked. A target may refuse with the errors that it names; anything else is a crash, and its input is printed.
//
//   npm run fuzz -- all                     ten minutes each
//   npm run fuzz -- block --minutes 1       one target
//   npm run fuzz -- otlp --seed 7           the same inputs again
import { setImmediate } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { TARGETS } from './fuzz/targets.mjs'
import { createRandom } from './random.mjs'

const BYTES_MAX = 16_384
/** Inputs in one turn of the event loop: without turns nothing that comes back is taken, and memory fills. */
const TURN_INPUTS = 100
const INTERESTING = [
  0, 1, 9, 10, 13, 27, 34, 39, 44, 45, 46, 47, 58, 91, 92, 93, 123, 125, 127, 128, 192, 240, 255,
]

const CHANGES = [
  (bytes, random) => change(bytes, random, (byte) => byte ^ (1 << random.integer(0, 7))),
  (bytes, random) => change(bytes, random, () => random.pick(INTERESTING)),
  (bytes, random) => change(bytes, random, () => random.integer(0, 255)),
  (bytes, random) => splice(bytes, random, Buffer.alloc(0)),
  (bytes, random) => splice(bytes, random, piece(bytes, random)),
  (bytes, random) =>
    splice(bytes, random, Buffer.alloc(random.integer(1, 300), random.pick(INTERESTING))),
  (bytes, random) =>
    splice(
      bytes,
      random,
      Buffer.from(
        random.pick([
          '-1',
          '1e309',
          '9007199254740993',
          'null',
          '"\\ud800"',
          '__proto__',
          '[[[[',
          '{"a":',
        ]),
      ),
    ),
]

const { values, positionals } = parseArgs({
  options: {
    minutes: { type: 'string', default: '10' },
    seed: { type: 'string', default: '1' },
  },
  allowPositionals: true,
})
const names = positionals.includes('all') ? Object.keys(TARGETS) : positionals
const unknown = names.find((name) => !(name in TARGETS))
if (unknown !== undefined || names.length === 0) {
  throw new RangeError(
    `Expected ${Object.keys(TARGETS).join(', ')} or all, got ${unknown ?? 'nothing'}`,
  )
}
for (const name of names) await fuzz(name)

async function fuzz(name) {
  const { corpus: seeds, open } = TARGETS[name]
  const target = await open()
  const random = createRandom(Number(values.seed))
  const deadline = performance.now() + Number(values.minutes) * 60_000
  let inputs = 0
  let refused = 0
  let end = 'no crash'
  while (performance.now() < deadline) {
    const input = mutated(seeds, random)
    inputs++
    if (inputs % TURN_INPUTS === 0) await setImmediate()
    try {
      if ((await target.take(input, random)) === 'refused') refused++
    } catch (error) {
      process.exitCode = 1
      end = 'CRASH'
      const said = `${name}: crash at input ${inputs} of seed ${values.seed}: ${error.stack}`
      process.stdout.write(`${said}\n${input.toString('base64')}\n`)
      break
    }
  }
  await target.close?.()
  process.stdout.write(`${name}: ${inputs} inputs, ${refused} refused, ${end}\n`)
}

/** A few changes to one of the seeds, or to the beginning of one and the end of another. */
function mutated(seeds, random) {
  let bytes = Buffer.from(random.pick(seeds))
  if (random.next() < 0.2) {
    const other = random.pick(seeds)
    bytes = Buffer.concat([
      bytes.subarray(0, random.integer(0, bytes.length)),
      other.subarray(random.integer(0, other.length)),
    ])
  }
  const changes = random.integer(0, 8)
  for (let i = 0; i < changes; i++) bytes = random.pick(CHANGES)(bytes, random)
  return bytes.subarray(0, BYTES_MAX)
}

function change(bytes, random, to) {
  if (bytes.length === 0) return bytes
  const at = random.integer(0, bytes.length - 1)
  const after = Buffer.from(bytes)
  after[at] = to(after[at])
  return after
}

function piece(bytes, random) {
  const start = random.integer(0, bytes.length)
  return bytes.subarray(start, random.integer(start, bytes.length))
}

/** Puts something in the place of a random piece. */
function splice(bytes, random, put) {
  const start = random.integer(0, bytes.length)
  const end =
    random.next() < 0.5 ? start : random.integer(start, Math.min(bytes.length, start + 64))
  return Buffer.concat([bytes.subarray(0, start), put, bytes.subarray(end)])
}
