// R24: the simulation is a test of the log library; here it runs with ten thousand seeds.
import { byTests } from './by-command.mjs'

export const simulation = byTests({
  id: 'R24',
  what: 'batcher, store and followers on a virtual clock with a failing disk and crashes',
  bound: '10,000 seeds, 0 broken invariants, a seed replays identically',
  files: ['packages/logs/test/e2e/simulation.test.ts'],
  env: ({ count }) => ({ SIMULATION_SEEDS: String(count * 50) }),
})
