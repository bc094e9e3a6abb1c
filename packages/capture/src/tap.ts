// What one output stream of a child is read through.

export interface TapHandlers {
  /** The stream's next bytes; they are only valid during the call. */
  readonly onChunk: (chunk: Buffer) => void
  /** Called once, after the last chunk: nobody holds the other end, or the tap was closed. */
  readonly onEnd: () => void
}

/** The reader of one stream. It reads from its making on. */
export interface Tap {
  /** Stops reading: once the kernel's buffer is full the writer has to wait. */
  pause(): void
  resume(): void
  /**
   * To be called when the child has exited: takes what it wrote, paused or not, and lets go of our hold on
   * the child's end. True if somebody else holds that end.
   */
  release(): boolean
  /** Takes what the kernel holds, paused or not, up to a bound. True if somebody holds the child's end. */
  drain(): boolean
  readonly isEnded: boolean
  /** Settles when the stream has ended. */
  readonly ended: Promise<void>
  /** Drains, then gives the descriptors back; a writer that is left gets an error. Safe to call twice. */
  close(): Promise<void>
}
