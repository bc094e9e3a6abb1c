// Small files of state, read whole and replaced whole: whoever reads one finds the old text or the new one.
import { readFileSync } from 'node:fs'
import { open, rename } from 'node:fs/promises'

/**
 * Reads a file of state; undefined if there is none.
 *
 * @throws {Error} With the `code` and the path of what failed: what cannot be read is not nothing.
 */
export function readState(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    if (code === 'ENOENT') return undefined
    const told = new Error(`Cannot read ${path}: ${message}`, { cause: error })
    throw Object.assign(told, { code, path })
  }
}

/** Replaces a file of state; it is on disk when this resolves. Not to be called for one file twice at once. */
export async function replaceState(path: string, text: string): Promise<void> {
  const handle = await open(`${path}.new`, 'w', 0o600)
  try {
    await handle.writeFile(text)
    await handle.sync()
  } finally {
    await handle.close()
  }
  await rename(`${path}.new`, path)
}
