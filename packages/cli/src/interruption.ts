// Signals that ask a reader to end: the first one lets it finish its work, the second ends the process.

/** A signal that has come, or may come. */
export interface Interruption {
  /** Aborts at the first signal. */
  readonly signal: AbortSignal
  /** 128 and the number of the signal that came; undefined if none came. */
  readonly exitCode: () => number | undefined
  /** Listens no more. */
  readonly end: () => void
}

/** Exit codes as a shell gives them: 128 and the signal's number. */
const CODES = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const

/** Listens for signals from now on; those in `except` mean something else to the caller. */
export function interruption(except: readonly NodeJS.Signals[] = []): Interruption {
  const controller = new AbortController()
  const ends: (() => void)[] = []
  let code: number | undefined
  for (const name of Object.keys(CODES) as (keyof typeof CODES)[]) {
    if (except.includes(name)) continue
    const listener = (): void => {
      if (code !== undefined) process.exit(CODES[name])
      code = CODES[name]
      controller.abort()
    }
    process.on(name, listener)
    ends.push(() => process.off(name, listener))
  }
  return {
    signal: controller.signal,
    exitCode: () => code,
    end: () => ends.forEach((end) => end()),
  }
}
