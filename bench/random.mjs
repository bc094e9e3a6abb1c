// Random numbers from a seed (mulberry32): the same seed gives the same input on every machine.

/** @param {number} seed An integer. */
export function createRandom(seed) {
  let state = seed >>> 0

  /** A number from 0 to below 1. */
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }

  /** An integer from `least` to `most`, both possible. */
  const integer = (least, most) => least + Math.floor(next() * (most - least + 1))

  const pick = (items) => items[integer(0, items.length - 1)]

  /** As `pick`, with the first items far more often than the last: names in logs are like that. */
  const pickSkewed = (items) => items[Math.floor(next() ** 3 * items.length)]

  const hex = (length) => {
    let text = ''
    while (text.length < length) text += integer(0, 0xffffff).toString(16).padStart(6, '0')
    return text.slice(0, length)
  }

  return { next, integer, pick, pickSkewed, hex }
}
