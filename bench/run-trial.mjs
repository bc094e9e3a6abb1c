// The process of one trial: gets what to do as a message, answers with what it found. How busy others
// kept the machine meanwhile goes with it.
import { loadavg } from 'node:os'
import { watchOthers } from './machine.mjs'
import { answerPart } from './part.mjs'
import { say } from './progress.mjs'

answerPart(async (trial) => {
  const { run } = await import(`./trials/${trial.module ?? trial.name}.mjs`)
  const others = watchOthers()
  const startMs = performance.now()
  const date = new Date().toISOString()
  const found = await run({ ...trial, say: (text) => say(`${trial.name}: ${text}`) })
  const took_s = Math.round((performance.now() - startMs) / 1000)
  return {
    date,
    took_s,
    load: loadavg()[0],
    others_share: others(),
    notes: [],
    checks: [],
    charts: [],
    failures: [],
    ...found,
  }
})
