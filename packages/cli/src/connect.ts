// The way to a running hero_proc, and whether it is the one that is meant: a socket may belong to one
// that serves another data dir than the caller asked for.
import { lstatSync, realpathSync } from 'node:fs'
import type { HeroProcHealth } from '@hero/proc'
import type { RpcClient } from '@hero/rpc'
import { CliError, errorCode, EXIT } from './exit.js'
import type { Settings } from './settings.js'

export interface Connection {
  readonly client: RpcClient
  readonly health: HeroProcHealth
}

/**
 * Connects to the hero_proc that serves `settings`; undefined when there is none.
 *
 * One that serves another data dir than the one asked for by flag or environment counts as none.
 */
export async function tryConnect(settings: Settings): Promise<Connection | undefined> {
  const found = await ask(settings)
  if (found === undefined) return undefined
  if (isMeant(found.health, settings)) return found
  found.client.close()
  return undefined
}

/**
 * Connects to the hero_proc that serves `settings`.
 *
 * @throws {CliError} Unreachable, if none is running or it serves another data dir.
 */
export async function connect(settings: Settings): Promise<Connection> {
  const found = await ask(settings)
  if (found === undefined) {
    throw new CliError(
      EXIT.unreachable,
      `No hero_proc is running at ${settings.socketPath}`,
      'hero_proc start',
    )
  }
  if (isMeant(found.health, settings)) return found
  found.client.close()
  throw new CliError(
    EXIT.unreachable,
    `The hero_proc at ${settings.socketPath} serves ${found.health.data_dir}, not ${settings.dataDir}`,
    'Give the --socket-dir that belongs to the data dir',
  )
}

async function ask({ socketPath }: Settings): Promise<Connection | undefined> {
  // The commonest answer, without loading anything.
  if (!lstatSync(socketPath, { throwIfNoEntry: false })) return undefined
  const { createRpcClient } = await import('@hero/rpc/client')
  const client = createRpcClient({ socketPath })
  try {
    return { client, health: await client.call<HeroProcHealth>('rpc.health') }
  } catch (error) {
    client.close()
    if (errorCode(error) === 'Unavailable') return undefined
    throw error
  }
}

function isMeant({ data_dir }: HeroProcHealth, { dataDir, isDataDirGiven }: Settings): boolean {
  return !isDataDirGiven || real(data_dir) === real(dataDir)
}

function real(path: string): string {
  try {
    return realpathSync(path)
  } catch {
    return path
  }
}
