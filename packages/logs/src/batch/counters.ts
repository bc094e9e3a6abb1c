// The accounts of one key (`origin:source`): what came, what went on, what was dropped and why.
// received = sent + dropped is kept at the door; sent = stored + queued when the writer answers.
import type { KeySnapshot } from './batch-message.js'
import type { DropReason, Origin } from '../model/entry.js'

/** Lines and bytes counted together; bytes include line ends. */
export interface Tally {
  lines: number
  bytes: number
}

/** The accounts of one key, in memory and (without `queued`) on disk. */
export class KeyCounters {
  readonly received: Tally = { lines: 0, bytes: 0 }
  readonly sent: Tally = { lines: 0, bytes: 0 }
  readonly stored: Tally = { lines: 0, bytes: 0 }
  readonly queued: Tally = { lines: 0, bytes: 0 }
  readonly dropped: Tally = { lines: 0, bytes: 0 }
  readonly droppedBy: Map<DropReason, Tally> = new Map()
  readonly keyId: number
  readonly source: string
  readonly origin: Origin
  /** Secrets that were hidden since the store was opened. */
  redacted = 0
  /** True while the accounts differ from what went out with the last batch; kept by the batcher. */
  dirty = false

  constructor(keyId: number, source: string, origin: Origin) {
    this.keyId = keyId
    this.source = source
    this.origin = origin
  }

  get name(): string {
    return `${this.origin}:${this.source}`
  }

  /** The accounts as they are persisted. */
  snapshot(): Omit<KeySnapshot, 'lastN' | 'lastRun'> {
    return {
      keyId: this.keyId,
      source: this.source,
      origin: this.origin,
      received: { ...this.received },
      dropped: { ...this.dropped },
      droppedBy: [...this.droppedBy].map(([reason, tally]) => [reason, { ...tally }] as const),
    }
  }

  /** Takes over accounts from disk: what was sent then is stored. */
  restore({ received, dropped, droppedBy }: KeySnapshot): void {
    add(this.received, received.lines, received.bytes)
    for (const [reason, { lines, bytes }] of droppedBy) this.drop(reason, lines, bytes)
    for (const tally of [this.sent, this.stored]) {
      add(tally, received.lines - dropped.lines, received.bytes - dropped.bytes)
    }
  }

  receive(lines: number, bytes: number): void {
    add(this.received, lines, bytes)
  }

  send(lines: number, bytes: number): void {
    add(this.sent, lines, bytes)
    add(this.queued, lines, bytes)
  }

  store(lines: number, bytes: number): void {
    add(this.stored, lines, bytes)
    add(this.queued, -lines, -bytes)
  }

  drop(reason: DropReason, lines: number, bytes: number): void {
    add(this.dropped, lines, bytes)
    let tally = this.droppedBy.get(reason)
    if (!tally) this.droppedBy.set(reason, (tally = { lines: 0, bytes: 0 }))
    add(tally, lines, bytes)
  }

  /** Lines that were queued are lost after all (the store failed until the end). */
  dropQueued(reason: DropReason, lines: number, bytes: number): void {
    add(this.sent, -lines, -bytes)
    add(this.queued, -lines, -bytes)
    this.drop(reason, lines, bytes)
  }
}

export function add(tally: Tally, lines: number, bytes: number): void {
  tally.lines += lines
  tally.bytes += bytes
}
