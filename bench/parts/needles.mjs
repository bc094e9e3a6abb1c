// A part: asks for words that hardly occur, of two kinds, and notes how many lines were decoded for each.
// Pieces of real lines with one character changed are the hard ones: most of their trigrams occur.
import { openLogReader } from '@hero/logs'
import { openLineSource } from '../line-source.mjs'
import { answerPart } from '../part.mjs'
import { createRandom } from '../random.mjs'

const NEEDLE_LENGTH = 10
const LETTERS = 'abcdefghijklmnopqrstuvwxyz0123456789'

answerPart(({ dir, seed, corpus, needles, seconds }) => {
  const random = createRandom(seed)
  const nextLine = openLineSource(corpus).lines(seed)
  const reader = openLogReader({ dir })
  const makers = {
    'ten random letters and digits': () => randomNeedle(random),
    'ten bytes of a line, one changed': () => changedPiece(nextLine, random),
  }
  const kinds = Object.entries(makers).map(([kind, make]) => ({
    kind,
    ...ask(reader, make, { needles, seconds }),
  }))
  reader.close()
  return kinds
})

/** Lines decoded for each word that occurs nowhere, and how many words occurred; until the time is over. */
function ask(reader, make, { needles, seconds }) {
  const endMs = performance.now() + seconds * 1000
  const scanned = []
  let met = 0
  for (let i = 0; i < needles && performance.now() < endMs; i += 1) {
    const { entries, scanned_lines } = reader.query({ contains: make(), limit: 1 })
    if (entries.length === 0) scanned.push(scanned_lines)
    else met += 1
  }
  return { scanned, met }
}

function randomNeedle(random) {
  return Array.from({ length: NEEDLE_LENGTH }, () => random.pick(LETTERS)).join('')
}

function changedPiece(nextLine, random) {
  for (;;) {
    const line = nextLine().toString('latin1').trimEnd()
    const start = random.integer(0, Math.max(0, line.length - NEEDLE_LENGTH))
    const piece = line.slice(start, start + NEEDLE_LENGTH)
    if (!/^[ -~]{10}$/.test(piece)) continue
    const at = random.integer(0, NEEDLE_LENGTH - 1)
    const letter = random.pick(LETTERS)
    if (piece[at].toLowerCase() !== letter) return piece.slice(0, at) + letter + piece.slice(at + 1)
  }
}
