// Bytes that are no text: as a dump in hexadecimal, and as text as far as that goes.

const ROW_BYTES = 16
const DUMP_BYTES_MAX = 4_096

/** Reads base64. */
export function bytesOf(base64: string): Uint8Array {
  return Uint8Array.from(atob(base64), (char) => char.charCodeAt(0))
}

/** Returns the bytes as text; what is no UTF-8 becomes U+FFFD. */
export function looseText(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes)
}

/** Rows of offset, bytes and characters, at most 4 KiB of them. */
export function hexDump(bytes: Uint8Array): string {
  const rows: string[] = []
  const end = Math.min(bytes.length, DUMP_BYTES_MAX)
  for (let at = 0; at < end; at += ROW_BYTES) {
    const row = [...bytes.subarray(at, Math.min(at + ROW_BYTES, end))]
    const hex = row.map((byte) => byte.toString(16).padStart(2, '0'))
    const chars = row.map((byte) => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '.'))
    const columns = `${hex.slice(0, 8).join(' ')}  ${hex.slice(8).join(' ')}`
    rows.push(`${at.toString(16).padStart(6, '0')}  ${columns.padEnd(48)}  ${chars.join('')}`)
  }
  if (bytes.length > end) rows.push(`... ${bytes.length - end} bytes more`)
  return rows.join('\n')
}
