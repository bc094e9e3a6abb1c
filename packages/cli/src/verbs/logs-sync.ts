// `hero_proc logs sync`: returns when everything received before the call is committed.
import type { Command } from 'commander'
import { connect } from '../connect.js'
import { resolveSettings } from '../settings.js'
import type { SettingFlags } from '../settings.js'

/** Adds the verb below `logs`. */
export function addSync(logs: Command): void {
  logs
    .command('sync')
    .summary('wait until everything so far is on disk')
    .description('Wait until everything that hero_proc has received so far is on disk.')
    .action(async (_: object, self: Command) => {
      const { client } = await connect(resolveSettings(self.optsWithGlobals<SettingFlags>()))
      try {
        await client.call('logs.sync')
      } finally {
        client.close()
      }
    })
}
