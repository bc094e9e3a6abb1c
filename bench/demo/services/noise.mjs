// Output that is no clean text: colors, a progress bar that rewrites itself, bytes that are no UTF-8,
// a NUL now and then. Everything is kept byte for byte; a terminal sees only what is harmless.
import { setTimeout as sleep } from 'node:timers/promises'
import { createRandom } from '../../random.mjs'

const random = createRandom(Date.now() + 2)
const ESC = '\u001b'

const KINDS = [
  () =>
    Buffer.from(`${ESC}[32mok${ESC}[0m unit ${random.integer(1, 99)} in ${ESC}[1mgreen${ESC}[0m\n`),
  () => Buffer.from(`progress 10%\rprogress 55%\rprogress ${random.integer(56, 100)}%\n`),
  () => Buffer.from('naïve café, 日本語, and a 🦔\n'),
  () => Buffer.concat([Buffer.from('latin-1: '), Buffer.from('déjà vu\n', 'latin1')]),
  () => Buffer.concat([Buffer.from('binary: '), randomBytes(24), Buffer.from('\n')]),
]

/** Any bytes but the line end. */
function randomBytes(length) {
  return Buffer.from(Array.from({ length }, () => random.integer(11, 255))).fill(0, 3, 4)
}

for (;;) {
  process.stdout.write(random.pickSkewed(KINDS)())
  await sleep(random.integer(1000, 3500))
}
