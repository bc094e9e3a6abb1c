// A part: what is left to regroup in a store that its process has closed, and what that costs.
import { openLogs } from '@hero/logs'
import { answerPart, measured } from '../part.mjs'

answerPart(async ({ dir }) => {
  const logs = await openLogs({ dir })
  const { cpuUs } = await measured(() => logs.compact())
  await logs.close()
  return { cpuUs }
})
