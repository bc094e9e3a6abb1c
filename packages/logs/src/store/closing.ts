// Partitions that take no more batches, on their way to one whole file each: what is staged in them is
// regrouped, the WAL goes into the file, and the file leaves WAL mode - which has to wait until no reader
// has it open.
import { LIMITS } from '../model/limits.js'
import type { Compactor } from './compactor.js'
import type { Partition } from './partition.js'

interface Closing {
  readonly partition: Partition
  readonly compactor: Compactor
  isMarked: boolean
  /** True while much of its WAL has to be moved by the checkpoint thread first. */
  isToSave: boolean
  /** True until the next call of {@link ClosingPartitions.retry}. */
  isHeld: boolean
}

export class ClosingPartitions {
  #closing: Closing[] = []

  add(partition: Partition, compactor: Compactor): void {
    this.#closing.push({ partition, compactor, isMarked: false, isToSave: false, isHeld: false })
  }

  /** Forgets a partition that is to be removed. */
  drop(path: string): void {
    this.#closing.find(({ partition }) => partition.path === path)?.partition.close()
    this.#closing = this.#closing.filter(({ partition }) => partition.path !== path)
  }

  walBytes(): number {
    return this.#closing.reduce((sum, { partition }) => sum + partition.walBytes(), 0)
  }

  /** Those that a reader kept open are tried again. */
  retry(): void {
    for (const closing of this.#closing) closing.isHeld = false
  }

  /** A partition whose WAL is to be moved into its file elsewhere; `saved` is called when that is done. */
  pathToSave(): string | undefined {
    return this.#closing.find(({ isToSave }) => isToSave)?.partition.path
  }

  saved(path: string): void {
    const closing = this.#closing.find(({ partition }) => partition.path === path)
    if (!closing) return
    closing.partition.checkpointed()
    closing.isToSave = false
    closing.isHeld = false
  }

  /**
   * Does one step; false when there is nothing to do now.
   *
   * @param isLast - Nobody will call again: nothing is left to the checkpoint thread.
   */
  step(isLast: boolean = false): boolean {
    const closing = this.#closing.find(({ isHeld }) => !isHeld)
    if (!closing) return false
    const { partition, compactor } = closing
    // A reader or a failing disk: whatever the reason, not again at once.
    closing.isHeld = true
    if (compactor.finishStep() || partition.trim(LIMITS.trimPagesMax)) {
      closing.isHeld = false
      return true
    }
    if (!closing.isMarked) {
      partition.markOpen(false)
      closing.isMarked = true
    }
    closing.isToSave = !isLast && partition.unsavedBytes() > LIMITS.sealWalBytesMax
    if (closing.isToSave) return true
    partition.checkpoint({ truncate: false })
    if (!partition.seal()) return true
    partition.close()
    this.#closing = this.#closing.filter((other) => other !== closing)
    return true
  }

  /** Lets go of all of them, sealed or not: the next start goes on. */
  close(): void {
    try {
      while (this.step(true));
    } finally {
      for (const { partition } of this.#closing) partition.close()
      this.#closing = []
    }
  }
}
