// Lines that come before there is a store to number them. They are kept as they came, bounded in bytes, and
// go through the batcher's door as soon as there is one: nobody has seen a number of them, so none is taken
// back. Sinks made here stay good: from then on they lead to the store.
//
//   sinks --> held (no numbers, bounded) --moveInto--> door of the batcher (number, count, bound)
//                | no room: counted by source, told by a gap entry once there are numbers
import { LogsError } from '../model/errors.js'
import type { DropReason, Origin } from '../model/entry.js'
import { PARTS } from '../model/entry.js'
import { LIMITS } from '../model/limits.js'
import { monotonic, wallClock } from '../model/clock.js'
import { Accounts } from './accounts.js'
import type { KeyCounters } from './counters.js'
import type { Intake } from './intake.js'
import { costOf } from './log-batcher.js'
import type { LogBatcher, Taken } from './log-batcher.js'
import { mayEnter } from './shares.js'
import { Sink } from './sink.js'
import type { Door, SinkOptions } from './sink.js'
import type { SourceState } from './source-state.js'

/** Lines that were held, and those that could not be. */
export interface HeldFigures {
  readonly lines: number
  readonly dropped: number
}

interface Held {
  readonly key: KeyCounters
  readonly intake: Intake
  /** Stands for the seq in parts of the same line; 0 if there are none. */
  readonly standIn: number
}

/** Losses of one key for one reason; they come after all that was held of it. */
interface Lost {
  readonly source: string
  readonly origin: Origin
  readonly reason: DropReason
  readonly fromTs: number
  toTs: number
  lines: number
  bytes: number
}

/** Holds lines until {@link openLogs} takes them over. */
export class HeldLines implements Door {
  readonly #clock = monotonic(wallClock)
  readonly #bytesMax: number
  readonly #own = new Accounts([])
  readonly #lost = new Map<string, Lost>()
  /** Seqs by what stood for them. */
  readonly #partSeqs = new Map<number, number>()
  #held: Held[] = []
  #cost = 0
  #active = 0
  #lines = 0
  #dropped = 0
  #batcher: LogBatcher | undefined

  /**
   * @param queueBytesMax Of the store to come. Half of it is held: what any source may fill, so that all of
   * it finds room there.
   */
  constructor(queueBytesMax: number = LIMITS.queueBytesDefault) {
    this.#bytesMax = queueBytesMax / 2
  }

  get accounts(): Accounts {
    return this.#batcher?.accounts ?? this.#own
  }

  /** What was held, also after it was handed over, and what could not be, or could not be handed over. */
  get figures(): HeldFigures {
    return { lines: this.#lines, dropped: this.#dropped }
  }

  /** As `Logs.sink`. What is written has no number at first: its seq is below 1. */
  sink(options: SinkOptions): Sink {
    return new Sink(this, this.#clock, options)
  }

  /** As `Logs.sync`. @throws {LogsError} `Unavailable` while there is no store. */
  async sync(): Promise<void> {
    if (this.#batcher !== undefined) return await this.#batcher.sync()
    throw new LogsError('Unavailable', 'There is no log store yet')
  }

  take(source: SourceState, key: KeyCounters, intake: Intake, refusal?: DropReason): Taken {
    if (this.#batcher !== undefined) {
      return this.#batcher.take(source, key, this.#numbered(intake), refusal)
    }
    const size = intake.end - intake.start + (intake.fields?.length ?? 0)
    const cost = costOf(intake.lines, size) + LIMITS.heldEntryCost
    const reason = refusal ?? this.#refusal(source, size, cost)
    if (reason !== undefined) {
      this.#lose(key, reason, intake, size)
      return { seq: 0, dropped: reason }
    }
    if (source.queuedCost === 0) this.#active += 1
    source.queuedCost += cost
    this.#cost += cost
    this.#lines += intake.lines
    const isFirst = PARTS[(intake.flags >> 2) & 3] === 'first'
    const standIn = isFirst ? -1 - this.#held.length : 0
    this.#held.push({ key, intake: copyOf(intake), standIn })
    return { seq: standIn }
  }

  tell(source: SourceState): void {
    this.#batcher?.tell(source)
  }

  /**
   * Hands all over, in the order in which it came, and what comes from now on as well. What a store with a
   * smaller queue than was expected has no room for is dropped there.
   */
  moveInto(batcher: LogBatcher): void {
    for (const { key, intake, standIn } of this.#held) {
      const taken = give(batcher, key, this.#numbered(intake))
      if (standIn < 0) this.#partSeqs.set(standIn, taken?.seq ?? 0)
      if (taken !== undefined && taken.dropped === undefined) continue
      this.#lines -= intake.lines
      this.#dropped += intake.lines
    }
    for (const lost of this.#lost.values()) {
      for (const intake of intakesOf(lost)) give(batcher, lost, intake, lost.reason)
    }
    for (const { name, holders } of this.#own.sources.values()) {
      const source = unlessFull(() => batcher.accounts.source(name))
      for (const onHold of holders) source?.holders.add(onHold)
    }
    this.#held = []
    this.#lost.clear()
    this.#batcher = batcher
  }

  // One that was refused stays out: what it loses is one gap, behind all that was held of it.
  #refusal(source: SourceState, size: number, cost: number): DropReason | undefined {
    if (size > LIMITS.recordBytesMax) return 'too_large'
    const fill = { queueBytesMax: this.#bytesMax, queuedCost: this.#cost, active: this.#active }
    const { queuedCost } = source
    source.dropping ||= !mayEnter(fill, { queuedCost, cost, dropping: false })
    return source.dropping ? 'queue_full' : undefined
  }

  #lose(key: KeyCounters, reason: DropReason, intake: Intake, bytes: number): void {
    const { name, source, origin } = key
    const { lines, ts } = intake
    this.#dropped += lines
    const lost = this.#lost.get(`${reason} ${name}`)
    if (lost === undefined) {
      const first = { source, origin, reason, fromTs: ts, toTs: ts, lines, bytes }
      return void this.#lost.set(`${reason} ${name}`, first)
    }
    lost.toTs = ts
    lost.lines += lines
    lost.bytes += bytes
  }

  #numbered(intake: Intake): Intake {
    const { partSeq } = intake
    return partSeq < 0 ? { ...intake, partSeq: this.#partSeqs.get(partSeq) ?? 0 } : intake
  }
}

/** Undefined if the store has no room for one more source. */
function give(
  batcher: LogBatcher,
  { source, origin }: { readonly source: string; readonly origin: Origin },
  intake: Intake,
  refusal?: DropReason,
): Taken | undefined {
  const { accounts } = batcher
  const own = unlessFull(() => [accounts.source(source), accounts.key(source, origin)] as const)
  return own && batcher.take(...own, intake, refusal)
}

/** The accounts that `open` opens; undefined if there are as many as there can be. */
function unlessFull<T>(open: () => T): T | undefined {
  try {
    return open()
  } catch (error) {
    if (error instanceof LogsError && error.code === 'LimitExceeded') return undefined
    throw error
  }
}

function copyOf(intake: Intake): Intake {
  const bytes = Uint8Array.prototype.slice.call(intake.bytes, intake.start, intake.end)
  return { ...intake, bytes, start: 0, end: bytes.length }
}

/** The losses as the door takes them: a gap begins with the first line and ends with the last one. */
function intakesOf({ fromTs, toTs, lines, bytes }: Lost): Intake[] {
  const all = { bytes: NONE, start: 0, flags: 0, run: 0, addLineEnd: false, partSeq: 0, level: -1 }
  const last = { ...all, ts: toTs, end: bytes, lines: lines - 1 }
  if (lines === 1) return [{ ...last, lines }]
  return [{ ...all, ts: fromTs, end: 0, lines: 1 }, last]
}

const NONE = new Uint8Array(0)
