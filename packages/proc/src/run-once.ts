// A service in the foreground: started once, watched to its end.
import type { RunExit, RunInfo } from './plugin.js'
import type { ForegroundOptions } from './run.js'
import type { Service } from './service.js'

export interface RunOnceOptions extends ForegroundOptions {
  /** Stops the run as `stop` does. */
  readonly signal?: AbortSignal
  /** Told when there is a pid, with a way to pass signals on to the run's process group. */
  readonly onStarted?: (run: RunInfo, sendSignal: (name: NodeJS.Signals) => void) => void
}

/**
 * Starts a service that is not restarted; resolves behind the exit barrier.
 *
 * @throws {ProcError} `Unavailable` if it never began and left no exit.
 */
export async function runToItsEnd(
  service: Service,
  { signal, onStarted }: Pick<RunOnceOptions, 'signal' | 'onStarted'>,
): Promise<RunExit> {
  const stop = (): void => void service.stop().catch(() => undefined)
  signal?.addEventListener('abort', stop)
  try {
    const failure: unknown = await service.start().then(
      () => undefined,
      (error: unknown) => error,
    )
    const { run } = service
    if (run !== undefined) onStarted?.(run.info, (name) => run.signal(name))
    await service.ended()
    if (service.lastExit === undefined) throw failure
    return service.lastExit
  } finally {
    signal?.removeEventListener('abort', stop)
  }
}
