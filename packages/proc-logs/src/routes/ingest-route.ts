// `WS /ingest/{id}`: a producer writes. A text message is one or more lines, or one entry as JSON; a binary
// message is bytes, whose lines may go on in the next one. A producer that is too fast is not read until
// the store has caught up, so its own kernel makes it wait.
import { LineCutter } from '@hero/capture'
import { checkSourceName, STREAMS, wallClock } from '@hero/logs'
import type { LineRegion, Sink, Stream } from '@hero/logs'

import type { Caller, SocketConnection, SocketRoute } from '@hero/rpc'
import { HeldSink } from '../held-sinks.js'
import type { Intake } from '../held-sinks.js'
import { refusing } from '../invalid-params.js'
import { readRecord } from '../record.js'
import { SERVING_LIMITS } from '../serving-limits.js'

/** The longest line that stays in one piece. */
const LINE_BYTES_MAX = 65_536

export type IngestAudit = (method: string, caller: Caller) => void

/** The route; `audit` is told of every connection. */
export function createIngestRoute(logs: Intake, audit: IngestAudit): SocketRoute {
  return {
    path: '/ingest/:id',
    handler: async ({ id = '' }, { query, caller }) => {
      const stream = await refusing(() => {
        checkSourceName(id)
        return streamOf(query)
      })
      return (connection) => {
        audit('ingest', caller)
        new Ingest(logs, id, stream, connection)
      }
    },
  }
}

function streamOf(query: URLSearchParams): Stream {
  for (const key of query.keys()) {
    if (key !== 'stream') throw new TypeError(`Unknown parameter ${JSON.stringify(key)}`)
  }
  const stream = query.get('stream') ?? 'none'
  const found = STREAMS.find((one) => one === stream)
  if (found !== undefined) return found
  throw new RangeError(`Expected stream to be one of ${STREAMS.join(', ')}, got ${stream}`)
}

class Ingest {
  readonly #connection: SocketConnection
  readonly #held: HeldSink
  readonly #sink: Sink
  readonly #cutter: LineCutter
  readonly #teller: NodeJS.Timeout
  #accepted = 0
  #dropped = 0
  #told = -1
  #isEnded = false

  constructor(logs: Intake, source: string, stream: Stream, connection: SocketConnection) {
    this.#connection = connection
    const onPause = (isPaused: boolean): void =>
      isPaused ? connection.pause() : connection.resume()
    this.#held = new HeldSink(logs, source, 'ws', onPause)
    this.#sink = this.#held.sink
    this.#cutter = new LineCutter({
      stream,
      lineBytesMax: LINE_BYTES_MAX,
      onRegion: (region) => this.#takeRegion(region),
    })
    this.#teller = setInterval(() => this.#tell(), SERVING_LIMITS.ingestTellMs).unref()
    connection.onMessage(({ text, bytes }) => {
      if (text === undefined) this.#cutter.push(bytes, wallClock())
      else this.#takeText(text, bytes)
    })
    connection.onClosing(() => this.#end())
    connection.signal.addEventListener('abort', () => this.#end())
  }

  #takeText(text: string, bytes: Buffer): void {
    const record = recordOf(text)
    if (record === undefined) {
      this.#cutter.push(text.endsWith('\n') ? bytes : Buffer.concat([bytes, LINE_END]), wallClock())
      return
    }
    try {
      const { dropped } = this.#sink.write(readRecord(record))
      this.#count(dropped === undefined)
    } catch (error) {
      const { message } = error as Error
      this.#connection.tell(JSON.stringify({ type: 'error', code: 'InvalidEntry', message }))
    }
  }

  /** Line by line, so that what is told is exact even while some are dropped. */
  #takeRegion(region: LineRegion): void {
    const { bytes, lines, end } = region
    if (lines === 1) return this.#count(this.#sink.writeLines(region) === undefined)
    for (let start = region.start; start < end;) {
      const lineEnd = bytes.indexOf(NEWLINE, start) + 1
      const line = { ...region, start, end: lineEnd, lines: 1 }
      this.#count(this.#sink.writeLines(line) === undefined)
      start = lineEnd
    }
  }

  #count(isAccepted: boolean): void {
    if (isAccepted) this.#accepted += 1
    else this.#dropped += 1
  }

  #tell(): void {
    const total = this.#accepted + this.#dropped
    if (total === this.#told) return
    this.#told = total
    const last_seq = this.#sink.lastSeq === 0 ? null : this.#sink.lastSeq
    const [accepted, dropped] = [this.#accepted, this.#dropped]
    this.#connection.tell(JSON.stringify({ accepted, dropped, last_seq }))
  }

  #end(): void {
    if (this.#isEnded) return
    this.#isEnded = true
    clearInterval(this.#teller)
    this.#cutter.end(wallClock())
    this.#tell()
    this.#held.close()
  }
}

const NEWLINE = 10
const LINE_END = Buffer.from('\n')

/** A message that is an entry; lines of JSON that a program logged are not, and stay as they are. */
function recordOf(text: string): object | undefined {
  if (!text.startsWith('{')) return undefined
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return undefined
  }
  const isRecord =
    typeof value === 'object' && value !== null && ('text' in value || 'text_b64' in value)
  return isRecord ? (value as object) : undefined
}
