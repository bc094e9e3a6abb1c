// Opens the store and makes the plugin. The store opens in a thread of its own, which begins before the
// plugin's own modules are loaded: both together take as long as the slower one.
import { dirname, join } from 'node:path'
import { openLogs } from '@hero/logs'
import type { HeldLines, LogsOptions } from '@hero/logs'
import type { LogsPlugin } from './logs-plugin.js'

export interface LogsPluginOptions extends LogsOptions {
  /**
   * Whether the log files that belong to no service are followed, and can be named over RPC. Those of
   * services always are.
   * @default false
   */
  readonly followFiles?: boolean
  /** Lines that came before the store could be opened. @default none */
  readonly held?: HeldLines
}

/**
 * Opens the log store and the plugin that fills and serves it.
 *
 * @throws {TypeError | RangeError | LogsError} As `openLogs` does.
 * @throws {Error} If the list of followed files cannot be read, with its `code` and `path`.
 */
export async function openLogsPlugin({
  followFiles = false,
  held,
  ...options
}: LogsPluginOptions): Promise<LogsPlugin> {
  const [logs, { createLogsPlugin }] = await Promise.all([
    openLogs(options, held),
    import('./logs-plugin.js'),
  ])
  const positionsDir = join(dirname(options.dir), 'files')
  try {
    return createLogsPlugin({ logs, positionsDir, followFiles })
  } catch (error) {
    await logs.close()
    throw error
  }
}
