// What the writer knows of all keys and sources, over all partitions: the newest accounts, the numbers of
// sources, the floors, and the highest seq given out.
import type { BatchMessage, KeySnapshot } from '../batch/batch-message.js'
import type { RegionTarget } from './fill-rows.js'
import type { StoredKey } from './key-rows.js'
import type { FoundPartitions } from './open-partitions.js'

// What was given out but not committed before a crash was perhaps shown to its producer: these numbers
// are not used again. The queue cannot have held more.
const SEQ_JUMP_CUT_OFF = 2 ** 24
/** Nobody knows how many lines a damaged file held. */
const SEQ_JUMP_DAMAGED = 2 ** 32

/** What the catalog knows, should partitions be damaged or gone. */
export interface KeptElsewhere {
  /** Highest seq that is known to have been used. */
  readonly usedSeq: number
  /** By source. */
  readonly floors: ReadonlyMap<string, number>
}

export class StoreAccounts {
  /** True if the last process that wrote was cut off. */
  readonly wasCutOff: boolean
  /** By source name: one number, over all its origins. */
  readonly sourceIds: Map<string, number> = new Map()
  /** By source id: lines up to this seq are hidden. */
  floors: ReadonlyMap<number, number>
  /** The highest seq that was given out. */
  lastSeq: number
  /** By key id; a key that never received a line has no row. */
  readonly #keys = new Map<number, StoredKey>()
  readonly #targets = new Map<number, RegionTarget>()

  constructor({ newest, salvagedKeys, damagedSeq }: FoundPartitions, kept: KeptElsewhere) {
    this.wasCutOff = damagedSeq > 0 || (newest !== undefined && !newest.wasClosed())
    this.lastSeq = Math.max((newest?.firstSeq ?? 1) - 1, damagedSeq, kept.usedSeq)
    for (const key of [...(newest?.keys() ?? []), ...salvagedKeys]) {
      this.sourceIds.set(key.source, key.sourceId)
      this.save([key], key.lastSeq)
    }
    this.floors = higher(newest?.floors() ?? new Map(), this.#byId(kept.floors))
    if (damagedSeq > 0) this.lastSeq += SEQ_JUMP_DAMAGED
    else if (this.wasCutOff) this.lastSeq += SEQ_JUMP_CUT_OFF
  }

  get keys(): readonly StoredKey[] {
    return [...this.#keys.values()]
  }

  /** Where the lines of a key go; also of one that came with a batch which is not committed yet. */
  target(keyId: number): RegionTarget {
    return this.#targets.get(keyId)!
  }

  /** Returns the accounts of a batch as they are stored; a new source gets its number. */
  stored({ keys, lastSeq }: BatchMessage): StoredKey[] {
    const stored = keys.map((key) => ({ ...key, sourceId: this.#sourceId(key), lastSeq }))
    for (const key of stored) this.#targets.set(key.keyId, key)
    return stored
  }

  /** Takes over what was committed. */
  save(keys: readonly StoredKey[], lastSeq: number): void {
    for (const key of keys) {
      this.#keys.set(key.keyId, key)
      this.#targets.set(key.keyId, key)
    }
    this.lastSeq = Math.max(this.lastSeq, lastSeq)
  }

  raiseFloors(raised: ReadonlyMap<number, number>): void {
    this.floors = higher(this.floors, raised)
  }

  #byId(floors: ReadonlyMap<string, number>): ReadonlyMap<number, number> {
    const known = [...floors].filter(([source]) => this.sourceIds.has(source))
    return new Map(known.map(([source, seq]) => [this.sourceIds.get(source)!, seq]))
  }

  #sourceId({ source }: KeySnapshot): number {
    let id = this.sourceIds.get(source)
    if (id === undefined) this.sourceIds.set(source, (id = this.sourceIds.size + 1))
    return id
  }
}

// A floor only ever rises: what was cleared does not come back.
function higher(
  floors: ReadonlyMap<number, number>,
  raised: ReadonlyMap<number, number>,
): ReadonlyMap<number, number> {
  const merged = new Map(floors)
  for (const [id, seq] of raised) merged.set(id, Math.max(merged.get(id) ?? 0, seq))
  return merged
}
