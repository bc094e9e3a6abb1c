// Children see fds 0 to 2 only, whatever this process was started with. First in its process: descriptors
// are sealed once.
import { constants, readdirSync } from 'node:fs'
import { expect, test } from 'vitest'
import { startCapture } from '../../src/capture.js'
import { libc } from '../../src/libc.js'
import { MODES } from '../support.js'

test('children inherit fds 0 to 2 and nothing else', async () => {
  // Not close-on-exec, as an inherited descriptor would be.
  const leak = libc()?.openpt(constants.O_RDWR | constants.O_NOCTTY) ?? -1
  const started = [...MODES, ...MODES].map((mode) =>
    startCapture({ command: 'sleep', args: ['1000'], mode, onLines: () => undefined }),
  )
  for (const capture of await Promise.all(started)) {
    expect(readdirSync(`/proc/${capture.pid}/fd`)).toEqual(['0', '1', '2'])
    capture.signal('SIGKILL')
    await capture.exited
  }
  libc()?.close(leak)
})
