// The library's own checks are the only ones, so that every surface says the same: what it refuses as a
// caller's mistake is a refusal of the call's params here.

/** Runs `work`; its TypeError, RangeError or SyntaxError becomes an error with the code `InvalidParams`. */
export async function refusing<T>(work: () => T | Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    const isMistake =
      error instanceof TypeError || error instanceof RangeError || error instanceof SyntaxError
    if (!isMistake) throw error
    throw Object.assign(new Error(error.message, { cause: error }), { code: 'InvalidParams' })
  }
}
