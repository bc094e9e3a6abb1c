// The files of `<data>/services`: NAME.json is a definition, NAME.state.json holds the last run number,
// both written whole beside and renamed, so that a reader or a crash meets the old file or the new one.
// .owner is the id of this data dir; running/NAME says which process a run is, for as long as it goes on.
import { randomUUID } from 'node:crypto'
import { readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { findCycle } from './dependencies.js'
import { codeOf, messageOf, ProcError } from './errors.js'
import type { CutOffRun } from './orphans.js'
import type { Plugin } from './plugin.js'
import { parseServiceDefinition } from './service-definition.js'
import type { ServiceDefinition } from './service-definition.js'

/** A definition that could not be used, and why. */
export interface SkippedFile {
  readonly file: string
  readonly reason: string
}

export interface LoadedDefinitions {
  readonly definitions: readonly ServiceDefinition[]
  readonly skipped: readonly SkippedFile[]
}

/** Of the form of a definition's file. One that is newer than this is refused, not misread. */
const FORMAT_VERSION = 1

/** The folder of definitions and run numbers. */
export class ServiceFiles {
  /** The id of this data dir. */
  readonly owner: string
  readonly #folder: string
  readonly #runs = new Map<string, number>()

  private constructor(folder: string, owner: string) {
    this.#folder = folder
    this.owner = owner
  }

  /** Opens `<dataDir>/services`; it is made with mode 0700 if it is missing. */
  static async open(dataDir: string): Promise<ServiceFiles> {
    const folder = join(dataDir, 'services')
    await mkdir(join(folder, 'running'), { recursive: true, mode: 0o700 })
    return new ServiceFiles(folder, takeOwner(join(folder, '.owner')))
  }

  /**
   * Reads all definitions, sorted by name. A bad file is named and skipped, and one that a plugin refuses.
   *
   * @param plugins @default none
   */
  async load(plugins: readonly Plugin[] = []): Promise<LoadedDefinitions> {
    const definitions: ServiceDefinition[] = []
    const skipped: SkippedFile[] = []
    for (const file of (await readdir(this.#folder)).toSorted()) {
      if (file.startsWith('.') || !file.endsWith('.json') || file.endsWith('.state.json')) continue
      try {
        const definition = await this.#read(file)
        for (const plugin of plugins) plugin.checkDefinition?.(definition)
        definitions.push(definition)
      } catch (error) {
        skipped.push({ file: join(this.#folder, file), reason: messageOf(error) })
      }
    }
    return withoutCycles(this.#folder, { definitions, skipped })
  }

  /** Stores a definition; it is on disk when this resolves. */
  async save(definition: ServiceDefinition): Promise<void> {
    await this.#write(`${definition.name}.json`, { version: FORMAT_VERSION, ...definition })
  }

  /** Forgets a definition. The run number stays: a service of the same name goes on counting. */
  async remove(name: string): Promise<void> {
    await rm(join(this.#folder, `${name}.json`), { force: true })
    await this.#syncFolder()
  }

  /**
   * Takes the next run number of a service, from 1. It is on disk when this resolves: no number is used
   * twice, whatever happens. Calls for one service must not overlap.
   *
   * @throws {ProcError} `DamagedStore` if the stored number cannot be read.
   */
  async nextRun(name: string): Promise<number> {
    const run = (this.#runs.get(name) ?? (await this.#lastRun(name))) + 1
    await this.#write(`${name}.state.json`, { run })
    this.#runs.set(name, run)
    return run
  }

  /** The last run number that was taken; 0 if there was none or it cannot be read. */
  async lastRun(name: string): Promise<number> {
    return this.#runs.get(name) ?? (await this.#lastRun(name).catch(() => 0))
  }

  /**
   * Notes which process a run is. It only has to survive hero_proc, not the machine: it is not synced. No
   * run has to end because the disk takes no note of it: its processes are known by their marks as well.
   */
  noteRunning({ service, ...run }: CutOffRun): void {
    try {
      writeFileSync(join(this.#folder, 'running', service), JSON.stringify(run), { mode: 0o600 })
    } catch {
      // Half a note is none.
    }
  }

  /** The run has ended. A note that cannot be removed makes the next start tell that it was cut off. */
  forgetRunning(service: string): void {
    try {
      rmSync(join(this.#folder, 'running', service), { force: true })
    } catch {
      // The file system is read-only, for example.
    }
  }

  /** The runs that were noted and not forgotten. A note that cannot be read is none. */
  cutOffRuns(): CutOffRun[] {
    const folder = join(this.#folder, 'running')
    return readdirSync(folder).flatMap((service) => {
      try {
        const text = readFileSync(join(folder, service), 'utf8')
        return { ...(JSON.parse(text) as Omit<CutOffRun, 'service'>), service }
      } catch {
        return []
      }
    })
  }

  async #read(file: string): Promise<ServiceDefinition> {
    const text = await readFile(join(this.#folder, file), 'utf8')
    const definition = parseServiceDefinition(withoutVersion(parseJson(text)))
    const expected = file.slice(0, -'.json'.length)
    if (definition.name === expected) return definition
    throw new ProcError('InvalidParams', `Expected name ${expected}, got ${definition.name}`)
  }

  async #lastRun(name: string): Promise<number> {
    const path = join(this.#folder, `${name}.state.json`)
    let text: string
    try {
      text = await readFile(path, 'utf8')
    } catch (error) {
      if (codeOf(error) === 'ENOENT') return 0
      throw error
    }
    const run = parseRun(text)
    if (run !== undefined) return run
    throw new ProcError('DamagedStore', `The last run number of ${name} cannot be read`, {
      hint: `Write {"run": N} into services/${name}.state.json, N above all numbers used so far`,
    })
  }

  async #write(file: string, value: object): Promise<void> {
    const temporary = join(this.#folder, `.${file}`)
    const handle = await open(temporary, 'w', 0o600)
    try {
      await handle.writeFile(`${JSON.stringify(value, null, 2)}\n`)
      await handle.sync()
    } finally {
      await handle.close()
    }
    await rename(temporary, join(this.#folder, file))
    await this.#syncFolder()
  }

  /** A rename is on disk when the folder is. */
  async #syncFolder(): Promise<void> {
    const handle = await open(this.#folder, 'r')
    try {
      await handle.sync()
    } finally {
      await handle.close()
    }
  }
}

/** Only hands write services that depend on each other: each would wait for the other's start for ever. */
function withoutCycles(folder: string, loaded: LoadedDefinitions): LoadedDefinitions {
  const cycle = findCycle(loaded.definitions)
  if (cycle === undefined) return loaded
  const reason = `Services depend on each other: ${cycle.join(' -> ')}`
  const files = [...new Set(cycle)].map((name) => ({ file: join(folder, `${name}.json`), reason }))
  return withoutCycles(folder, {
    definitions: loaded.definitions.filter(({ name }) => !cycle.includes(name)),
    skipped: [...loaded.skipped, ...files],
  })
}

/** A file without a version is of the first one. */
function withoutVersion(stored: unknown): unknown {
  if (typeof stored !== 'object' || stored === null) return stored
  const { version = FORMAT_VERSION, ...definition } = stored as Record<string, unknown>
  if (version === FORMAT_VERSION) return definition
  const got = JSON.stringify(version)
  throw new ProcError('InvalidParams', `Expected version ${FORMAT_VERSION} of the file, got ${got}`)
}

function takeOwner(path: string): string {
  try {
    const owner = readFileSync(path, 'utf8').trim()
    if (owner !== '') return owner
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error
  }
  const owner = randomUUID()
  writeFileSync(path, `${owner}\n`, { mode: 0o600 })
  return owner
}

/** Node's own message differs from version to version, and quotes what may be secret. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw new ProcError(
      'InvalidParams',
      `Expected JSON, got ${text.length} characters of other text`,
    )
  }
}

function parseRun(text: string): number | undefined {
  try {
    const { run } = JSON.parse(text) as { run?: unknown }
    return typeof run === 'number' && Number.isSafeInteger(run) && run >= 0 ? run : undefined
  } catch {
    return undefined
  }
}
