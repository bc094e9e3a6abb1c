// R12: the trial of crowds, judged by its bound for viewers that are stopped.
import { run } from '../trials/crowds.mjs'

const SECONDS = 10

export const slowConsumers = {
  id: 'R12',
  what: '50 of 100 WebSocket viewers are stopped by SIGSTOP',
  bound: 'p99 of the others < 2 x, every line once, bounded memory',
  async run({ minutes = SECONDS / 60 }) {
    const { checks, failures, data } = await run({ seconds: minutes * 60, say: () => {} })
    const missed = checks.filter(({ figure, pass }) => !pass && figure.includes('stopped'))
    const { p99Ms, rssGrowthMb } = data.crowds.at(-1)
    return {
      figure: `p99 of the others ${p99Ms.toFixed(1)} ms, memory +${rssGrowthMb.toFixed(1)} MB`,
      failures: [
        ...failures,
        ...missed.map(({ figure, value, bound }) => `${figure}: ${value}, expected ${bound}`),
      ],
    }
  },
}
