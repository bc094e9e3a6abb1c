// A part: reads sources back through the library, from the first line to the last, and says how many
// lines there are and what their bytes hash to.
import { createHash } from 'node:crypto'
import { openLogReader } from '@hero/logs'
import { answerPart } from '../part.mjs'

const PAGE_LINES = 10_000

answerPart(({ dir, sources }) => {
  const reader = openLogReader({ dir })
  const found = sources.map((source) => readSource(reader, source))
  reader.close()
  return found
})

function readSource(reader, source) {
  const hash = createHash('sha256')
  let lines = 0
  let query = { sources: [source], streams: ['stdout'], limit: PAGE_LINES }
  while (query !== undefined) {
    const { entries, next_cursor } = reader.query(query)
    for (const { text, bytes, unterminated } of entries) {
      hash.update(text ?? bytes)
      if (!unterminated) hash.update('\n')
    }
    lines += entries.length
    query = next_cursor === null ? undefined : { ...query, after: next_cursor }
  }
  return { lines, sha256: hash.digest('hex') }
}
