// Renders entries into stdout, or into the pager, and remembers the last one. The keeper of the cursor is
// told of an entry once it was written: what a closed pipe did not take comes again in the next call.
import type { WireEntry } from '@hero/logs'
import type { CursorKeeper } from './cursor-keeper.js'
import { say } from './output.js'
import type { Output } from './output.js'
import { describeGap } from './render.js'
import type { Renderer } from './render.js'

export class EntryWriter {
  readonly output: Output
  count = 0
  last: WireEntry | undefined
  readonly #renderer: Renderer
  readonly #keeper: CursorKeeper
  /** The newest entry rendered so far. */
  #newest: WireEntry | undefined
  #isFlushDue = false

  constructor(output: Output, renderer: Renderer, keeper: CursorKeeper) {
    this.output = output
    this.#renderer = renderer
    this.#keeper = keeper
  }

  async writeAll(entries: readonly WireEntry[]): Promise<void> {
    for (const entry of entries) {
      this.#write(entry)
      if (this.output.isFull) await this.#flush()
    }
    await this.#flush()
  }

  /** Writes one entry now, but those that come at once together. */
  async writeLive(entry: WireEntry): Promise<void> {
    if (this.output.failure) throw this.output.failure
    this.#write(entry)
    if (this.output.isFull) return await this.#flush()
    if (this.#isFlushDue) return
    this.#isFlushDue = true
    setImmediate(() => {
      this.#isFlushDue = false
      // What goes wrong is thrown at the next entry.
      this.#flush().catch(() => {})
    })
  }

  async finish(): Promise<void> {
    this.output.write(this.#renderer.finish())
    await this.#flush()
  }

  #write(entry: WireEntry): void {
    const piece = this.#renderer.render(entry)
    this.output.write(piece)
    if (entry.gap !== undefined && piece === '') say(`-- ${describeGap(entry)} --`)
    this.count += 1
    this.last = entry
    // Newest first, that is the first one.
    if (this.#newest === undefined || entry.seq > this.#newest.seq) this.#newest = entry
  }

  async #flush(): Promise<void> {
    const newest = this.#newest
    await this.output.flush()
    if (newest !== undefined) this.#keeper.see(newest)
  }
}
