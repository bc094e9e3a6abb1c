// An entry as it leaves the house, serialised once however many watch it: feeds with different filters
// and viewers that read the store share what was made recently.
import { toWire } from '@hero/logs'
import type { Entry } from '@hero/logs'
import { SERVING_LIMITS } from '../serving-limits.js'

/** A serialised entry. */
export interface LiveItem {
  readonly seq: number
  readonly cursor: string
  readonly isGap: boolean
  /** The JSON of the entry, one line of UTF-8. */
  readonly json: Buffer
}

/** Makes items, and keeps the newest ones. */
export class LiveItems {
  readonly storeId: string
  /** How many entries were serialised; tests compare it with how many were sent. */
  made = 0
  readonly #recent = new Map<number, LiveItem>()
  readonly #lists: { readonly items: readonly LiveItem[]; readonly bytes: Buffer }[] = []
  #bytes = 0

  constructor(storeId: string) {
    this.storeId = storeId
  }

  item(entry: Entry): LiveItem {
    // What was removed is told to each viewer as far as it has missed it.
    const isShared = entry.gap?.reason !== 'removed'
    const known = isShared ? this.#recent.get(entry.seq) : undefined
    if (known !== undefined) return known
    const wire = toWire(entry, this.storeId)
    const json = Buffer.from(JSON.stringify(wire))
    const made = { seq: entry.seq, cursor: wire.cursor, isGap: entry.gap !== undefined, json }
    this.made += 1
    if (isShared) this.#keep(made)
    return made
  }

  /** Items as a list without its brackets. Viewers in the same place get the same buffer. */
  list(items: readonly LiveItem[]): Buffer {
    const known = this.#lists.find((one) => isSame(one.items, items))
    if (known !== undefined) return known.bytes
    const parts = items.flatMap(({ json }, index) => (index === 0 ? [json] : [COMMA, json]))
    const bytes = Buffer.concat(parts)
    this.#lists.unshift({ items, bytes })
    this.#lists.length = Math.min(this.#lists.length, SERVING_LIMITS.sharedListsMax)
    return bytes
  }

  #keep(item: LiveItem): void {
    this.#recent.set(item.seq, item)
    this.#bytes += item.json.length
    for (const [seq, { json }] of this.#recent) {
      if (this.#bytes <= SERVING_LIMITS.sharedBytesMax) return
      this.#recent.delete(seq)
      this.#bytes -= json.length
    }
  }
}

const COMMA = Buffer.from(',')

function isSame(a: readonly LiveItem[], b: readonly LiveItem[]): boolean {
  return a.length === b.length && a.every((item, index) => item === b[index])
}
