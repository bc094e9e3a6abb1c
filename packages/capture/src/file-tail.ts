// Follows the files of a pattern: watches their folder for quick news, and looks at it once a second for
// what a watcher misses. What is read, and how, is followed-file.ts.
import { readdir } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { watch } from 'chokidar'
import type { FSWatcher } from 'chokidar'
import { FollowedFile } from './followed-file.js'
import type { FollowedFileOptions } from './followed-file.js'
import { createReadClock, wallMicroseconds } from './read-clock.js'
import { isRotatedName } from './rotated-files.js'

export interface FileTailOptions {
  /**
   * An absolute path; in its last part `*` stands for any characters and `?` for one. Names that rotation
   * makes (`app.log.1`, `app.log-20260101`) are not meant by these: they are read as what came before.
   */
  readonly pattern: string
  /** Bytes of a line without its end; longer ones come in pieces. */
  readonly lineBytesMax: number
  /** Called for each file that is found; undefined leaves it alone. */
  readonly onFile: (path: string) => FileConsumer | undefined
}

/** Where a file's lines go. */
export interface FileConsumer extends Pick<FollowedFileOptions, 'from' | 'onLines' | 'onSwitch'> {
  /** Gets the file, to pause it and to ask how far it was read. */
  attach(file: FollowedFile): void
}

const LOOK_MS = 1_000
/** Files of one pattern; further ones are left alone. Each holds a descriptor and a buffer. */
const FILES_MAX = 256
/** Names that hold packed text, or the leavings of editors. */
const IGNORED = /(?:\.(?:gz|xz|zst|bz2|zip|swp|tmp)|~)$/

/** Follows a pattern until it is closed. */
export class FileTail {
  readonly #options: FileTailOptions
  readonly #folder: string
  readonly #name: RegExp
  readonly #files = new Map<string, FollowedFile | undefined>()
  readonly #watcher: FSWatcher
  readonly #timer: NodeJS.Timeout
  #isClosed = false

  constructor(options: FileTailOptions) {
    this.#options = options
    this.#folder = dirname(options.pattern)
    this.#name = patternOf(basename(options.pattern))
    this.#watcher = watch(this.#folder, {
      depth: 0,
      ignoreInitial: true,
      ignored: (path) => path !== this.#folder && !this.#isWanted(basename(path)),
    })
    this.#watcher.on('all', (_event, path) => this.#onChange(path))
    // A folder that cannot be watched is looked at all the same.
    this.#watcher.on('error', () => undefined)
    this.#timer = setInterval(() => void this.look(), LOOK_MS).unref()
    void this.look()
  }

  /** The files that are followed. */
  get files(): readonly FollowedFile[] {
    return [...this.#files.values()].filter((file) => file !== undefined)
  }

  /** Finds new files and looks at all of them. */
  async look(): Promise<void> {
    const names = await readdir(this.#folder).catch((): string[] => [])
    for (const name of names.toSorted()) {
      if (this.#isWanted(name)) this.#follow(join(this.#folder, name))
    }
    for (const file of this.files) file.look()
  }

  /** Stops. Safe to call twice. */
  async close(): Promise<void> {
    this.#isClosed = true
    clearInterval(this.#timer)
    await this.#watcher.close()
    await Promise.all(this.files.map((file) => file.close()))
  }

  #onChange(path: string): void {
    if (this.#isWanted(basename(path))) this.#follow(path)?.look()
  }

  #isWanted(name: string): boolean {
    const isRotated = /[*?]/.test(this.#options.pattern) && isRotatedName(name)
    return this.#name.test(name) && !IGNORED.test(name) && !isRotated
  }

  #follow(path: string): FollowedFile | undefined {
    if (this.#isClosed) return undefined
    if (this.#files.has(path) || this.#files.size >= FILES_MAX) return this.#files.get(path)
    const file = this.#open(path)
    this.#files.set(path, file)
    return file
  }

  #open(path: string): FollowedFile | undefined {
    const consumer = this.#options.onFile(path)
    if (consumer === undefined) return undefined
    const file = new FollowedFile({
      path,
      lineBytesMax: this.#options.lineBytesMax,
      clock: createReadClock(wallMicroseconds),
      from: consumer.from,
      onLines: (region) => consumer.onLines(region),
      onSwitch: (position, news) => consumer.onSwitch(position, news),
    })
    consumer.attach(file)
    return file
  }
}

function patternOf(name: string): RegExp {
  const words = name
    .replaceAll(/[.+^${}()|[\]\\]/g, String.raw`\$&`)
    .replaceAll('*', '.*')
    .replaceAll('?', '.')
  return new RegExp(`^${words}$`, 's')
}
