// A part: several commands at once, each captured into a source of one store, until they end or the time
// is over. Says what it cost from the open store to the closed one, compaction included.
import { openLogs } from '@hero/logs'
import { answerPart, measured } from '../part.mjs'
import { captureInto } from '../shared/capture-into.mjs'

answerPart(async ({ dir, mode, overflow, commands, seconds }) => {
  const logs = await openLogs({ dir })
  let stats
  let floodMs
  const { wallMs, cpuUs, rssMaxKib } = await measured(async () => {
    const startMs = performance.now()
    await captureAll(logs, { mode, overflow, commands, seconds })
    await logs.sync()
    floodMs = performance.now() - startMs
    stats = logs.stats()
    await logs.compact()
    await logs.close()
  })
  const { queue, totals, sources } = stats
  return { wallMs, floodMs, cpuUs, rssMaxKib, queue, totals, sources }
})

async function captureAll(logs, { mode, overflow, commands, seconds }) {
  const captures = await Promise.all(
    commands.map((command) => captureInto(logs, { ...command, mode, overflow })),
  )
  const end =
    seconds === null
      ? undefined
      : setTimeout(() => {
          for (const capture of captures) capture.signal('SIGKILL')
        }, seconds * 1000)
  await Promise.all(captures.map((capture) => capture.exited))
  clearTimeout(end)
}
