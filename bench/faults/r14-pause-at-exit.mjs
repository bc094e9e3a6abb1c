// R14: reading is paused while a child prints and exits, and goes on five seconds later.
import { setTimeout as sleep } from 'node:timers/promises'
import { startCapture } from '@hero/capture'

const PAUSED_MS = 5_000
/** Fits into what the kernel holds for a terminal, so that the child can exit. */
const LINES = 1_000

export const pauseAtExit = {
  id: 'R14',
  what: 'reading is paused for 5 s while children exit (PTY and pipe)',
  bound: '0 bytes lost',
  async run({ count }) {
    const modes = Array.from({ length: count }, (_, i) => (i % 2 === 0 ? 'pty' : 'pipe'))
    const expected = Array.from({ length: LINES }, (_, i) => `${i + 1}\n`).join('')
    const failures = []
    const one = async (mode) => {
      let text = ''
      const capture = await startCapture({
        command: 'seq',
        args: ['1', String(LINES)],
        mode,
        onLines: ({ bytes, start, end }) => {
          text += Buffer.from(bytes.subarray(start, end)).toString()
        },
      })
      capture.pause()
      await sleep(PAUSED_MS)
      capture.resume()
      await capture.exited
      await capture.close()
      if (text !== expected) failures.push(`${mode}: ${text.length} of ${expected.length} bytes`)
    }
    await Promise.all(modes.map(one))
    return { figure: `${count} children, ${failures.length} with a loss`, failures }
  },
}
