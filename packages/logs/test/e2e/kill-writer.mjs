// Fixture: writes numbered lines as fast as it can and prints the last one that is committed. Killed by
// the test at any moment.
import { openLogs } from '@hero/logs'

const logs = await openLogs({ dir: process.argv[2], partitionBytes: 262_144 })
const sinks = ['a', 'b'].map((source) => logs.sink({ source, origin: 'pipe' }))
const next = sinks.map(
  (_, i) => logs.sources().find(({ source }) => source === 'ab'[i])?.last_n ?? 0,
)
for (;;) {
  sinks.forEach((sink, i) => {
    const lines = i === 0 ? 500 : 1
    let text = ''
    for (let line = 0; line < lines; line++)
      text += `${'ab'[i]} ${++next[i]} ${'x'.repeat(next[i] % 97)}\n`
    const bytes = Buffer.from(text)
    const end = bytes.length
    const ts = Date.now() * 1000
    sink.writeLines(
      { bytes, start: 0, end, lines, stream: 'stdout', ts, part: 'none', terminated: true },
      1,
    )
  })
  await logs.sync()
  process.stdout.write(`${next.join(' ')}\n`)
}
