// The newest items of one feed, bounded in bytes. It knows from where on it is complete.
import type { LiveItem } from './live-item.js'

export class ItemRing {
  #items: LiveItem[] = []
  /** Index of the oldest item that is still held; those before are cut off now and then. */
  #head = 0
  #bytes = 0
  /** Everything after this seq is here. */
  #floor: number

  constructor(floor: number) {
    this.#floor = floor
  }

  /** Seq of the newest item, or the floor. */
  get tip(): number {
    return this.#items.at(-1)?.seq ?? this.#floor
  }

  push(item: LiveItem, bytesMax: number): void {
    this.#items.push(item)
    this.#bytes += item.json.length
    while (this.#bytes > bytesMax && this.#head < this.#items.length) {
      const oldest = this.#items[this.#head] as LiveItem
      this.#bytes -= oldest.json.length
      this.#floor = oldest.seq
      this.#head += 1
    }
    if (this.#head * 2 <= this.#items.length) return
    this.#items = this.#items.slice(this.#head)
    this.#head = 0
  }

  /** Items after `seq`, of about `bytes` at most but one at least; undefined if some are not held. */
  after(seq: number, bytes: number): readonly LiveItem[] | undefined {
    if (seq < this.#floor) return undefined
    const start = this.#indexAfter(seq)
    let end = start
    for (let left = bytes; end < this.#items.length && left > 0; end += 1) {
      left -= (this.#items[end] as LiveItem).json.length
    }
    return this.#items.slice(start, end)
  }

  #indexAfter(seq: number): number {
    let [low, high] = [this.#head, this.#items.length]
    while (low < high) {
      const middle = (low + high) >> 1
      if ((this.#items[middle] as LiveItem).seq <= seq) low = middle + 1
      else high = middle
    }
    return low
  }
}
