// A part: what a terminal or pipe delivers when nothing is kept. Counts the lines of one command, from
// its first line on: how long it takes to start is not asked.
import { startCapture } from '@hero/capture'
import { answerPart } from '../../part.mjs'

answerPart(async ({ mode, command, args }) => {
  let lines = 0
  let startMs
  const onLines = (region) => {
    startMs ??= performance.now()
    lines += region.lines
  }
  const capture = await startCapture({ command, args, mode, onLines })
  await capture.exited
  return { lines, wallMs: performance.now() - startMs }
})
