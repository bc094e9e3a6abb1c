// All services: their files, their lives, and who is told about them.
import type { ConfigChanges } from './config-changes.js'
import { ConfiguredServices } from './configured-services.js'
import { endCutOffRuns } from './cut-off-runs.js'
import { checkDependencies, dependentsOf } from './dependencies.js'
import { ProcError } from './errors.js'
import { PluginHost } from './plugin-host.js'
import type { Plugin, PluginHealth, RunExit, SupervisorEvent } from './plugin.js'
import type { CaptureDefaults, ForegroundOptions } from './run.js'
import { parseServiceDefinition } from './service-definition.js'
import type { ServiceDefinition, ServiceDefinitionInput } from './service-definition.js'
import { runToItsEnd } from './run-once.js'
import type { RunOnceOptions } from './run-once.js'
import { ServiceFiles } from './service-files.js'
import type { SkippedFile } from './service-files.js'
import type { ServiceInspection, Troubleshooting } from './service-inspection.js'
import type { ServiceStatus } from './service-status.js'
import { Service } from './service.js'
import type { ServiceTimes } from './service.js'
import { closeInOrder, StartOrder } from './start-order.js'
import type { Terminal } from './terminal.js'

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
  /** Pids of orphans that came to this process; see `adoptOrphans` of capture. @default none come */
  readonly adopted?: () => readonly number[]
}

export interface SupervisorHealth {
  readonly ok: boolean
  readonly services: { readonly total: number; readonly running: number }
  readonly plugins: Readonly<Record<string, PluginHealth>>
}

/** Opens the data directory and loads the definitions. Nothing is started. */
export async function createSupervisor(options: SupervisorOptions): Promise<Supervisor> {
  const files = await ServiceFiles.open(options.dataDir)
  const { definitions, skipped } = await files.load(options.plugins)
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
  readonly #adopted: () => readonly number[]
  readonly #configured: ConfiguredServices
  readonly #services = new Map<string, Service>()
  readonly #order = new StartOrder(this.#services)
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
    this.#adopted = options.adopted ?? (() => [])
    this.#configured = new ConfiguredServices({
      services: this.#services,
      check: (definition) => {
        this.#refuseWhenStopped()
        this.#host.checkDefinition(definition)
      },
      refuseDouble: (name) => this.#refuseDouble(name),
      make: (definition) => this.#make(definition),
      forget: (name) => this.#forget(name),
      announce: (event) => this.#announce(event),
      start: (services) => this.#order.startSome(services),
    })
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
   * @throws {ProcError} `InvalidParams`, `Conflict` if there is one of that name, `NotFound` if it depends
   * on one that there is not, `Unavailable`.
   */
  async add(input: ServiceDefinitionInput): Promise<ServiceStatus> {
    this.#refuseWhenStopped()
    const definition = parseServiceDefinition(input)
    this.#host.checkDefinition(definition)
    this.#refuseDouble(definition.name)
    checkDependencies([...this.#definitions(), definition], [definition])
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
   * @throws {ProcError} `NotFound`, `Conflict` if others depend on it or the configuration file says what
   * it is, `Unavailable` if it does not end.
   */
  async delete(name: string): Promise<void> {
    const service = this.#find(name)
    this.#refuseToDelete(name)
    const deletion = this.#deletions.get(name) ?? this.#delete(service)
    this.#deletions.set(name, deletion)
    return await deletion
  }

  /**
   * Makes the services of the configuration file what it says now: new ones are made and started, changed
   * ones are stopped and started anew, missing ones are stopped and forgotten. All or nothing is accepted.
   *
   * @throws {ProcError} `InvalidParams`, `NotFound`, or `Conflict` if the data dir has one of a name.
   */
  async configure(definitions: readonly ServiceDefinition[]): Promise<ConfigChanges> {
    return await this.#configured.configure(definitions)
  }

  /** Everything that is known of a service but its log. @throws {ProcError} `NotFound` */
  inspect(name: string): ServiceInspection {
    const service = this.#find(name)
    const is_configured = this.#configured.has(name)
    const dependents = dependentsOf(name, this.#definitions())
    const [operations, runs] = [service.operations(), service.runs()]
    return { status: service.status(), is_configured, dependents, operations, runs }
  }

  /** Everything that helps with a service in trouble. @throws {ProcError} `NotFound` */
  async troubleshoot(name: string): Promise<Omit<Troubleshooting, 'health'>> {
    return { ...this.inspect(name), plugins: await this.#host.troubleshoot(name) }
  }

  /** What can be attached to. @throws {ProcError} `NotFound`, `Conflict` if it is not captured by tee. */
  terminalOf(name: string): { readonly service: Service; readonly terminal: Terminal } {
    const service = this.#find(name)
    const { terminal } = service
    if (terminal !== undefined) return { service, terminal }
    throw new ProcError('Conflict', `Service ${name} has no terminal to attach to`, {
      hint: 'Define it with capture "tee"',
    })
  }

  /**
   * Ends what an earlier hero_proc of this data dir has left behind when it was killed, and tells of the
   * runs that were cut off with it. To be called before anything is started.
   *
   * @throws {ProcError} `Unavailable` if some survive SIGKILL.
   */
  async endOrphans(): Promise<void> {
    await endCutOffRuns({
      files: this.#files,
      definitionOf: (name) => this.#services.get(name)?.definition,
      announce: (event) => this.#announce(event),
    })
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
   * Starts a service if it does not run, and before it what it depends on; resolves when it is ready.
   *
   * @throws {ProcError} `NotFound`, `Unavailable` if it or what it depends on does not become ready.
   */
  async start(name: string): Promise<ServiceStatus> {
    this.#refuseWhenStopped()
    this.#order.forget(name)
    return await this.#operate(name, (service) => this.#order.start(service))
  }

  /**
   * Stops a service; resolves when its plugins have let go of the run.
   *
   * @throws {ProcError} `NotFound`, `Unavailable` if it survives SIGKILL.
   */
  async stop(name: string): Promise<ServiceStatus> {
    this.#order.forget(name)
    return await this.#operate(name, (service) => service.stop())
  }

  /** @throws {ProcError} As {@link Supervisor.stop} and {@link Supervisor.start}. */
  async restart(name: string): Promise<ServiceStatus> {
    this.#refuseWhenStopped()
    return await this.#operate(name, (service) => service.restart())
  }

  /**
   * Starts every service with `autostart`. One that fails is told by its state, not by a rejection; one
   * whose dependency fails is started as soon as that one is ready after all.
   */
  async startAll(): Promise<void> {
    this.#configured.isStarting = true
    const services = [...this.#services.values()]
    await this.#order.startSome(services.filter((service) => service.definition.autostart))
  }

  /**
   * Runs a command once, without storing its definition; resolves behind the exit barrier. A command that
   * could not be spawned gives an exit with `error`.
   *
   * @throws {ProcError} `InvalidParams`, `Conflict` if a service has that name, `Unavailable`.
   */
  async runOnce(input: ServiceDefinitionInput, options: RunOnceOptions = {}): Promise<RunExit> {
    this.#refuseWhenStopped()
    const { signal, onStarted: _, ...foreground } = options
    signal?.throwIfAborted()
    const definition = parseServiceDefinition({ ...input, restart: 'never' })
    this.#host.checkDefinition(definition)
    const service = this.#make(definition, foreground)
    try {
      return await runToItsEnd(service, options)
    } finally {
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
    const results = await closeInOrder(services)
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
      await service.close('delete')
      await this.#files.remove(name)
      this.#forget(name)
    } finally {
      this.#deletions.delete(name)
    }
    this.#announce({ type: 'deleted', service: name })
  }

  #forget(name: string): void {
    this.#services.delete(name)
    this.#order.forget(name)
  }

  #definitions(): ServiceDefinition[] {
    return [...this.#services.values()].map((service) => service.definition)
  }

  #refuseToDelete(name: string): void {
    if (this.#configured.has(name)) {
      throw new ProcError('Conflict', `Service ${name} comes from the configuration file`, {
        hint: 'Remove it there, then hero_proc reload',
      })
    }
    const dependents = dependentsOf(name, this.#definitions())
    if (dependents.length === 0) return
    throw new ProcError('Conflict', `Others depend on service ${name}: ${dependents.join(', ')}`, {
      hint: 'Delete them first',
    })
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
    this.#refuseDouble(name)
    const service = new Service({
      definition,
      files: this.#files,
      host: this.#host,
      capture: { ...this.#capture, ...foreground },
      times: this.#times,
      announce: (event) => this.#announce(event),
      adopted: this.#adopted,
    })
    this.#services.set(name, service)
    return service
  }

  #refuseDouble(name: string): void {
    if (!this.#services.has(name)) return
    throw new ProcError('Conflict', `There is already a service ${name}`, {
      hint: 'Delete it first or choose another name',
    })
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
    const isReady = event.type === 'state' && event.state === 'running'
    if (isReady && this.#stopped === undefined) this.#order.startWaiting()
  }
}
