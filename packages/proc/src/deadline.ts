// Waiting with an end.

/** Resolves to true when the promise settles, or to false after `ms` milliseconds. Never rejects. */
export function settlesWithin(promise: Promise<unknown>, ms: number): Promise<boolean> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(false), ms)
    const settled = (): void => {
      clearTimeout(timer)
      resolve(true)
    }
    promise.then(settled, settled)
  })
}

/**
 * Does the work, and gives `otherwise` as soon as the signal aborts.
 *
 * @param work Gets a signal that aborts when nobody waits for it any more.
 */
export async function unlessAborted<T>(
  signal: AbortSignal,
  otherwise: T,
  work: (over: AbortSignal) => Promise<T>,
): Promise<T> {
  if (signal.aborted) return otherwise
  const over = new AbortController()
  try {
    return await new Promise<T>((resolve, reject) => {
      signal.addEventListener('abort', () => resolve(otherwise), { signal: over.signal })
      work(over.signal).then(resolve, reject)
    })
  } finally {
    over.abort()
  }
}
