// A part: what terminals or pipes deliver when nothing is kept. Counts the lines of commands that run at
// once, from the first line on: how long they take to start is not asked.
import { startCapture } from '@hero/capture'
import { answerPart } from '../part.mjs'

answerPart(async ({ mode, commands }) => {
  let lines = 0
  let startMs
  const onLines = (region) => {
    startMs ??= performance.now()
    lines += region.lines
  }
  const captures = await Promise.all(
    commands.map(([command, ...args]) => startCapture({ command, args, mode, onLines })),
  )
  await Promise.all(captures.map(({ exited }) => exited))
  return { lines, wallMs: performance.now() - startMs }
})
