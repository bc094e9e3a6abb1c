// Whom a service runs as: a name of this system or numbers become a user and a group.
import { readFile } from 'node:fs/promises'
import { ProcError } from './errors.js'

/** Ids of the user and the group that a process gets. */
export interface UserIds {
  readonly uid: number
  readonly gid: number
}

/**
 * Finds a user: `NAME`, `UID` or `UID:GID`. A bare number that no user has is its own group.
 *
 * @throws {ProcError} `NotFound` if there is no user of that name.
 */
export async function resolveUser(user: string, passwd: string = '/etc/passwd'): Promise<UserIds> {
  const pair = /^(\d{1,10}):(\d{1,10})$/.exec(user)
  if (pair !== null) return { uid: Number(pair[1]), gid: Number(pair[2]) }
  for (const line of (await readFile(passwd, 'utf8')).split('\n')) {
    const [name, , uid, gid] = line.split(':')
    if (name === user || uid === user) return { uid: Number(uid), gid: Number(gid) }
  }
  if (/^\d{1,10}$/.test(user)) return { uid: Number(user), gid: Number(user) }
  throw new ProcError('NotFound', `There is no user ${user} on this system`)
}
