// Knows when nobody has looked for a while.

export interface IdleTimer {
  /** Resolves when nobody was there for the whole time; never, if that time is 0. */
  readonly idle: Promise<void>
  /** To be told when somebody comes, and when nobody is left. */
  readonly onBusy: (isBusy: boolean) => void
}

/** Starts as if nobody were there. */
export function idleTimer(idleMs: number): IdleTimer {
  const { promise: idle, resolve } = withResolve()
  let timer: NodeJS.Timeout | undefined
  const onBusy = (isBusy: boolean): void => {
    clearTimeout(timer)
    if (!isBusy && idleMs > 0) timer = setTimeout(resolve, idleMs).unref()
  }
  onBusy(false)
  return { idle, onBusy }
}

function withResolve(): { readonly promise: Promise<void>; readonly resolve: () => void } {
  let resolve!: () => void
  const promise = new Promise<void>((done) => {
    resolve = done
  })
  return { promise, resolve }
}
