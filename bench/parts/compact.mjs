// A part: regroups what is left to regroup in a store that its process has closed.
import { openLogs } from '@hero/logs'
import { answerPart } from '../part.mjs'

answerPart(async ({ dir }) => {
  const logs = await openLogs({ dir })
  await logs.compact()
  await logs.close()
  return {}
})
