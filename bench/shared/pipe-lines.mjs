// Lines from a pipe that this process was started with, as text, cut at line feeds and nowhere else.
import { Socket } from 'node:net'

/** Calls `onLine` for each line; `ended` resolves when the pipe has. */
export function openPipeLines(fd, onLine) {
  const input = new Socket({ fd, readable: true, writable: false })
  input.setEncoding('utf8')
  let rest = ''
  input.on('data', (text) => {
    const lines = (rest + text).split('\n')
    rest = lines.pop()
    for (const line of lines) onLine(line)
  })
  const ended = new Promise((resolve) => {
    input.once('end', () => {
      if (rest !== '') onLine(rest)
      resolve()
    })
  })
  return { input, ended }
}
