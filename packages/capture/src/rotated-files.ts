// What rotation makes of a file's name: `app.log.1`, `app.log-20260101`. Packed ones are nothing to read.
import { readdir, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'

/** What a file is known by, whatever its name is. */
export interface Identity {
  readonly dev: number
  readonly ino: number
}

/** What rotation appends: numbers and dates. */
const SUFFIX = /^[.-]\d[\d.-]*$/

/** True if the name ends as those of rotated files do. */
export function isRotatedName(name: string): boolean {
  return /[.-]\d[\d.-]*$/.test(name)
}

/**
 * Finds a file by its identity: under its path, where rotation has put it, or under any name in its folder if
 * the bytes in front of the offset can prove that it is this one.
 */
export async function findFile(
  path: string,
  wanted: Identity & { readonly offset: number },
): Promise<string | undefined> {
  const near = await filesNear(path, wanted.offset === 0 ? isRotation : () => true)
  for (const one of [path, ...near]) {
    const found = await stat(one).catch(() => undefined)
    if (found?.dev === wanted.dev && found.ino === wanted.ino) return one
  }
  return undefined
}

/** Those of some files that are in a folder, whatever their names are. */
export async function stillIn<T extends Identity>(
  folder: string,
  files: readonly T[],
): Promise<T[]> {
  const names = await readdir(folder)
  const found = await Promise.all(
    names.map((name) => stat(join(folder, name)).catch(() => undefined)),
  )
  const there = new Set(found.map((one) => one && `${one.dev}:${one.ino}`))
  return files.filter(({ dev, ino }) => there.has(`${dev}:${ino}`))
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
    (await filesNear(path, isRotation)).map(async (one) => {
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

/** True for `app.log.1` and `app.log`. */
function isRotation(one: string, name: string): boolean {
  return one.startsWith(name) && SUFFIX.test(one.slice(name.length))
}

async function filesNear(
  path: string,
  isWanted: (one: string, name: string) => boolean,
): Promise<string[]> {
  const name = basename(path)
  const names = await readdir(dirname(path)).catch((): string[] => [])
  return names.filter((one) => isWanted(one, name)).map((one) => join(dirname(path), one))
}
