// Levels of a query as one word: `error` is that level and everything more severe, `warning..info` a span,
// `none` the entries without a level.
import { LEVELS, parseLevelName } from '../model/level.js'
import type { Level } from '../model/level.js'

/**
 * Returns the levels that `spec` asks for, most severe first.
 *
 * @throws {TypeError} If it is no level and no span of levels.
 */
export function levelSpan(spec: string): readonly Level[] {
  const ends = spec.split('..').map((name) => levelIndex(name))
  const [from, to] = ends
  if (ends.length > 2 || from === undefined || from < 0 || (to !== undefined && to < 0)) {
    throw new TypeError(
      `Expected a level or A..B of ${LEVELS.join(', ')}, got ${JSON.stringify(spec)}`,
    )
  }
  if (LEVELS[from] === 'none' && to === undefined) return ['none']
  const low = to === undefined ? 0 : Math.min(from, to)
  return LEVELS.slice(low, Math.max(from, to ?? from) + 1)
}

function levelIndex(name: string): number {
  const trimmed = name.trim()
  if (/^[0-8]$/.test(trimmed)) return Number(trimmed)
  const level = parseLevelName(trimmed)
  return level === undefined ? -1 : LEVELS.indexOf(level)
}
