// Renders entries into stdout, or into the pager, and remembers the last one.
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
  #isFlushDue = false

  constructor(output: Output, renderer: Renderer, keeper: CursorKeeper) {
    this.output = output
    this.#renderer = renderer
    this.#keeper = keeper
  }

  async writeAll(entries: readonly WireEntry[]): Promise<void> {
    for (const entry of entries) {
      this.#write(entry)
      if (this.output.isFull) await this.output.flush()
    }
    await this.output.flush()
  }

  /** Writes one entry now, but those that come at once together. */
  async writeLive(entry: WireEntry): Promise<void> {
    if (this.output.failure) throw this.output.failure
    this.#write(entry)
    if (this.output.isFull) return await this.output.flush()
    if (this.#isFlushDue) return
    this.#isFlushDue = true
    setImmediate(() => {
      this.#isFlushDue = false
      // What goes wrong is thrown at the next entry.
      this.output.flush().catch(() => {})
    })
  }

  async finish(): Promise<void> {
    this.output.write(this.#renderer.finish())
    await this.output.flush()
  }

  #write(entry: WireEntry): void {
    const piece = this.#renderer.render(entry)
    this.output.write(piece)
    if (entry.gap !== undefined && piece === '') say(`-- ${describeGap(entry)} --`)
    this.count += 1
    this.last = entry
    this.#keeper.see(entry)
  }
}
