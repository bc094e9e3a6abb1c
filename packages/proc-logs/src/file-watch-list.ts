// Log files that belong to no service, such as a machine's syslog: a list that outlives hero_proc.
import { renameSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { checkSourceName } from '@hero/logs'
import { compileSchema, defineMethod, RPC_CODES, RpcError, Type } from '@hero/rpc'
import type { MethodDefinition } from '@hero/rpc'
import type { FileSources } from './file-sources.js'
import { refusing } from './invalid-params.js'
import { checkLogSettings } from './log-settings.js'
import { readState, replaceState } from './state-file.js'

/** Entries of the list: each may hold many files. */
const NAMES_MAX = 256

interface Watched {
  readonly name: string
  readonly paths: readonly string[]
}

const validate = compileSchema(
  Type.Array(Type.Object({ name: Type.String(), paths: Type.Array(Type.String()) })),
  'list',
)

/** The list, and what follows the files in it. */
export class FileWatchList {
  readonly #folder: string
  readonly #files: FileSources
  readonly #watched: Map<string, Watched>
  /** Saving, one after the other. */
  #line: Promise<void> = Promise.resolve()

  /**
   * @param folder Where the list is kept.
   * @param complain Told that the list is damaged: it is set aside then.
   * @throws {Error} If there is a list that cannot be read, with the `code` and the path of what failed.
   */
  constructor(folder: string, files: FileSources, complain: (text: string) => void) {
    this.#folder = folder
    this.#files = files
    this.#watched = new Map(readList(folder, complain).map((one) => [one.name, one]))
    for (const one of this.#watched.values()) void this.#follow(one)
  }

  /** Declares `files.add`, `files.remove` and `files.list`. */
  methods(): readonly MethodDefinition[] {
    const watched = Type.Object({ name: Type.String(), paths: Type.Array(Type.String()) })
    return [
      defineMethod({
        name: 'files.add',
        summary: 'Follows log files that belong to no service, from now on and after restarts.',
        effect: 'changes',
        params: Type.Object({
          name: Type.String({ description: 'the sources are called NAME:FILE' }),
          paths: Type.Array(Type.String(), { minItems: 1, maxItems: 64 }),
        }),
        result: watched,
        handler: (params) => this.#add(params),
        example: {
          params: { name: 'machine', paths: ['/var/log/syslog'] },
          result: { name: 'machine', paths: ['/var/log/syslog'] },
        },
      }),
      defineMethod({
        name: 'files.remove',
        summary: 'Follows the files of a name no more; what is in the log stays.',
        effect: 'changes',
        params: Type.Object({ name: Type.String() }),
        result: Type.Object({ removed: Type.Boolean() }),
        handler: async ({ name }) => ({ removed: await this.#remove(name) }),
        example: { params: { name: 'machine' }, result: { removed: false } },
      }),
      defineMethod({
        name: 'files.list',
        summary: 'Lists the log files that are followed and belong to no service.',
        params: Type.Object({}),
        result: Type.Object({ files: Type.Array(watched) }),
        handler: () => ({
          files: [...this.#watched.values()].map((one) => ({ ...one, paths: [...one.paths] })),
        }),
        example: { params: {}, result: { files: [] } },
      }),
    ]
  }

  async #add({ name, paths }: Watched): Promise<{ name: string; paths: string[] }> {
    await refusing(() => {
      checkSourceName(`${name}:x`)
      checkLogSettings({ files: paths })
    })
    if (!this.#watched.has(name) && this.#watched.size >= NAMES_MAX) {
      throw new RpcError(RPC_CODES.LimitExceeded, `Expected at most ${NAMES_MAX} names of files`)
    }
    this.#watched.set(name, { name, paths })
    await this.#save()
    await this.#follow({ name, paths })
    return { name, paths: [...paths] }
  }

  async #remove(name: string): Promise<boolean> {
    if (!this.#watched.delete(name)) return false
    await this.#save()
    await this.#files.forget(keyOf(name))
    return true
  }

  #follow({ name, paths }: Watched): Promise<void> {
    return this.#files.follow(keyOf(name), name, { files: paths })
  }

  #save(): Promise<void> {
    const saved = this.#line.then(async () => {
      await mkdir(this.#folder, { recursive: true, mode: 0o700 })
      await replaceState(listPath(this.#folder), JSON.stringify([...this.#watched.values()]))
    })
    this.#line = saved.catch(() => undefined)
    return saved
  }
}

/** No service has a name like this. */
function keyOf(name: string): string {
  return `files/${name}`
}

/** No source's position has a name like this: they end in `.json` too, but begin with its name. */
function listPath(folder: string): string {
  return join(folder, '.list')
}

function readList(folder: string, complain: (text: string) => void): readonly Watched[] {
  const path = listPath(folder)
  const text = readState(path)
  if (text === undefined) return []
  const list = parseList(text)
  if (list !== undefined) return list
  renameSync(path, `${path}.damaged`)
  complain(
    `${path} is damaged and was set aside as ${path}.damaged: files of no service are to be added again`,
  )
  return []
}

function parseList(text: string): readonly Watched[] | undefined {
  try {
    const list = JSON.parse(text) as readonly Watched[]
    return validate(list) === undefined ? list : undefined
  } catch {
    return undefined
  }
}
