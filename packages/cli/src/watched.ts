// Tells the service manager how `serve` is, if there is one; see docs/guides/run-under-systemd.md.
import type { ServiceManager } from '@hero/proc'

/** What `serve` has to say. */
export interface Watched {
  ready(): void
  /** It is up, but cannot do its work; the manager need not end it. */
  degraded(reason: string): void
  reloading(): void
  stopping(): void
}

/** @param socketPath Where hero_proc answers, for the status line. */
export function watchedBy(manager: ServiceManager | undefined, socketPath: string): Watched {
  let timer: NodeJS.Timeout | undefined
  const tell = (status: string): void => {
    manager?.ready(status)
    if (manager?.watchdogMs === undefined) return
    // A timer of the loop that does all the work: when it hangs, this is silent.
    timer ??= setInterval(() => manager.alive(), manager.watchdogMs / 2).unref()
  }
  return {
    ready: () => tell(`Serving at ${socketPath}`),
    degraded: (reason) => tell(`Degraded: ${reason}`),
    reloading: () => manager?.reloading(),
    // The watchdog goes on: a stop that hangs is noticed as well.
    stopping: () => manager?.stopping('Stopping services'),
  }
}
