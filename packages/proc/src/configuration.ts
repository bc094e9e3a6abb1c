// The configuration file of a hero_proc that runs: read at the start, and again when somebody says so.
import { differentKeys } from './config-changes.js'
import type { ReloadChanges } from './config-changes.js'
import { readConfigFile } from './config-file.js'
import type { ConfigFile } from './config-file.js'
import { codeOf, messageOf, ProcError } from './errors.js'
import type { Supervisor } from './supervisor.js'

export interface ConfigurationOptions {
  readonly configPath?: string
  readonly checkOptions?: (options: Readonly<Record<string, unknown>>) => void
}

/** Makes the services of the file what it says, and tells of options that changed since the start. */
export class Configuration {
  readonly #supervisor: Supervisor
  readonly #path: string | undefined
  readonly #checkOptions: (options: Readonly<Record<string, unknown>>) => void
  #atStart: ConfigFile['options'] = {}

  constructor(
    supervisor: Supervisor,
    { configPath, checkOptions = () => undefined }: ConfigurationOptions,
  ) {
    this.#supervisor = supervisor
    this.#path = configPath
    this.#checkOptions = checkOptions
  }

  /**
   * Reads the file for the first time; a missing one says nothing.
   *
   * @throws {ProcError} `InvalidParams`, `NotFound`, `Conflict`; no service is made then.
   */
  async load(): Promise<void> {
    const file = this.#path === undefined ? undefined : await this.#find(this.#path)
    if (file === undefined) return
    this.#atStart = file.options
    await this.#supervisor.configure(file.services)
  }

  /**
   * Reads it again.
   *
   * @throws {ProcError} `InvalidParams`, `NotFound`, `Conflict`; nothing is changed then.
   */
  async reload(): Promise<ReloadChanges> {
    if (this.#path === undefined) {
      throw new ProcError('Conflict', 'hero_proc was started without a configuration file', {
        hint: 'hero_proc serve --config FILE',
      })
    }
    const { services, options } = await this.#read(this.#path)
    const changes = await this.#supervisor.configure(services)
    return { ...changes, options: differentKeys(this.#atStart, options) }
  }

  async #find(path: string): Promise<ConfigFile | undefined> {
    try {
      return await this.#read(path)
    } catch (error) {
      if (codeOf(error) === 'NotFound') return undefined
      throw error
    }
  }

  async #read(path: string): Promise<ConfigFile> {
    const file = await readConfigFile(path)
    try {
      this.#checkOptions(file.options)
    } catch (error) {
      throw new ProcError('InvalidParams', `${path}: ${messageOf(error)}`, { cause: error })
    }
    return file
  }
}
