// R7: single bits of stored payloads are flipped; `hero_proc logs verify` must say so, and the rest of
// the store must still be read.
import { join } from 'node:path'
import { createRandom } from '../random.mjs'
import { databases, openDatabase, openPlace } from './place.mjs'
import { fillStore } from './store.mjs'

const INTEGRITY = 6

export const bitRot = {
  id: 'R7',
  what: 'one flipped bit in a random block payload',
  bound:
    'every one found by logs verify (exit 6), none when whole, the rest is read, no changed line',
  async run({ count, seed }) {
    const place = openPlace()
    const failures = []
    try {
      const texts = await fillStore(place.logsDir)
      const whole = place.run('logs', 'verify')
      if (whole.status !== 0) failures.push(`verify of a whole store: ${told(whole)}`)
      const blocks = listBlocks(place.logsDir)
      const random = createRandom(seed)
      let found = 0
      let read = 0
      for (let flip = 0; flip < count; flip++) {
        const block = random.pick(blocks)
        const mend = flipBit(block, random)
        const verified = place.run('logs', 'verify')
        if (verified.status === INTEGRITY) found++
        else failures.push(`flip ${flip + 1}: verify ${told(verified)}`)
        const wrong = readRest(place, texts, block)
        if (wrong === undefined) read++
        else failures.push(`flip ${flip + 1}: ${wrong}`)
        mend()
        if (flip % 20 === 19) process.stderr.write(`R7: ${flip + 1} of ${count} flips\r`)
      }
      const figure = `${found} of ${count} found, the rest read ${read} times, ${blocks.length} blocks`
      return { figure, failures }
    } finally {
      place.remove()
    }
  },
}

/** Reads everything; says what is wrong: lines of whole blocks that are missing, or changed ones. */
function readRest(place, texts, block) {
  const { stdout, status, stderr } = place.run('logs', '-n', 'all', '-o', 'cat', '--raw')
  const seen = stdout.split('\n').slice(0, -1)
  const changed = seen.filter((text) => !texts.has(text)).length
  if (changed > 0) return `${changed} lines that nobody wrote are read`
  const missing = texts.size - block.lines - seen.length
  return missing <= 0
    ? undefined
    : `${missing} lines of whole blocks not read, ${told({ status, stderr })}`
}

function told({ status, stderr }) {
  const said = stderr.split('\n').findLast((line) => line.startsWith('hero_proc: '))
  return `exits ${status} (${said ?? 'nothing said'})`
}

function listBlocks(logsDir) {
  return databases(logsDir).flatMap((name) => {
    if (!name.startsWith('p-')) return []
    const path = join(logsDir, name)
    const db = openDatabase(path)
    const rows = db
      .prepare('SELECT first_seq, lines, data FROM blocks JOIN block_data USING (first_seq)')
      .all()
    db.close()
    return rows.map(({ first_seq, lines, data }) => ({ path, first_seq, lines, data }))
  })
}

/** Flips one bit; returns what takes it back. */
function flipBit({ path, first_seq, data }, random) {
  const rotten = Buffer.from(data)
  rotten[random.integer(0, data.length - 1)] ^= 1 << random.integer(0, 7)
  const put = (bytes) => {
    const db = openDatabase(path)
    db.prepare('UPDATE block_data SET data = ? WHERE first_seq = ?').run(bytes, first_seq)
    db.close()
  }
  put(rotten)
  return () => put(data)
}
