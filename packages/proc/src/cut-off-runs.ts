// What a hero_proc does about an earlier one that was killed: it tells of the runs that were cut off, and
// ends what is left of them.
import { ProcError } from './errors.js'
import { endProcesses, findOrphans } from './orphans.js'
import type { SupervisorEvent } from './plugin.js'
import type { ServiceDefinition } from './service-definition.js'
import type { ServiceFiles } from './service-files.js'

/** How orphans of a service are ended that is no longer defined. */
const DEFAULTS = { stop_signal: 'SIGTERM', stop_deadline_ms: 5_000 } as const

export interface CutOffOptions {
  readonly files: ServiceFiles
  readonly definitionOf: (service: string) => ServiceDefinition | undefined
  readonly announce: (event: SupervisorEvent) => void
}

/** @throws {ProcError} `Unavailable` if some processes survive SIGKILL. */
export async function endCutOffRuns(options: CutOffOptions): Promise<void> {
  const { files, definitionOf, announce } = options
  const runs = files.cutOffRuns()
  const orphans = findOrphans(files.owner, runs)
  for (const { service, run } of runs) announce({ type: 'cut_off', service, run })
  const services = new Set(orphans.map(({ service }) => service))
  await Promise.all(
    [...services].map(async (service) => {
      const rows = orphans.filter((orphan) => orphan.service === service)
      const { stop_signal, stop_deadline_ms } = definitionOf(service) ?? DEFAULTS
      const left = await endProcesses(rows, stop_signal, stop_deadline_ms)
      announce({ type: 'orphans_ended', service, pids: rows.map(({ pid }) => pid) })
      if (left.length === 0) return
      const pids = left.map(({ pid }) => pid).join(', ')
      throw new ProcError('Unavailable', `Processes of ${service} did not end: ${pids}`)
    }),
  )
  // Only now: a start that was killed in between finds them again.
  for (const { service } of runs) files.forgetRunning(service)
}
