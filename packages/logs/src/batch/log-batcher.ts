// The bounded queue between producers and the store. Lines are numbered and counted at the door, copied
// into the open packed buffer, and go to the writer in batches. At most `queueBytesMax` bytes wait.
//
//   sinks --> door (number, count, bound) --> open buffer --> pending --> in flight (<= 2) --> committed
//                    | no room: held or dropped, counted, told by a gap entry
//
// What must stay true, per key: received = sent + dropped, sent = stored + queued.
import assert from 'node:assert/strict'
import type { DropReason, Gap } from '../model/entry.js'
import { levelNumber } from '../model/level.js'
import { LIMITS } from '../model/limits.js'
import type { Clock } from '../model/clock.js'
import type { BatchMessage, RestoredState } from './batch-message.js'
import { BatchQueue } from './batch-queue.js'
import type { CommittedBatch } from './batch-queue.js'
import type { Intake } from './intake.js'
import { Accounts } from './accounts.js'
import type { KeyCounters } from './counters.js'
import { gapText } from './gaps.js'
import { Holds } from './holds.js'
import { FLAG, ROW_BYTES } from './packed-buffer.js'
import type { PackedBuffer } from './packed-buffer.js'
import { admitted } from './admission.js'
import { mayEnter, mayEnterOwn, mayOverflow } from './shares.js'
import type { QueueFill } from './shares.js'
import type { SourceState } from './source-state.js'

export interface BatcherSettings {
  readonly queueBytesMax: number
  readonly flushDelayMs: number
  readonly holdMs: number
  readonly clock: Clock
  /** Sends a batch to the writer; its buffers are transferred. */
  readonly send: (message: BatchMessage) => void
}

/** What became of an intake. */
export interface Taken {
  /** Below 1: it has no number yet. */
  readonly seq: number
  readonly dropped?: DropReason
}

export class LogBatcher {
  readonly since: number
  readonly accounts: Accounts
  readonly queue: BatchQueue
  queuedBytes = 0
  queuedLines = 0
  highWaterBytes = 0
  #queuedCost = 0
  readonly #settings: BatcherSettings
  /** Sources with open gaps or waiting repeats. */
  readonly #untold = new Set<SourceState>()
  readonly #holds: Holds
  #open: PackedBuffer
  #openedAt = 0
  #nextSeq: number
  #active = 0
  #flushTimer: NodeJS.Timeout | undefined
  #tellTimer: NodeJS.Timeout | undefined
  #closed = false

  constructor(settings: BatcherSettings, restored: RestoredState) {
    this.#settings = settings
    this.#nextSeq = restored.nextSeq
    this.since = settings.clock()
    this.accounts = new Accounts(restored.keys)
    this.queue = new BatchQueue(settings.send, (batch, buffer) => this.#committed(batch, buffer))
    const { holdMs, flushDelayMs } = settings
    const { sources } = this.accounts
    const fill = (): QueueFill => this.#fill
    this.#holds = new Holds({ sources, queue: this.queue, fill, holdMs, flushDelayMs })
    this.#open = this.queue.takeBuffer()
  }

  get queueBytesMax(): number {
    return this.#settings.queueBytesMax
  }

  /** The highest seq given out. */
  get lastSeq(): number {
    return this.#nextSeq - 1
  }

  /**
   * Numbers, counts and queues an intake, or counts it as dropped for the reason that is given.
   *
   * @returns Its first seq, and why it (or its last line) was dropped if it was.
   */
  take(source: SourceState, key: KeyCounters, intake: Intake, refusal?: DropReason): Taken {
    if (refusal !== undefined) return this.#takeWhole(source, key, intake, refusal)
    if (!source.coalesce || key.origin === 'system') return this.#takeLimited(source, key, intake)
    let taken: Taken | undefined
    const coalescer = source.coalescer(key.keyId, intake.flags & 3)
    for (const part of coalescer.fold(intake)) taken = this.#takeLimited(source, key, part)
    if (coalescer.waits) this.#tellLater(source)
    return taken ?? { seq: this.#nextSeq }
  }

  /** Writes what of a source waits to be told: repeats of its last lines, then its open gaps, if those before
   * are stored. While nothing is, losses add up in the open ones: entries every second would pass all bounds. */
  tell(source: SourceState): void {
    this.#untold.delete(source)
    for (const [name, coalescer] of source.coalescers) {
      const key = this.accounts.keyById(Number.parseInt(name, 10))!
      for (const repeat of coalescer.take()) this.#takeLimited(source, key, repeat)
    }
    if (source.lastGapSeq <= this.queue.committedSeq) this.#writeGaps(source)
    else if (!source.gaps.empty) this.#tellLater(source)
  }

  /** Sends what is open to the writer now. */
  flush(): void {
    clearTimeout(this.#flushTimer)
    this.#flushTimer = undefined
    if (this.#open.rows === 0 && !this.accounts.isDirty) return
    const buffer = this.#open
    this.#open = this.queue.takeBuffer()
    this.queue.push({
      buffer,
      keys: this.accounts.takeDirty(),
      lastSeq: this.#nextSeq - 1,
      openedAt: this.#openedAt,
    })
  }

  /**
   * Resolves when everything taken before the call is committed.
   *
   * @throws {LogsError} `Unavailable` if the store could not take it; it stays queued and is tried again.
   */
  async sync(): Promise<void> {
    if (this.queue.failing === undefined) this.#tellAll()
    else this.#tellLate()
    const hasOpen = this.#open.rows > 0 || this.accounts.isDirty
    if (!hasOpen || !this.queue.isBacklogged) {
      this.flush()
      return await this.queue.drained()
    }
    // The writer is behind: the open buffer goes out when its turn comes, fuller than now.
    this.#flushSoon()
    await this.queue.drained({ withNext: true })
  }

  /** Takes no more; what is queued stays until it is committed or {@link abandon}ed. */
  close(): void {
    if (this.#closed) return
    this.#tellAll()
    clearTimeout(this.#tellTimer)
    this.#closed = true
    this.#holds.end()
    this.flush()
  }

  /** Gives up what the writer could not store: it is counted as dropped. */
  abandon(reason: DropReason): void {
    for (const { buffer } of this.queue.abandon()) {
      for (const [keyId, { lines, bytes }] of buffer.tally) {
        this.accounts.keyById(keyId)!.dropQueued(reason, lines, bytes)
      }
      this.#leave(buffer)
    }
  }

  #takeLimited(source: SourceState, key: KeyCounters, intake: Intake): Taken {
    if (source.limiter === undefined || key.origin === 'system') {
      return this.#takeWhole(source, key, intake, undefined)
    }
    let taken: Taken | undefined
    for (const { part, isAdmitted } of admitted(intake, source.limiter, performance.now() * 1000)) {
      const refusal = isAdmitted ? undefined : 'rate_limited'
      const { seq, dropped } = this.#takeWhole(source, key, part, refusal)
      taken = { seq: taken?.seq ?? seq, ...(dropped === undefined ? {} : { dropped }) }
    }
    return taken!
  }

  #takeWhole(
    source: SourceState,
    key: KeyCounters,
    intake: Intake,
    refusal: DropReason | undefined,
  ): Taken {
    const size = intake.end - intake.start + (intake.fields?.length ?? 0)
    const reason = refusal ?? this.#refusal(source, key, intake, size)
    if (reason === undefined) {
      if (!source.gaps.empty) this.#writeGaps(source)
      this.#makeRoom(size)
    }
    const firstSeq = this.#number(source, key, intake, size)
    if (reason !== undefined) {
      this.#drop(source, key, intake, size, reason, firstSeq)
      if (!this.#closed) this.#holds.holdAgain(source)
      return { seq: firstSeq, dropped: reason }
    }
    if (key.origin !== 'system') source.readCost = costOf(intake.lines, size)
    this.#enqueue(source, key, intake, size, firstSeq)
    if (mayOverflow(this.#fill)) this.#holds.holdLarge(source)
    return { seq: firstSeq }
  }

  #refusal(
    source: SourceState,
    key: KeyCounters,
    intake: Intake,
    size: number,
  ): DropReason | undefined {
    if (this.#closed) return 'closed'
    if (size > LIMITS.recordBytesMax) return 'too_large'
    const { queuedCost, dropping } = source
    const cost = costOf(intake.lines, size)
    if (key.origin === 'system' && mayEnterOwn(this.#fill, cost)) return undefined
    if (mayEnter(this.#fill, { queuedCost, cost, dropping })) return undefined
    this.#holds.shutOut(source)
    return this.queue.delayedBy ?? 'queue_full'
  }

  get #fill(): QueueFill {
    const { queueBytesMax } = this.#settings
    return { queueBytesMax, queuedCost: this.#queuedCost, active: this.#active }
  }

  #number(source: SourceState, key: KeyCounters, intake: Intake, size: number): number {
    const firstSeq = this.#nextSeq
    this.#nextSeq += intake.lines
    source.lastN += intake.lines
    if (intake.run > source.lastRun) source.lastRun = intake.run
    key.receive(intake.lines, size)
    this.accounts.touch(key)
    return firstSeq
  }

  #drop(
    source: SourceState,
    key: KeyCounters,
    intake: Intake,
    bytes: number,
    reason: DropReason,
    firstSeq: number,
  ): void {
    const { lines, ts } = intake
    key.drop(reason, lines, bytes)
    if (this.#closed) return
    source.gaps.add(reason, { firstN: source.lastN - lines + 1, firstSeq, lines, bytes, ts })
    this.#tellLater(source)
  }

  #tellLater(source: SourceState): void {
    this.#untold.add(source)
    this.#tellTimer ??= setTimeout(() => {
      this.#tellTimer = undefined
      this.#tellLate()
    }, LIMITS.tellDelayMs).unref()
  }

  #tellLate(): void {
    const late = [...this.#untold]
    for (const source of late) this.tell(source)
  }

  // Also what waits for an earlier gap to be stored.
  #tellAll(): void {
    for (const source of this.#untold) {
      this.tell(source)
      this.#writeGaps(source)
    }
  }

  // Before a line gets its numbers: a batch that goes out must not know of lines behind it.
  #makeRoom(size: number): void {
    if (!this.#open.fits(size)) this.flush()
  }

  #enqueue(
    source: SourceState,
    key: KeyCounters,
    intake: Intake,
    size: number,
    firstSeq: number,
  ): void {
    if (this.#open.rows === 0) {
      this.#openedAt = performance.now()
      this.#flushSoon()
    }
    const region = {
      key: key.keyId,
      flags: intake.flags,
      run: intake.run,
      ts: intake.ts,
      lines: intake.lines,
      firstSeq,
      firstN: source.lastN - intake.lines + 1,
      partSeq: intake.partSeq === 0 ? firstSeq : intake.partSeq,
      level: intake.level,
    }
    this.#open.append(
      region,
      intake.bytes,
      intake.start,
      intake.end,
      intake.addLineEnd,
      intake.fields,
    )
    key.send(intake.lines, size)
    const cost = costOf(intake.lines, size)
    if (source.queuedCost === 0) this.#active++
    source.queuedCost += cost
    this.#queuedCost += cost
    this.queuedBytes += size
    this.queuedLines += intake.lines
    if (this.queuedBytes > this.highWaterBytes) this.highWaterBytes = this.queuedBytes
  }

  // While the writer is behind, the open buffer fills up instead: full batches are cheaper.
  #flushSoon(): void {
    this.#flushTimer ??= setTimeout(() => {
      this.#flushTimer = undefined
      if (this.queue.isBacklogged) this.#flushSoon()
      else this.flush()
    }, this.#settings.flushDelayMs)
  }

  #leave({ tally }: PackedBuffer): void {
    for (const [keyId, { lines, bytes, rows }] of tally) {
      const source = this.accounts.source(this.accounts.keyById(keyId)!.source)
      const cost = costOf(lines, bytes, rows)
      source.queuedCost -= cost
      this.#queuedCost -= cost
      if (source.queuedCost === 0) this.#active--
      this.queuedBytes -= bytes
      this.queuedLines -= lines
    }
  }

  // Gap entries pass the bounds: they are small, a loss must not hide another, and they are as few as the lines
  // that enter behind them, or as commits (see tell).
  #writeGaps(source: SourceState): void {
    for (const gap of source.gaps.take()) this.#writeGap(source, gap)
  }

  #writeGap(source: SourceState, gap: Gap): void {
    const text = Buffer.from(gapText(source.name, gap))
    const fields = Buffer.from(JSON.stringify(gap))
    const key = this.accounts.key(source.name, 'system')
    const intake = {
      bytes: text,
      start: 0,
      end: text.length,
      lines: 1,
      flags: FLAG.record | FLAG.gap,
      run: source.lastRun,
      ts: this.#settings.clock(),
      addLineEnd: true,
      partSeq: 0,
      level: levelNumber('warning'),
      fields,
    }
    const size = text.length + fields.length
    this.#makeRoom(size)
    source.lastGapSeq = this.#number(source, key, intake, size)
    this.#enqueue(source, key, intake, size, source.lastGapSeq)
  }

  #committed({ stored }: CommittedBatch, buffer: PackedBuffer): void {
    for (const [keyId, lines, bytes] of stored) {
      const key = this.accounts.keyById(keyId)
      assert(key, 'the writer answers with keys that it was given')
      key.store(lines, bytes)
    }
    this.#leave(buffer)
    this.#holds.letGo()
  }
}

/** What lines cost in the queue: their bytes, what each takes in columns, and rows of the region table. */
export function costOf(lines: number, bytes: number, rows = 1): number {
  return bytes + lines * LIMITS.queueLineCost + rows * ROW_BYTES
}
