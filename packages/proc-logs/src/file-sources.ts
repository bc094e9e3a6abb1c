// Log files as sources: those of services, from a service's first start until it is deleted, and those of
// nobody. The source of a file is called NAME:FILE.
import { basename, dirname, join } from 'node:path'
import { FileTail, isOneOf } from '@hero/capture'
import type { FilePosition } from '@hero/capture'
import { checkSourceName } from '@hero/logs'
import type { Logs } from '@hero/logs'
import { FilePositions } from './file-positions.js'
import { FileSource } from './file-source.js'
import { toSourceSettings } from './log-settings.js'
import type { LogSettings } from './log-settings.js'

/** Time between two notes of how far was read: what has to be read again after a crash. */
const NOTE_MS = 5_000
const LINE_BYTES_MAX = 65_536

interface Followed {
  /** The settings that it was begun with. */
  readonly settings: string
  readonly tails: readonly FileTail[]
  readonly sources: Map<string, FileSource>
}

export class FileSources {
  readonly #logs: Logs
  readonly #folder: string
  readonly #complain: (text: string) => void
  readonly #byKey = new Map<string, Followed>()
  /** Following and forgetting, one after the other. */
  #line: Promise<void> = Promise.resolve()
  #positions: FilePositions | undefined
  #timer: NodeJS.Timeout | undefined

  /**
   * @param folder Where positions are kept; made when the first file is followed.
   * @param complain Told what cannot be followed.
   */
  constructor(logs: Logs, folder: string, complain: (text: string) => void) {
    this.#logs = logs
    this.#folder = folder
    this.#complain = complain
  }

  /**
   * Follows what the settings name, and no more what earlier ones did. Resolves when it does.
   *
   * @param key Of what the files belong to: a service's name, or anything that none has.
   * @param name What the sources' names begin with.
   */
  follow(key: string, name: string, settings: LogSettings): Promise<void> {
    return this.#queue(async () => {
      const followed = this.#byKey.get(key)
      if (followed?.settings === JSON.stringify(settings)) return
      await this.#forget(key)
      if (settings.files !== undefined && settings.files.length > 0) {
        this.#begin(key, name, settings)
      }
    })
  }

  /** Follows the files of a key no more. */
  forget(key: string): Promise<void> {
    return this.#queue(() => this.#forget(key))
  }

  /** Resolves when everything is read that the files of a key hold now. */
  async settled(key: string): Promise<void> {
    await this.#line
    const { tails = [] } = this.#byKey.get(key) ?? {}
    await Promise.all(tails.map((tail) => tail.look()))
    await Promise.all(tails.flatMap(({ files }) => files).map((file) => file.settled()))
  }

  /** Notes how far everything was read, and stops. */
  close(): Promise<void> {
    clearInterval(this.#timer)
    return this.#queue(async () => {
      await Promise.all([...this.#byKey.keys()].map((key) => this.#forget(key)))
    })
  }

  #queue(work: () => Promise<void>): Promise<void> {
    this.#line = this.#line.then(work).catch((error: unknown) => {
      this.#complain((error as Error).message)
    })
    return this.#line
  }

  #begin(key: string, name: string, settings: LogSettings): void {
    this.#timer ??= setInterval(() => void this.#noteAll(), NOTE_MS).unref()
    const sources = new Map<string, FileSource>()
    const tails = (settings.files ?? []).map(
      (pattern) =>
        new FileTail({
          pattern,
          lineBytesMax: LINE_BYTES_MAX,
          onFile: (path) => this.#open(name, path, { settings, sources }),
          readersOf: (path, file) => this.#readersOf(`${name}:`, path, file),
          onFull: (filesMax) =>
            this.#complain(
              `${pattern} has more than ${filesMax} files: further ones wait until some are gone`,
            ),
        }),
    )
    this.#byKey.set(key, { settings: JSON.stringify(settings), tails, sources })
  }

  #open(
    name: string,
    path: string,
    {
      settings,
      sources,
    }: { readonly settings: LogSettings; readonly sources: Followed['sources'] },
  ): FileSource | undefined {
    try {
      const source = checkSourceName(`${name}:${basename(path)}`)
      const others = [...this.#byKey.values()].map((followed) => followed.sources)
      if ([sources, ...others].some((known) => known.has(source))) {
        throw new Error(`another file is the source ${source} already`)
      }
      const fileSource = new FileSource({
        logs: this.#logs,
        positions: this.#openPositions(),
        source,
        path,
        // A file can wait, and what waits there is not lost.
        settings: { ...toSourceSettings(settings), overflow: settings.overflow ?? 'block' },
        onDetach: () => sources.delete(source),
      })
      sources.set(source, fileSource)
      return fileSource
    } catch (error) {
      this.#complain(`${path} is not followed: ${(error as Error).message}`)
      return undefined
    }
  }

  /** The paths under which the sources of a name have read a file. */
  async #readersOf(
    prefix: string,
    path: string,
    file: Pick<FilePosition, 'dev' | 'ino'>,
  ): Promise<readonly string[]> {
    try {
      const paths: string[] = []
      for (const { source, positions } of this.#openPositions().readers(prefix, file)) {
        if (!(await isOneOf(path, positions))) continue
        paths.push(join(dirname(path), source.slice(prefix.length)))
      }
      return paths
    } catch {
      // Whatever is wrong, following the path meets it as well and says so.
      return []
    }
  }

  #openPositions(): FilePositions {
    return (this.#positions ??= new FilePositions(this.#folder))
  }

  async #forget(key: string): Promise<void> {
    const followed = this.#byKey.get(key)
    if (followed === undefined) return
    this.#byKey.delete(key)
    await Promise.all(followed.tails.map((tail) => tail.close()))
    for (const source of followed.sources.values()) {
      await this.#note(source)
      source.close()
    }
  }

  async #noteAll(): Promise<void> {
    for (const { sources } of this.#byKey.values()) {
      for (const source of sources.values()) await this.#note(source)
    }
  }

  /** A note that could not be made is made the next time: more is read again then, nothing twice. */
  async #note(source: FileSource): Promise<void> {
    await source.note().catch(() => undefined)
  }
}
