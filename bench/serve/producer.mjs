// A client that inserts lines at an even rate until it is ended. Each begins with the time at which it was
// sent, in milliseconds since the epoch, so that viewers can say how long it took.

/** What is due is handed over this often. */
const STEP_MS = 10
const PADDING = ' GET /orders/7781 200 59210 bytes in 490 ms, as such lines are on real machines'

/** `end()` resolves to the number of lines, all of them answered. */
export function createProducer(client, { source, rate }) {
  const begun = performance.now()
  const pending = new Set()
  let sent = 0
  const step = () => {
    const due = Math.ceil(((performance.now() - begun) / 1_000) * rate)
    const now = performance.timeOrigin + performance.now()
    const entries = Array.from({ length: due - sent }, () => ({ text: `${now}${PADDING}` }))
    sent = due
    if (entries.length === 0) return
    const call = client.call('logs.insert', { source, entries })
    pending.add(call)
    void call.then(() => pending.delete(call))
  }
  const timer = setInterval(step, STEP_MS)
  return {
    end: async () => {
      clearInterval(timer)
      await Promise.all(pending)
      return sent
    },
  }
}
