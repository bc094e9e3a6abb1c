// A part: what a terminal or pipe delivers when nothing is kept. Counts the lines of one command.
import { startCapture } from '@hero/capture'
import { answerPart, measured } from '../../part.mjs'

answerPart(async ({ mode, command, args }) => {
  let lines = 0
  const onLines = (region) => {
    lines += region.lines
  }
  const { wallMs, cpuUs } = await measured(async () => {
    const capture = await startCapture({ command, args, mode, onLines })
    await capture.exited
  })
  return { lines, wallMs, cpuUs }
})
