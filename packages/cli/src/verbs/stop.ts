// `hero_proc stop`: asks the supervisor to end, and waits until it is gone.
import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Command } from 'commander'
import { connect } from '../connect.js'
import { CliError, EXIT } from '../exit.js'
import { say } from '../output.js'
import { resolveSettings } from '../settings.js'
import type { SettingFlags } from '../settings.js'

/** Services get their time to end, one after the other at worst. */
const STOP_MS_MAX = 120_000
const LOOK_MS = 25

/** Adds arguments, flags and the action. */
export function configure(command: Command): void {
  command
    .addHelpText('after', '\nAll services are stopped first. Exits 4 if none is running.')
    .action(async (_: object, self: Command) => {
      await stop(self.optsWithGlobals<SettingFlags>())
    })
}

async function stop(flags: SettingFlags): Promise<void> {
  const { client, health } = await connect(resolveSettings(flags))
  client.close()
  process.kill(health.pid, 'SIGTERM')
  const deadlineMs = performance.now() + STOP_MS_MAX
  while (isAlive(health.pid)) {
    if (performance.now() >= deadlineMs) {
      throw new CliError(
        EXIT.failure,
        `hero_proc (pid ${health.pid}) has not stopped within ${STOP_MS_MAX / 1000} s`,
        `It goes on stopping; kill -9 ${health.pid} ends it at once, nothing committed is lost`,
      )
    }
    await sleep(LOOK_MS)
  }
  say(`hero_proc: Stopped (pid ${health.pid})`)
}

/** False also for one that has ended and that its parent has not asked for: that may never happen. */
function isAlive(pid: number): boolean {
  try {
    return !/\) [ZX] [^)]*$/.test(readFileSync(`/proc/${pid}/stat`, 'latin1'))
  } catch {
    return false
  }
}
