// Cuts the bytes of one stream into lines. Whole lines are handed on where they lie in the chunk, as one
// region a chunk; only the unfinished rest of a chunk is copied, into a buffer that holds one line at most.
//
//   chunk  |....\n.........\n...\n.....|   whole lines: one region, not copied
//           ^ ends the rest       ^ becomes the rest
//
// Whatever the chunks, the regions' bytes end to end are the chunks' bytes end to end, and without
// `flushPartial` the pieces of long lines are the same: they depend on the bytes alone.
import assert from 'node:assert'
import type { LineRegion, Part, Stream } from '@hero/logs'
import { splitPoint, unfinishedCharacter } from './utf8.js'

export interface LineCutterOptions {
  readonly stream: Stream
  /** Bytes of a line without its `\n`; longer lines are split. Integer, at least 4. */
  readonly lineBytesMax: number
  /** Called inside `push`, `flushPartial` and `end`. Must not call them. */
  readonly onRegion: (region: LineRegion) => void
}

const NEWLINE = 10
/** Most terminals' lines are short: the buffer for the rest grows only when it has to. */
const REST_BYTES_START = 1024

/** Cuts one stream. `ts` is always in microseconds since the epoch. */
export class LineCutter {
  readonly #stream: Stream
  readonly #lineBytesMax: number
  readonly #onRegion: (region: LineRegion) => void
  #rest: Buffer = Buffer.allocUnsafeSlow(0)
  #restBytes = 0
  /** True after a piece of the present line went out. */
  #inLine = false

  constructor({ stream, lineBytesMax, onRegion }: LineCutterOptions) {
    assert(Number.isInteger(lineBytesMax) && lineBytesMax >= 4, 'A character has up to 4 bytes')
    this.#stream = stream
    this.#lineBytesMax = lineBytesMax
    this.#onRegion = onRegion
  }

  /** Bytes of the unfinished line that are held back. */
  get restBytes(): number {
    return this.#restBytes
  }

  /** Takes the stream's next bytes. They may change after the call. */
  push(chunk: Buffer, ts: number): void {
    const start = this.#restBytes > 0 ? this.#finishRest(chunk, ts) : 0
    const end = this.#cut(chunk, start, ts)
    if (end < chunk.length) this.#keep(chunk, end, chunk.length)
  }

  /** Emits the rest as a piece, up to its last whole character. The line goes on. */
  flushPartial(ts: number): void {
    const rest = this.#rest
    const end = unfinishedCharacter(rest, 0, this.#restBytes)
    if (end === 0) return
    const left = this.#restBytes - end
    this.#emitPiece(rest, 0, end, ts)
    rest.copyWithin(0, end, end + left)
    this.#restBytes = left
  }

  /** Emits the rest as the end of the stream's last line. Nothing if there is none. */
  end(ts: number): void {
    const end = this.#restBytes
    if (end === 0) return
    const part = this.#inLine ? 'last' : 'none'
    this.#restBytes = 0
    this.#inLine = false
    this.#emit(this.#rest, 0, end, 1, part, false, ts)
  }

  /** Cuts all lines that end in `chunk`, and pieces that are full. Returns where the new rest starts. */
  #cut(chunk: Buffer, from: number, ts: number): number {
    const lineBytesMax = this.#lineBytesMax
    let regionStart = from
    let lines = 0
    let line = from
    while (line < chunk.length) {
      const newline = chunk.indexOf(NEWLINE, line)
      const textEnd = newline < 0 ? chunk.length : newline
      if (textEnd - line <= lineBytesMax && !this.#inLine) {
        if (newline < 0) break
        lines += 1
        line = newline + 1
        continue
      }
      if (lines > 0) this.#emit(chunk, regionStart, line, lines, 'none', true, ts)
      lines = 0
      line = this.#cutPieces(chunk, line, textEnd, newline >= 0, ts)
      regionStart = line
      if (newline < 0) break
    }
    if (lines > 0) this.#emit(chunk, regionStart, line, lines, 'none', true, ts)
    return line
  }

  /** Cuts one line that is too long, or was begun before. Returns where the bytes not emitted start. */
  #cutPieces(
    chunk: Buffer,
    from: number,
    textEnd: number,
    terminated: boolean,
    ts: number,
  ): number {
    let start = from
    while (textEnd - start > this.#lineBytesMax) {
      const end = this.#pieceEnd(chunk, start)
      this.#emitPiece(chunk, start, end, ts)
      start = end
    }
    if (!terminated) return start
    this.#emitLineEnd(chunk, start, textEnd + 1, ts)
    return textEnd + 1
  }

  /** Completes the rest from `chunk`. Returns how much of it was used. */
  #finishRest(chunk: Buffer, ts: number): number {
    const newline = chunk.indexOf(NEWLINE)
    const textEnd = newline < 0 ? chunk.length : newline
    while (this.#restBytes + textEnd > this.#lineBytesMax) {
      const before = this.#restBytes
      this.#keep(chunk, 0, this.#lineBytesMax + 1 - before)
      const end = this.#pieceEnd(this.#rest, 0)
      this.#emitPiece(this.#rest, 0, end, ts)
      this.#restBytes = Math.max(0, before - end)
      if (end >= before) return end - before
      // The piece ended before the chunk: a character that the rest had begun stays.
      this.#rest.copyWithin(0, end, before)
    }
    const used = newline < 0 ? textEnd : textEnd + 1
    this.#keep(chunk, 0, used)
    if (newline < 0) return used
    const end = this.#restBytes
    this.#restBytes = 0
    this.#emitLineEnd(this.#rest, 0, end, ts)
    return used
  }

  /** Appends to the rest, which never exceeds one line, its `\n` included. */
  #keep(chunk: Buffer, start: number, end: number): void {
    const bytes = this.#restBytes + end - start
    assert(bytes <= this.#lineBytesMax + 1, 'The rest exceeds a line')
    if (bytes > this.#rest.length) this.#growRest(bytes)
    chunk.copy(this.#rest, this.#restBytes, start, end)
    this.#restBytes = bytes
  }

  #growRest(bytes: number): void {
    const wanted = Math.max(bytes, this.#rest.length * 2, REST_BYTES_START)
    const rest = Buffer.allocUnsafeSlow(Math.min(wanted, this.#lineBytesMax + 1))
    this.#rest.copy(rest, 0, 0, this.#restBytes)
    this.#rest = rest
  }

  /** Where the piece at `start` ends. The byte at its limit must be there, to see what would be cut. */
  #pieceEnd(bytes: Buffer, start: number): number {
    return splitPoint(bytes, start, start + this.#lineBytesMax)
  }

  #emitPiece(bytes: Buffer, start: number, end: number, ts: number): void {
    const part = this.#inLine ? 'middle' : 'first'
    this.#inLine = true
    this.#emit(bytes, start, end, 1, part, false, ts)
  }

  #emitLineEnd(bytes: Buffer, start: number, end: number, ts: number): void {
    const part = this.#inLine ? 'last' : 'none'
    this.#inLine = false
    this.#emit(bytes, start, end, 1, part, true, ts)
  }

  #emit(
    bytes: Buffer,
    start: number,
    end: number,
    lines: number,
    part: Part,
    terminated: boolean,
    ts: number,
  ): void {
    this.#onRegion({ bytes, start, end, lines, stream: this.#stream, ts, part, terminated })
  }
}
