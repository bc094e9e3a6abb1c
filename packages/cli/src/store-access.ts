// Work on the log store that hero_proc does when it is running, and we do ourselves when it is not: the
// lock on the data dir keeps a hero_proc from starting meanwhile.
import type { Logs } from '@hero/logs'
import type { RpcClient } from '@hero/rpc'
import { logOptions, readConfig } from './config.js'
import { tryConnect } from './connect.js'
import { lockDataDir } from './data-dir.js'
import { CliError, EXIT } from './exit.js'
import { resolveSettings } from './settings.js'
import type { SettingFlags } from './settings.js'
import { statSync } from 'node:fs'

export interface StoreWork<T> {
  /** Asks the running hero_proc. */
  readonly ask: (client: RpcClient) => Promise<T>
  /** Does it itself. */
  readonly work: (logs: Logs) => Promise<T>
}

/**
 * Does work on the store, whoever may.
 *
 * @throws {CliError} `NotFound` if there is no store; whatever the work throws.
 */
export async function withStore<T>(flags: SettingFlags, { ask, work }: StoreWork<T>): Promise<T> {
  const settings = resolveSettings(flags)
  const connection = await tryConnect(settings)
  if (connection) {
    try {
      return await ask(connection.client)
    } finally {
      connection.client.close()
    }
  }
  if (!statSync(settings.logsDir, { throwIfNoEntry: false })) {
    throw new CliError(EXIT.notFound, `There is no log database in ${settings.logsDir}`)
  }
  const options = logOptions(await readConfig(flags))
  const lock = await lockDataDir(settings.dataDir)
  try {
    const { openLogs } = await import('@hero/logs')
    const logs = await openLogs({ ...options, dir: settings.logsDir })
    try {
      return await work(logs)
    } finally {
      await logs.close()
    }
  } finally {
    lock.release()
  }
}
