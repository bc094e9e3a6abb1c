// One sink a run: its lines under the run's number, its start and end as entries without a stream. A
// process that outlived its run may still write: its lines go to the same run until the next one starts.
import { isSecretName, LIMITS } from '@hero/logs'
import type { LogRecord, Logs, Sink } from '@hero/logs'
import type { RunConsumer, RunControls, RunExit, RunInfo } from '@hero/proc'
import { checkLogSettings, toSourceSettings } from './log-settings.js'
import type { LogSettings } from './log-settings.js'

interface RunCapture {
  readonly lines: Sink
  readonly markers: Sink
}

export class RunCaptures {
  readonly #logs: Logs
  readonly #byService = new Map<string, RunCapture>()
  /** Services whose definition says what is kept of their log. */
  readonly #kept = new Set<string>()

  constructor(logs: Logs) {
    this.#logs = logs
  }

  /**
   * Opens the sinks of a run.
   *
   * @throws {TypeError} If the definition's `log` settings are wrong.
   */
  start(run: RunInfo, controls: RunControls): RunConsumer {
    this.forget(run.service)
    const log = checkLogSettings(run.definition.log)
    this.#keep(run.service, log)
    const secrets = secretsOf(run.definition.env)
    const capture = {
      lines: this.#logs.sink({
        source: run.service,
        origin: run.mode === 'stdio' ? 'pipe' : run.mode,
        settings: toSourceSettings(log),
        onHold: (held) => (held ? controls.pause() : controls.resume()),
        secrets,
      }),
      markers: this.#logs.sink({ source: run.service, origin: 'system', secrets }),
    }
    this.#byService.set(run.service, capture)
    return {
      onLines: (region) => {
        capture.lines.writeLines(region, run.run)
      },
    }
  }

  /**
   * Hands over what is to be kept. A definition that says nothing of it leaves alone what others have set,
   * unless it was the one before it that had.
   */
  #keep(service: string, { retention }: LogSettings): void {
    if (retention === undefined && !this.#kept.has(service)) return
    const { lines = null, bytes = null, age_ms: ageMs = null } = retention ?? {}
    if (retention === undefined) this.#kept.delete(service)
    else this.#kept.add(service)
    // A store that cannot be written now is asked again at the next start.
    this.#logs.setRetention(service, { lines, bytes, ageMs }).catch(() => undefined)
  }

  /** Marks the start, with the pid. */
  started(run: RunInfo): void {
    const command = shortened(run.definition.command.join(' '))
    this.#byService.get(run.service)?.markers.write({
      text: `run ${run.run} started: pid ${run.pid}: ${command}`,
      level: 'info',
      run: run.run,
      fields: { event: 'run.started', pid: run.pid ?? null, mode: run.mode },
    })
  }

  /** Tells the losses of the run and marks its end. */
  ended(run: RunInfo, exit: RunExit): void {
    const capture = this.#byService.get(run.service)
    if (!capture) return
    capture.lines.tell()
    const { code, signal, orphans, escaped, durationMs, error } = exit
    capture.markers.write({
      text: `run ${run.run} ${describe(exit)}`,
      level: error ? 'error' : code === 0 ? 'info' : 'warning',
      run: run.run,
      fields: {
        event: 'run.exited',
        code,
        signal,
        orphans,
        escaped,
        duration_ms: Math.round(durationMs),
        ...(error === undefined ? {} : { error: { ...error } }),
      },
    })
    if (!escaped) this.forget(run.service)
  }

  /** Tells of something that happened to a service beside its runs. */
  note(service: string, record: LogRecord): void {
    const sink = this.#logs.sink({ source: service, origin: 'system' })
    sink.write(record)
    sink.close()
  }

  /** Closes the sinks of a service's last run. */
  forget(service: string): void {
    const capture = this.#byService.get(service)
    capture?.lines.close()
    capture?.markers.close()
    this.#byService.delete(service)
  }
}

/** Values of the environment that a definition gives under names of secrets. */
function secretsOf(env: Readonly<Record<string, string>> = {}): string[] {
  return Object.entries(env).flatMap(([name, value]) => (isSecretName(name) ? [value] : []))
}

function describe({ code, signal, orphans, escaped, error }: RunExit): string {
  if (error) return `could not start: ${shortened(error.message)}`
  const how = signal === null ? `exited with code ${code}` : `was ended by ${signal}`
  const rest = [
    ...(orphans ? ['processes that it left behind were ended'] : []),
    ...(escaped ? ['a process that left its group still writes'] : []),
  ]
  return [how, ...rest].join('; ')
}

function shortened(text: string): string {
  const max = LIMITS.patternLengthMax
  return text.length > max ? `${text.slice(0, max)}...` : text
}
