// Joins the supervisor to the log library: every run gets a sink by itself, its start and end are marked
// in its log, and its end is announced only after its last line is committed.
import { keepFreedMemory } from '@hero/capture'
import { LogsError, OWN_SOURCE, toWire } from '@hero/logs'
import type { LogRecord, Logs } from '@hero/logs'
import type { Plugin, SupervisorEvent } from '@hero/proc'
import { AuditLog } from './audit-log.js'
import { DropReport } from './drop-report.js'
import { FileSources } from './file-sources.js'
import { FileWatchList } from './file-watch-list.js'
import { checkLogSettings } from './log-settings.js'
import { logMetrics } from './metrics.js'
import { newest } from './newest.js'
import { RunCaptures } from './run-captures.js'
import { createSurface } from './surface.js'

/** Last lines of a service that troubleshooting shows. */
const TROUBLE_LINES = 50

/** The plugin and the store behind it; closing the plugin closes the store. */
export interface LogsPlugin extends Plugin {
  readonly logs: Logs
}

export interface LogsPluginParts {
  readonly logs: Logs
  /** Where it is kept how far files were read. */
  readonly positionsDir: string
  readonly followFiles: boolean
}

/** Makes the plugin that fills and serves an open store. */
export function createLogsPlugin({ logs, positionsDir, followFiles }: LogsPluginParts): LogsPlugin {
  keepFreedMemory()
  const captures = new RunCaptures(logs)
  const own = logs.sink({ source: OWN_SOURCE, origin: 'system' })
  for (const file of logs.quarantined) {
    own.write({ text: `Log file ${file} is damaged and was set aside`, level: 'error' })
  }
  const complain = (text: string): void => void own.write({ text, level: 'error' })
  const files = new FileSources(logs, positionsDir, complain)
  const watchList = followFiles ? new FileWatchList(positionsDir, files, complain) : undefined
  const dropReport = new DropReport(logs, own)
  const auditLog = new AuditLog(own)
  const surface = createSurface(logs, (method, caller) => auditLog.noteAppend(method, caller))
  return {
    name: 'logs',
    logs,
    methods: [...surface.methods, ...(watchList?.methods() ?? [])],
    routes: surface.routes,
    sockets: surface.sockets,
    metrics: () => logMetrics(logs, surface.feeds),
    audit: (call) => auditLog.note(call),
    health: async () => {
      const failure = logs.failure()
      return failure === undefined
        ? { ok: true, detail: 'writing' }
        : { ok: false, detail: `degraded: ${failure}` }
    },
    checkDefinition: ({ log }) => void checkLogSettings(log),
    troubleshoot: async (service) => {
      const { entries } = await newest(logs, [service], TROUBLE_LINES)
      return { entries: entries.map((entry) => toWire(entry, logs.storeId)) }
    },
    runStarting: (run, controls) => {
      const { name, log } = run.definition
      void files.follow(name, name, checkLogSettings(log))
      return captures.start(run, controls)
    },
    runStarted: (run) => captures.started(run),
    runEnded: async (run, exit) => {
      await files.settled(run.service)
      captures.ended(run, exit)
      await committed(logs)
    },
    supervisorEvent: (event) => {
      const told = toNote(event)
      if (event.type === 'deleted') {
        captures.forget(event.service)
        void files.forget(event.service)
      }
      if (event.type === 'skipped') {
        own.write({ text: `Skipped ${event.file}: ${event.reason}`, level: 'error' })
      } else if (told !== undefined) captures.note(event.service, told)
    },
    close: async () => {
      await files.close()
      auditLog.close()
      dropReport.close()
      await logs.close()
    },
  }
}

/** What a service's log says about an event; most are no news there. */
function toNote(event: SupervisorEvent): LogRecord | undefined {
  if (event.type === 'gave_up') {
    const { failures } = event
    const text = `gave up after ${failures} failed runs in a row`
    return { text, level: 'error', fields: { event: 'service.gave_up', failures } }
  }
  if (event.type === 'cut_off') {
    const text = `run ${event.run} was cut off: hero_proc was killed`
    return { text, level: 'warning', run: event.run, fields: { event: 'run.cut_off' } }
  }
  if (event.type === 'orphans_ended') {
    const text = `ended processes that had been left behind: ${event.pids.join(', ')}`
    return { text, level: 'warning', fields: { event: 'orphans.ended', pids: event.pids } }
  }
  return undefined
}

// A store that cannot be written must not keep a service from ending: its lines stay queued, and what is
// lost in the end is counted.
async function committed(logs: Logs): Promise<void> {
  try {
    await logs.sync()
  } catch (error) {
    if (!(error instanceof LogsError)) throw error
  }
}
