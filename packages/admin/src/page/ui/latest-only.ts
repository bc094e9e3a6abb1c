// Work that follows a thing that moves faster than the work is done, such as a thumb that is dragged.

/** Returns a function that does one piece of work at a time, always for the newest value by then. */
export function latestOnly<T extends {}>(work: (value: T) => Promise<void>): (value: T) => void {
  let wanted: T | undefined
  let isRunning = false
  const run = async (): Promise<void> => {
    isRunning = true
    for (let value = wanted; value !== undefined; value = wanted) {
      wanted = undefined
      await work(value)
    }
    isRunning = false
  }
  return (value) => {
    wanted = value
    if (!isRunning) void run()
  }
}
