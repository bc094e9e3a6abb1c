// Where `serve` listens besides the socket. The token comes from the environment alone: it has no place
// among the arguments, which every user of the machine can read, nor in a file of services.
import type { TcpAddress } from '@hero/rpc'
import { usageError } from './exit.js'

export interface HttpSettings extends TcpAddress {
  readonly token?: string
}

/**
 * Returns where to listen; undefined if there is to be no TCP.
 *
 * @param address The option `http`.
 * @throws {CliError} Usage, if the address is none, or others can reach it and there is no token.
 */
export async function resolveHttp(
  address: string,
  env: Readonly<Record<string, string | undefined>> = process.env,
): Promise<HttpSettings | undefined> {
  if (address === '') return undefined
  const { checkToken, parseTcpAddress } = await import('@hero/rpc')
  const token = env['HERO_PROC_TOKEN']
  try {
    const { host, port } = parseTcpAddress(address)
    checkToken(host, token === '' ? undefined : token)
    return { host, port, ...(token === undefined || token === '' ? {} : { token }) }
  } catch (error) {
    const { message } = error as Error
    throw usageError(`http: ${message}`, 'Use 127.0.0.1:PORT, or set HERO_PROC_TOKEN')
  }
}
