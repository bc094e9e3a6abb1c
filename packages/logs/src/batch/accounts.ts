// Who produces: the keys (`origin:source`) with their counters, the sources that they belong to, and
// which of them changed since the last batch. A key's id is for ever; ids may have holes.
import { LogsError } from '../model/errors.js'
import type { Origin } from '../model/entry.js'
import { LIMITS } from '../model/limits.js'
import type { KeySnapshot } from './batch-message.js'
import { KeyCounters } from './counters.js'
import { SourceState } from './source-state.js'

export class Accounts {
  readonly keys: Map<string, KeyCounters> = new Map()
  readonly sources: Map<string, SourceState> = new Map()
  readonly #keyById = new Map<number, KeyCounters>()
  readonly #dirty: KeyCounters[] = []
  #nextKeyId = 0

  constructor(restored: readonly KeySnapshot[]) {
    for (const key of restored) this.#restore(key)
  }

  /** True if something changed since {@link takeDirty}. */
  get isDirty(): boolean {
    return this.#dirty.length > 0
  }

  /**
   * Returns a key, opening its accounts on first use.
   *
   * @throws {LogsError} `LimitExceeded`
   */
  key(source: string, origin: Origin): KeyCounters {
    const known = this.keys.get(`${origin}:${source}`)
    if (known) return known
    // hero_proc's own entries tell of losses: no bound on producers may stop them.
    if (this.keys.size >= LIMITS.sourcesMax && origin !== 'system') {
      throw new LogsError('LimitExceeded', `Expected at most ${LIMITS.sourcesMax} sources`)
    }
    return this.#add(new KeyCounters(this.#nextKeyId, source, origin))
  }

  keyById(keyId: number): KeyCounters | undefined {
    return this.#keyById.get(keyId)
  }

  /** @throws {LogsError} `LimitExceeded` */
  source(name: string): SourceState {
    const known = this.sources.get(name)
    if (known) return known
    if (this.sources.size >= LIMITS.sourcesMax) {
      throw new LogsError('LimitExceeded', `Expected at most ${LIMITS.sourcesMax} sources`)
    }
    const source = new SourceState(name)
    this.sources.set(name, source)
    return source
  }

  /** Notes that the accounts of a key change. */
  touch(key: KeyCounters): void {
    if (!key.dirty) this.#dirty.push(key)
    key.dirty = true
  }

  /** The accounts that changed since the last call, as they are persisted. */
  takeDirty(): KeySnapshot[] {
    return this.#dirty.splice(0).map((key) => {
      key.dirty = false
      return this.#snapshot(key)
    })
  }

  /** All accounts at this moment. */
  snapshots(): KeySnapshot[] {
    return [...this.keys.values()].map((key) => this.#snapshot(key))
  }

  #snapshot(key: KeyCounters): KeySnapshot {
    const { lastN, lastRun } = this.source(key.source)
    return { ...key.snapshot(), lastN, lastRun }
  }

  #add(key: KeyCounters): KeyCounters {
    this.keys.set(key.name, key)
    this.#keyById.set(key.keyId, key)
    this.#nextKeyId = Math.max(this.#nextKeyId, key.keyId + 1)
    return key
  }

  #restore(snapshot: KeySnapshot): void {
    const key = this.#add(new KeyCounters(snapshot.keyId, snapshot.source, snapshot.origin))
    key.restore(snapshot)
    const source = this.source(snapshot.source)
    source.lastN = Math.max(source.lastN, snapshot.lastN)
    source.lastRun = Math.max(source.lastRun, snapshot.lastRun)
  }
}
