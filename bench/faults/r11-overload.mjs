// R11: the trial of overload, judged by all of its bounds.
import { run } from '../trials/overload.mjs'

const SECONDS = 60

export const overload = {
  id: 'R11',
  what: 'a flood and nine quiet services for 60 s while every commit is slowed down',
  bound:
    'memory <= idle + 64 MiB, accounts exact, quiet services lose 0, gap entries tell every loss',
  async run({ minutes = SECONDS / 60 }) {
    const { checks, failures, data } = await run({ seconds: minutes * 60, say: () => {} })
    const { flood, growthMib, delayMs } = data
    const missed = checks.filter(({ pass }) => !pass)
    return {
      figure: `${flood.received} lines of the flood, ${flood.dropped} dropped and told; memory above idle ${growthMib.toFixed(1)} MiB, event loop p99 ${delayMs.toFixed(1)} ms`,
      failures: [
        ...failures,
        ...missed.map(({ figure, value, bound }) => `${figure}: ${value}, expected ${bound}`),
      ],
    }
  },
}
