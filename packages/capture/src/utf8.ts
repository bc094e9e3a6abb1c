// Where bytes can be split without splitting a UTF-8 character. Bytes that are no valid UTF-8 can be split
// anywhere.

/** Bytes of a character by its first byte, or 0 if none starts with that byte. */
function characterBytes(lead: number): number {
  if (lead < 0x80) return 1
  if (lead < 0xc2) return 0
  if (lead < 0xe0) return 2
  if (lead < 0xf0) return 3
  return lead < 0xf5 ? 4 : 0
}

/** True if `[start, end)` is how a character begins: all of it, or less. */
function isBeginning(bytes: Uint8Array, start: number, end: number): boolean {
  const lead = bytes[start] ?? 0
  if (end - start > characterBytes(lead)) return false
  for (let at = start + 1; at < end; at += 1) {
    const byte = bytes[at] ?? 0
    if (byte < 0x80 || byte > 0xbf) return false
  }
  return end - start < 2 || isSecond(lead, bytes[start + 1] ?? 0)
}

/** Excludes overlong forms, surrogates, and what is above U+10FFFF. */
function isSecond(lead: number, second: number): boolean {
  if (lead === 0xe0) return second >= 0xa0
  if (lead === 0xed) return second < 0xa0
  if (lead === 0xf0) return second >= 0x90
  return lead !== 0xf4 || second < 0x90
}

/** Where the character starts that `[start, end)` begins but does not finish; `end` if there is none. */
export function unfinishedCharacter(bytes: Uint8Array, start: number, end: number): number {
  for (let at = end - 1; at >= start && at >= end - 3; at -= 1) {
    const byte = bytes[at] ?? 0
    if (byte >= 0x80 && byte < 0xc0) continue
    const isUnfinished = characterBytes(byte) > end - at && isBeginning(bytes, at, end)
    return isUnfinished ? at : end
  }
  return end
}

/** The last place up to `end` (at most 3 bytes before it) that is inside no character. `bytes[end]` exists. */
export function splitPoint(bytes: Uint8Array, start: number, end: number): number {
  const at = unfinishedCharacter(bytes, start, end)
  return at < end && isBeginning(bytes, at, end + 1) ? at : end
}
