// Parts of long lines joined to one entry. It stands in the place of the line's first part that matches
// (in the order of the query), so that answers stay sorted and every cursor stays what it was; a page
// border inside a line is noticed by looking at its parts on the other side.
import { isUtf8 } from 'node:buffer'
import type { Entry, Stream } from '../model/entry.js'
import { STREAMS } from '../model/entry.js'
import { LIMITS } from '../model/limits.js'
import type { ReadEntries } from './context.js'
import { unfiltered } from './context.js'
import type { ResolvedQuery } from './resolve-query.js'

/** Joins the lines of which parts are among `entries`; lines above the byte limit of a page stay in parts. */
export function joinParts(
  entries: readonly Entry[],
  query: ResolvedQuery,
  read: ReadEntries,
): readonly Entry[] {
  const seen = new Set<number>()
  // Only the first line of a source and stream can reach over the page's border.
  const begun = new Set<string>()
  return entries.flatMap((entry) => {
    const way = `${entry.stream} ${entry.source}`
    const isFirst = !begun.has(way)
    begun.add(way)
    const line = entry.part_seq
    if (line === undefined) return [entry]
    if (seen.has(line)) return []
    seen.add(line)
    const parts = partsOf(entry, line, query, read)
    return isFirst && wasShown(entry, parts, query, read) ? [] : joined(entry, parts)
  })
}

// True if a part of the entry's line matches on the far side of the page's border.
function wasShown(
  entry: Entry,
  parts: readonly Entry[],
  query: ResolvedQuery,
  read: ReadEntries,
): boolean {
  const { afterSeq, beforeSeq, descending } = query
  const line = entry.part_seq!
  const one = {
    ...query,
    sources: [entry.source],
    streamMask: streamMask(entry.stream),
    limit: 1,
    context: 0,
    join: false,
  }
  if (descending) {
    const last = parts.at(-1)!
    // Not further than the line goes: the next match may be any number of partitions away.
    const end = last.part === 'last' ? last.seq + 1 : Number.MAX_SAFE_INTEGER
    if (end <= beforeSeq) return false
    const [next] = read({
      ...one,
      afterSeq: beforeSeq - 1,
      beforeSeq: end,
      descending: false,
    })
    return next?.part_seq === line
  }
  if (line > afterSeq) return false
  const [last] = read({ ...one, afterSeq: line - 1, beforeSeq: afterSeq + 1, descending: true })
  return last?.part_seq === line
}

function joined(entry: Entry, parts: readonly Entry[]): Entry[] {
  const bytes = Buffer.concat(parts.map(bytesOf))
  const last = parts.at(-1)!
  const { text: _text, bytes: _bytes, part: _part, unterminated: _unterminated, ...same } = entry
  return [
    {
      ...same,
      ...(isUtf8(bytes) ? { text: bytes.toString() } : { bytes: Uint8Array.from(bytes) }),
      // A line that begins before what is kept, or is too long, is still a piece.
      ...(parts[0]?.part !== 'first' ? { part: 'middle' as const } : {}),
      ...(last.unterminated ? { unterminated: true as const } : {}),
      parts: parts.length,
    },
  ]
}

// The parts of one line are neighbors within their source and stream.
function partsOf(entry: Entry, line: number, query: ResolvedQuery, read: ReadEntries): Entry[] {
  const all = { ...unfiltered(query, entry.source), streamMask: streamMask(entry.stream) }
  const parts: Entry[] = []
  let bytes = 0
  let afterSeq = line - 1
  for (;;) {
    const page = read({ ...all, afterSeq, limit: PARTS_READ })
    for (const part of page) {
      if (part.gap !== undefined) continue
      if (part.part_seq !== line) return parts
      parts.push(part)
      bytes += bytesOf(part).length
      if (part.part === 'last' || bytes >= LIMITS.queryBytesMax) return parts
    }
    if (page.length < PARTS_READ) return parts
    afterSeq = page.at(-1)!.seq
  }
}

/** Parts asked for at a time: most long lines have two. */
const PARTS_READ = 16

function bytesOf({ text, bytes }: Entry): Buffer {
  return bytes === undefined ? Buffer.from(text ?? '') : Buffer.from(bytes)
}

function streamMask(stream: Stream): number {
  return 1 << STREAMS.indexOf(stream)
}
