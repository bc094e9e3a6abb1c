// R11: the bench of overload judges itself.
import { byScript } from './by-command.mjs'

const SECONDS = 60

export const overload = byScript({
  id: 'R11',
  what: 'a flood and nine quiet services for 60 s while every commit is slowed down',
  bound:
    'memory <= idle + 64 MiB, accounts exact, quiet services lose 0, gap entries tell every loss',
  script: 'overload.mjs',
  args: ({ minutes = SECONDS / 60 }) => ['--seconds', String(Math.round(minutes * 60))],
  figure: (said) => {
    const of = (what) => new RegExp(`^${what}: (.*)$`, 'm').exec(said)?.[1] ?? '?'
    return `${of('flood')}, memory above idle ${of('memory above idle, MiB')} MiB, event-loop delay p99 ${of('event-loop delay p99, ms')} ms`
  },
})
