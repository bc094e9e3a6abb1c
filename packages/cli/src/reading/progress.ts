// The progress of a long search, as one line on a terminal's stderr that is rewritten and wiped in the end.

const DELAY_MS = 1_000
const WIPE = '\r\u001b[K'

export interface Progress {
  /** Takes note of lines that were looked at. */
  readonly scanned: (lines: number) => void
  /** Wipes the line: something else is written now. */
  readonly hide: () => void
}

export interface ProgressOptions {
  readonly write: (text: string) => void
  readonly isTerminal: boolean
  /** Milliseconds; tests bring their own. @default performance.now */
  readonly nowMs?: () => number
}

/** Tells how far a search is, from a second after its begin and after each time that it was hidden. */
export function createProgress({ write, isTerminal, nowMs = now }: ProgressOptions): Progress {
  let lines = 0
  let quietSinceMs = nowMs()
  let isShown = false
  const hide = (): void => {
    if (isShown) write(WIPE)
    isShown = false
    quietSinceMs = nowMs()
  }
  return {
    scanned: (more) => {
      lines += more
      if (!isTerminal || nowMs() - quietSinceMs < DELAY_MS) return
      write(`${WIPE}Searched ${lines.toLocaleString('en-US')} lines`)
      isShown = true
    },
    hide,
  }
}

function now(): number {
  return performance.now()
}
