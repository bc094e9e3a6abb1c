// Text out of bytes that are not valid UTF-8: what is valid is decoded, every other byte is shown as
// `\xNN`, so that a reader sees which bytes there were.

/** Decodes UTF-8 and writes each byte that is no part of it as `\xNN`. */
export function showBytes(bytes: Uint8Array): string {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  let text = ''
  let start = 0
  let at = 0
  while (at < buffer.length) {
    const length = sequenceLength(buffer, at)
    if (length > 0) {
      at += length
      continue
    }
    text += buffer.toString('utf8', start, at)
    text += `\\x${buffer[at]!.toString(16).padStart(2, '0')}`
    at += 1
    start = at
  }
  return text + buffer.toString('utf8', start)
}

// Length of the well-formed UTF-8 sequence at `at`, 0 if there is none (table 3-7 of the Unicode standard).
function sequenceLength(bytes: Uint8Array, at: number): number {
  const lead = bytes[at]!
  if (lead < 0x80) return 1
  if (lead < 0xc2 || lead > 0xf4) return 0
  const length = lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4
  // The second byte has a narrower range after four leads: overlong forms, surrogates, beyond U+10FFFF.
  const low = lead === 0xe0 ? 0xa0 : lead === 0xf0 ? 0x90 : 0x80
  const high = lead === 0xed ? 0x9f : lead === 0xf4 ? 0x8f : 0xbf
  const second = bytes[at + 1] ?? 0
  if (second < low || second > high) return 0
  for (let i = 2; i < length; i++) if (((bytes[at + i] ?? 0) & 0xc0) !== 0x80) return 0
  return length
}
