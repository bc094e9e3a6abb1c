// The key of an admin process: only who was given its address can look. The cookie's name holds the port,
// since browsers send cookies of one port to all others of the same host.
import { randomBytes, timingSafeEqual } from 'node:crypto'
import { RPC_CODES } from '@hero/rpc'
import type { Refusal, RouteRequest } from '@hero/rpc'

export interface Key {
  readonly text: string
  /** The header that makes a browser remember the key. */
  readonly cookie: string
  /** Tells the port, which is known once the server listens. */
  bind(port: number): void
  /** Why a request is refused, or undefined. */
  refuses(request: RouteRequest): Refusal | undefined
}

/** Makes a key that nobody can guess. */
export function createKey(): Key {
  const text = randomBytes(24).toString('base64url')
  let name = 'hero_admin'
  return {
    text,
    get cookie() {
      return `${name}=${text}; HttpOnly; SameSite=Strict; Path=/`
    },
    bind: (port) => {
      name = `hero_admin_${port}`
    },
    refuses: ({ url = '', headers }) => {
      const [path, query = ''] = url.split('?', 2)
      const given =
        path === '/' && query.startsWith('key=')
          ? query.slice('key='.length)
          : cookieOf(headers.cookie ?? '', name)
      return isSame(given, text) ? undefined : REFUSAL
    },
  }
}

function cookieOf(header: string, name: string): string {
  const found = header.split('; ').find((one) => one.startsWith(`${name}=`))
  return found?.slice(name.length + 1) ?? ''
}

function isSame(given: string, expected: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(expected)]
  return a.length === b.length && timingSafeEqual(a, b)
}

const REFUSAL: Refusal = {
  status: 401,
  error: {
    code: RPC_CODES.PermissionDenied,
    message: 'Expected the key of this admin process',
    data: { code: 'PermissionDenied', hint: 'Open the address that hero_proc admin prints' },
  },
}
