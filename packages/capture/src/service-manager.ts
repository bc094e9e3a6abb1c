// The words that systemd, or whoever started this process with NOTIFY_SOCKET, wants to hear: see
// sd_notify(3). Datagrams are small and the kernel keeps them: nothing waits, and nothing is asked back.
import { libc } from './libc.js'

/** The one that watches over this process. */
export interface ServiceManager {
  /**
   * How often it wants to hear {@link ServiceManager.alive}, in milliseconds; half of that is a good
   * interval. Undefined if it does not.
   */
  readonly watchdogMs: number | undefined
  /** Everything that was to be started has been. */
  ready(status: string): void
  /** Settings are read again; {@link ServiceManager.ready} ends that. */
  reloading(): void
  stopping(status: string): void
  alive(): void
}

/**
 * Finds the service manager that the environment names.
 *
 * @returns undefined if there is none, or the C library cannot be called.
 */
export function findServiceManager(
  env: Readonly<Record<string, string | undefined>> = process.env,
): ServiceManager | undefined {
  const path = env['NOTIFY_SOCKET'] ?? ''
  const calls = libc()
  if (calls === null || !/^[/@]./.test(path)) return undefined
  const tell = (...lines: readonly string[]): void => {
    try {
      calls.sendDatagram(path, Buffer.from(lines.join('\n')))
    } catch {
      // A manager that has gone needs to hear nothing.
    }
  }
  return {
    watchdogMs: watchdogOf(env),
    ready: (status) => tell('READY=1', `STATUS=${status}`),
    reloading: () => tell('RELOADING=1', `MONOTONIC_USEC=${process.hrtime.bigint() / 1_000n}`),
    stopping: (status) => tell('STOPPING=1', `STATUS=${status}`),
    alive: () => tell('WATCHDOG=1'),
  }
}

/** The variable may have been left behind by a manager of another process. */
function watchdogOf(env: Readonly<Record<string, string | undefined>>): number | undefined {
  const microseconds = Number(env['WATCHDOG_USEC'])
  const isOurs = (env['WATCHDOG_PID'] ?? String(process.pid)) === String(process.pid)
  return isOurs && microseconds > 0 ? microseconds / 1_000 : undefined
}
