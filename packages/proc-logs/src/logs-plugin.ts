// Joins the supervisor to the log library: every run gets a sink by itself, its start and end are marked
// in its log, and its end is announced only after its last line is committed.
import { LogsError, openLogs, OWN_SOURCE } from '@hero/logs'
import type { Logs, LogsOptions } from '@hero/logs'
import type { Plugin } from '@hero/proc'
import { AuditLog } from './audit-log.js'
import { DropReport } from './drop-report.js'
import { logMetrics } from './metrics.js'
import { RunCaptures } from './run-captures.js'
import { createSurface } from './surface.js'

export type LogsPluginOptions = LogsOptions

/** The plugin and the store behind it; closing the plugin closes the store. */
export interface LogsPlugin extends Plugin {
  readonly logs: Logs
}

/**
 * Opens the log store and the plugin that fills and serves it.
 *
 * @throws {TypeError | RangeError | LogsError} As `openLogs` does.
 */
export async function openLogsPlugin(options: LogsPluginOptions): Promise<LogsPlugin> {
  const logs = await openLogs(options)
  const captures = new RunCaptures(logs)
  const own = logs.sink({ source: OWN_SOURCE, origin: 'system' })
  for (const file of logs.quarantined) {
    own.write({ text: `Log file ${file} is damaged and was set aside`, level: 'error' })
  }
  const dropReport = new DropReport(logs, own)
  const auditLog = new AuditLog(own)
  const surface = createSurface(logs, (method, caller) => auditLog.noteAppend(method, caller))
  return {
    name: 'logs',
    logs,
    methods: surface.methods,
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
    runStarting: (run, controls) => captures.start(run, controls),
    runStarted: (run) => captures.started(run),
    runEnded: async (run, exit) => {
      captures.ended(run, exit)
      await committed(logs)
    },
    supervisorEvent: (event) => {
      if (event.type === 'deleted') captures.forget(event.service)
      if (event.type === 'skipped') {
        own.write({ text: `Skipped ${event.file}: ${event.reason}`, level: 'error' })
      }
    },
    close: async () => {
      auditLog.close()
      dropReport.close()
      await logs.close()
    },
  }
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
