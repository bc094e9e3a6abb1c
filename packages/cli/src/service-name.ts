// A name for what has none: the program's own, made one that a service may have.
import { basename } from 'node:path'

const LENGTH_MAX = 128

/** Returns a valid name made of the last part of a program's path. */
export function toServiceName(program: string): string {
  const name = basename(program)
    .replaceAll(/[^A-Za-z0-9._-]+/g, '-')
    .replace(/^[^A-Za-z0-9_]+/, '')
    .slice(0, LENGTH_MAX)
    .replace(/\.state$/, '-state')
  return name === '' ? 'run' : name
}
