// How long something took.

/** Runs `work` and returns `{ ms, result }`. */
export function timed(work) {
  const startMs = performance.now()
  const result = work()
  return { ms: performance.now() - startMs, result }
}

/** The same for work that is waited for. */
export async function timedAsync(work) {
  const startMs = performance.now()
  const result = await work()
  return { ms: performance.now() - startMs, result }
}
