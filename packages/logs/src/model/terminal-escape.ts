// Terminal color sequences (`ESC [ ... m` and other CSI sequences) in lines: loggers put them round levels.

/** Returns where the sequence that begins at `start` (an ESC) ends, at most `limit`. */
export function skipEscape(bytes: Buffer, start: number, limit: number): number {
  if (start + 1 >= limit) return limit
  if (bytes[start + 1] !== 91 /* [ */) return start + 1
  let i = start + 2
  while (i < limit && (bytes[i]! < 64 || bytes[i]! > 126)) i++
  return Math.min(i + 1, limit)
}

/** Returns the first place from `start` on that is not inside a sequence, at most `limit`. */
export function skipEscapes(bytes: Buffer, start: number, limit: number): number {
  let i = start
  while (i < limit && bytes[i] === 27) i = skipEscape(bytes, i, limit)
  return i
}

/** Returns the last place before `stop` that is not inside a color sequence, at least `first` - 1. */
export function backOverEscapes(bytes: Buffer, first: number, stop: number): number {
  let i = stop - 1
  while (i > first && bytes[i] === 109 /* m */) {
    let start = i - 1
    while (start > first && isParameter(bytes[start]!)) start--
    if (start <= first || bytes[start] !== 91 || bytes[start - 1] !== 27) return i
    i = start - 2
  }
  return i
}

// Digits, ":" and ";".
function isParameter(byte: number): boolean {
  return byte >= 48 && byte <= 59
}
