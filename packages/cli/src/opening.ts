// The tries of `serve` to start. One that has no rights in its data dir goes on without it (degraded.ts,
// which is loaded then only); everything else that fails ends it.
import { join } from 'node:path'
import type { HeldLines, Logs } from '@hero/logs'
import type { Serving } from '@hero/proc'
import type { ConfigFlags } from './config.js'
import { isPermission } from './data-dir.js'
import { resolveSettings } from './settings.js'

/** What a degraded hero_proc leaves to the one that starts after all. */
export interface Front {
  readonly held: HeldLines
  /** Undefined if there were no sockets to be had either. */
  readonly serving: Serving | undefined
  /** Aborted by a signal that came before. */
  readonly signal: AbortSignal
  /** Told when the store is open. */
  readonly opened: (logs: Logs) => void
}

/** One try. */
export class Opening {
  readonly front: Front | undefined
  #isOpen = false

  constructor(front?: Front) {
    this.front = front
  }

  /** True once the store is open: whatever fails then, waiting does not help. */
  get isOpen(): boolean {
    return this.#isOpen
  }

  /** The store is open. */
  opened(logs: Logs): void {
    this.#isOpen = true
    this.front?.opened(logs)
  }

  /** Aborts when `signal` does, or has been aborted before. */
  join(signal: AbortSignal): AbortSignal {
    return this.front === undefined ? signal : AbortSignal.any([signal, this.front.signal])
  }
}

/** Starts a supervisor, and returns what the command exits with. */
export type Serve = (opening: Opening) => Promise<number>

/**
 * Calls `serve`, again and again while rights are missing in the data dir.
 *
 * @throws What it throws for another reason.
 */
export async function serveWhenUsable(flags: ConfigFlags, serve: Serve): Promise<number> {
  const first = new Opening()
  try {
    return await serve(first)
  } catch (error) {
    if (first.isOpen || !isOfDataDir(error, flags)) throw error
    const { serveDegraded } = await import('./degraded.js')
    return await serveDegraded(flags, error, serve)
  }
}

/** True if an error before the store was open says that rights are missing in the data dir. */
export function isOfDataDir(error: unknown, flags: ConfigFlags): boolean {
  const root = rootOf(error) as { readonly path?: unknown } | undefined
  // A data dir that cannot be made for another reason, such as a file in its way, stays so.
  if (isPermission(error)) return isPermission(root) || !isOfSystem(root)
  // A configuration file in the data dir is as far away as the rest of it.
  const { dataDir } = resolveSettings(flags)
  return isPermission(root) && String(root?.path).startsWith(join(dataDir, '/'))
}

function rootOf(error: unknown): unknown {
  const { cause } = (error ?? {}) as { readonly cause?: unknown }
  return cause === undefined ? error : rootOf(cause)
}

/** True for errors of the kernel, which SQLite's and our own are not. */
function isOfSystem(error: unknown): boolean {
  return typeof (error as { readonly syscall?: unknown } | undefined)?.syscall === 'string'
}
