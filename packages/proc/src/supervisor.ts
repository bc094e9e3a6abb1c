// All services: their files, their lives, and who is told about them.
import { ProcError } from './errors.js'
import { PluginHost } from './plugin-host.js'
import type { Plugin, PluginHealth, RunExit, RunInfo, SupervisorEvent } from './plugin.js'
import type { CaptureDefaults, ForegroundOptions } from './run.js'
import { parseServiceDefinition } from './service-definition.js'
import type { ServiceDefinition, ServiceDefinitionInput } from './service-definition.js'
import { ServiceFiles } from './service-files.js'
import type { SkippedFile } from './service-files.js'
import type { ServiceStatus } from './service-status.js'
import { Service } from './service.js'
import type { ServiceTimes } from './service.js'

export interface SupervisorOptions {
  /** Definitions and run numbers are in its folder `services`. One supervisor at a time. */
  readonly dataDir: string
  /** Called in this order, closed in the reverse one. */
  readonly plugins?: readonly Plugin[]
  readonly captureDefaults?: CaptureDefaults
  /** Gets what a plugin throws. */
  readonly onPluginError?: (plugin: string, error: unknown) => void
  /**
   * A run that lasted this long, in milliseconds, makes the back-off begin anew.
   * @default 10_000
   */
  readonly steadyAfterMs?: number
  /**
   * From SIGKILL to giving up on a process, in milliseconds.
   * @default 10_000
   */
  readonly killGraceMs?: number
  /**
   * How long a plugin may hold back the end of a run, in milliseconds.
   * @default 30_000
   */
  readonly barrierDeadlineMs?: number
}

export interface RunOnceOptions extends ForegroundOptions {
  /** Stops the run as `stop` does. */
  readonly signal?: AbortSignal
  /** Told when there is a pid, with a way to pass signals on to the run's process group. */
  readonly onStarted?: (run: RunInfo, sendSignal: (name: NodeJS.Signals) => void) => void
}

export interface SupervisorHealth {
  readonly ok: boolean
  readonly services: { readonly total: number; readonly running: number }
  readonly plugins: Readonly<Record<string, PluginHealth>>
}

/** Opens the data directory and loads the definitions. Nothing is started. */
export async function createSupervisor(options: SupervisorOptions): Promise<Supervisor> {
  const files = await ServiceFiles.open(options.dataDir)
  const { definitions, skipped } = await files.load()
  return new Supervisor(options, files, definitions, skipped)
}

/** Supervises services. Made by {@link createSupervisor}. */
export class Supervisor {
  /** Files of definitions that could not be used. */
  readonly skipped: readonly SkippedFile[]
  readonly #files: ServiceFiles
  readonly #host: PluginHost
  readonly #capture: CaptureDefaults
  readonly #times: ServiceTimes
  readonly #services = new Map<string, Service>()
  readonly #deletions = new Map<string, Promise<void>>()
  readonly #listeners = new Set<(event: SupervisorEvent) => void>()
  #stopped: Promise<void> | undefined
  #closed: Promise<void> | undefined

  constructor(
    options: SupervisorOptions,
    files: ServiceFiles,
    definitions: readonly ServiceDefinition[],
    skipped: readonly SkippedFile[],
  ) {
    const { plugins = [], onPluginError = () => undefined, barrierDeadlineMs = 30_000 } = options
    this.#files = files
    this.#host = new PluginHost({ plugins, onPluginError, barrierDeadlineMs })
    this.#capture = options.captureDefaults ?? {}
    const { steadyAfterMs = 10_000, killGraceMs = 10_000 } = options
    this.#times = { steadyAfterMs, killGraceMs }
    this.skipped = skipped
    for (const definition of definitions) this.#make(definition)
    for (const one of skipped) this.#host.event({ type: 'skipped', ...one })
  }

  get plugins(): readonly Plugin[] {
    return this.#host.plugins
  }

  /** Calls the listener for every event from now on; returns how to end that. */
  subscribe(listener: (event: SupervisorEvent) => void): () => void {
    this.#listeners.add(listener)
    return () => void this.#listeners.delete(listener)
  }

  /**
   * Stores a definition; the service is not started.
   *
   * @throws {ProcError} `InvalidParams`, `Conflict` if there is one of that name, `Unavailable`.
   */
  async add(input: ServiceDefinitionInput): Promise<ServiceStatus> {
    this.#refuseWhenStopped()
    const definition = parseServiceDefinition(input)
    const service = this.#make(definition)
    try {
      await this.#files.save(definition)
    } catch (error) {
      this.#services.delete(definition.name)
      throw error
    }
    this.#announce({ type: 'added', service: definition.name })
    return service.status()
  }

  /**
   * Stops a service and forgets its definition. Its run numbers and logs stay.
   *
   * @throws {ProcError} `NotFound`, `Unavailable` if it does not end.
   */
  delete(name: string): Promise<void> {
    const service = this.#find(name)
    const deletion = this.#deletions.get(name) ?? this.#delete(service)
    this.#deletions.set(name, deletion)
    return deletion
  }

  /** Every service, sorted by name. */
  list(): ServiceStatus[] {
    const names = [...this.#services.keys()].toSorted()
    return names.map((name) => this.status(name))
  }

  /** @throws {ProcError} `NotFound` */
  status(name: string): ServiceStatus {
    return this.#find(name).status()
  }

  /**
   * Starts a service if it does not run; resolves when it has a pid.
   *
   * @throws {ProcError} `NotFound`, `Unavailable` if it could not be spawned.
   */
  async start(name: string): Promise<ServiceStatus> {
    this.#refuseWhenStopped()
    return await this.#operate(name, (service) => service.start())
  }

  /**
   * Stops a service; resolves when its plugins have let go of the run.
   *
   * @throws {ProcError} `NotFound`, `Unavailable` if it survives SIGKILL.
   */
  async stop(name: string): Promise<ServiceStatus> {
    return await this.#operate(name, (service) => service.stop())
  }

  /** @throws {ProcError} As {@link Supervisor.stop} and {@link Supervisor.start}. */
  async restart(name: string): Promise<ServiceStatus> {
    this.#refuseWhenStopped()
    return await this.#operate(name, (service) => service.restart())
  }

  /** Starts every service with `autostart`. One that fails is told by its state, not by a rejection. */
  async startAll(): Promise<void> {
    const services = [...this.#services.values()]
    const due = services.filter((service) => service.definition.autostart)
    await Promise.allSettled(due.map((service) => service.start()))
  }

  /**
   * Runs a command once, without storing its definition; resolves behind the exit barrier. A command that
   * could not be spawned gives an exit with `error`.
   *
   * @throws {ProcError} `InvalidParams`, `Conflict` if a service has that name, `Unavailable`.
   */
  async runOnce(input: ServiceDefinitionInput, options: RunOnceOptions = {}): Promise<RunExit> {
    this.#refuseWhenStopped()
    const { signal, onStarted, ...foreground } = options
    signal?.throwIfAborted()
    const definition = parseServiceDefinition({ ...input, restart: 'never' })
    const service = this.#make(definition, foreground)
    const stop = (): void => void service.stop().catch(() => undefined)
    signal?.addEventListener('abort', stop)
    try {
      const started = service.start()
      const failure: unknown = await started.then(
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
      await service.close().catch(() => undefined)
      this.#services.delete(definition.name)
    }
  }

  async health(): Promise<SupervisorHealth> {
    const plugins = await this.#host.health()
    const states = [...this.#services.values()].map((service) => service.state)
    return {
      ok: Object.values(plugins).every((plugin) => plugin.ok),
      services: { total: states.length, running: states.filter((one) => one === 'running').length },
      plugins,
    }
  }

  /**
   * Stops all services, side by side, and takes no more orders. Plugins go on. Safe to call twice.
   *
   * @throws {ProcError} `Unavailable` if some survive SIGKILL.
   */
  stopAll(): Promise<void> {
    return (this.#stopped ??= this.#stopAll())
  }

  /** Stops all services and closes the plugins. Safe to call twice. Throws as {@link stopAll}. */
  close(): Promise<void> {
    return (this.#closed ??= this.#close())
  }

  async #stopAll(): Promise<void> {
    const services = [...this.#services.values()]
    const results = await Promise.allSettled(services.map((service) => service.close()))
    const stuck = services.filter((_service, index) => results[index]?.status === 'rejected')
    if (stuck.length === 0) return
    const names = stuck.map((service) => service.definition.name).join(', ')
    throw new ProcError('Unavailable', `Services did not end: ${names}`)
  }

  async #close(): Promise<void> {
    try {
      await this.stopAll()
    } finally {
      await this.#host.close()
    }
  }

  async #delete(service: Service): Promise<void> {
    const { name } = service.definition
    try {
      await service.close()
      await this.#files.remove(name)
      this.#services.delete(name)
    } finally {
      this.#deletions.delete(name)
    }
    this.#announce({ type: 'deleted', service: name })
  }

  async #operate(
    name: string,
    operation: (service: Service) => Promise<void>,
  ): Promise<ServiceStatus> {
    const service = this.#find(name)
    await operation(service)
    return service.status()
  }

  #make(definition: ServiceDefinition, foreground: ForegroundOptions = {}): Service {
    const { name } = definition
    if (this.#services.has(name)) {
      throw new ProcError('Conflict', `There is already a service ${name}`, {
        hint: 'Delete it first or choose another name',
      })
    }
    const service = new Service({
      definition,
      files: this.#files,
      host: this.#host,
      capture: { ...this.#capture, ...foreground },
      times: this.#times,
      announce: (event) => this.#announce(event),
    })
    this.#services.set(name, service)
    return service
  }

  #find(name: string): Service {
    const service = this.#services.get(name)
    if (service !== undefined) return service
    throw new ProcError('NotFound', `There is no service ${JSON.stringify(name)}`)
  }

  #refuseWhenStopped(): void {
    if (this.#stopped !== undefined || this.#closed !== undefined) {
      throw new ProcError('Unavailable', 'The supervisor is closing')
    }
  }

  #announce(event: SupervisorEvent): void {
    this.#host.event(event)
    for (const listener of this.#listeners) listener(event)
  }
}
