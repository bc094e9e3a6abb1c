// What rotation makes of a file's name: `app.log.1`, `app.log-20260101`. Packed ones are nothing to read.
import { readdir, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'

interface Identity {
  readonly dev: number
  readonly ino: number
}

/** What rotation appends: numbers and dates. */
const SUFFIX = /^[.-]\d[\d.-]*$/

/** True if the name ends as those of rotated files do. */
export function isRotatedName(name: string): boolean {
  return /[.-]\d[\d.-]*$/.test(name)
}

/** Finds a file by its identity, under its path or where rotation has put it. */
export async function findFile(path: string, wanted: Identity): Promise<string | undefined> {
  for (const one of [path, ...(await rotatedFiles(path))]) {
    const found = await stat(one).catch(() => undefined)
    if (found?.dev === wanted.dev && found.ino === wanted.ino) return one
  }
  return undefined
}

/** The rotated file that was begun after this one; undefined if there is none. */
export async function successorOf(
  path: string,
  last: Identity & { readonly mtimeMs: number },
): Promise<string | undefined> {
  const ordered = await rotatedInOrder(path)
  const at = ordered.findIndex(({ ino }) => ino === last.ino)
  // One that was removed or packed in between is known by its time only.
  const next = at < 0 ? ordered.find(({ mtimeMs }) => mtimeMs > last.mtimeMs) : ordered[at + 1]
  return next?.path
}

/** The files that rotation has made of a path, the oldest first. */
export async function rotatedInOrder(
  path: string,
): Promise<{ readonly path: string; readonly ino: number; readonly mtimeMs: number }[]> {
  const rotated = await Promise.all(
    (await rotatedFiles(path)).map(async (one) => {
      const found = await stat(one).catch(() => undefined)
      return found === undefined ? [] : [{ path: one, ino: found.ino, mtimeMs: found.mtimeMs }]
    }),
  )
  return rotated.flat().toSorted((a, b) => a.mtimeMs - b.mtimeMs || byName(a.path, b.path))
}

/** The oldest first: counted suffixes count down in time, dates go up. */
function byName(a: string, b: string): number {
  const [countA, countB] = [a, b].map((name) => /\.(\d{1,3})$/.exec(name)?.[1])
  if (countA !== undefined && countB !== undefined) return Number(countB) - Number(countA)
  return a < b ? -1 : 1
}

async function rotatedFiles(path: string): Promise<string[]> {
  const name = basename(path)
  const names = await readdir(dirname(path)).catch((): string[] => [])
  return names
    .filter((one) => one.startsWith(name) && SUFFIX.test(one.slice(name.length)))
    .map((one) => join(dirname(path), one))
}
