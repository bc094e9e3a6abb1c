// Follows the files of a pattern: watches their folder for quick news, and looks at it once a second for
// what a watcher misses. What is read, and how, is followed-file.ts.
import { lstat, readdir, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { watch } from 'chokidar'
import type { FSWatcher } from 'chokidar'
import { isSameFile } from './file-place.js'
import { FollowedFile } from './followed-file.js'
import type { FollowedFileOptions } from './followed-file.js'
import { createReadClock, wallMicroseconds } from './read-clock.js'
import { isRotatedName } from './rotated-files.js'
import type { Identity } from './rotated-files.js'

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
  /**
   * The paths in its folder under which a file has been read before. If its own is none of them, rotation
   * has renamed it: its rest belongs to the other path.
   */
  readonly readersOf: (path: string, file: Identity) => Promise<readonly string[]>
  /** Called once, when there are more files than can be followed. */
  readonly onFull: (filesMax: number) => void
}

/** Where a file's lines go. */
export interface FileConsumer extends Pick<FollowedFileOptions, 'from' | 'onLines' | 'onSwitch'> {
  /** Gets the file, to pause it and to ask how far it was read. */
  attach(file: FollowedFile): void
  /** The file is gone and closed; it is found anew when it comes back. Never rejects. */
  detach(isDeleted: boolean): Promise<void>
}

interface Followed {
  readonly file: FollowedFile
  readonly consumer: FileConsumer
}

const LOOK_MS = 1_000
/** Files of one pattern at a time; further ones are left alone. Each holds a descriptor and a buffer. */
const FILES_MAX = 256
/** Names that hold packed text, or the leavings of editors. */
const IGNORED = /(?:\.(?:gz|xz|zst|bz2|zip|swp|tmp)|~)$/

/** Follows a pattern until it is closed. */
export class FileTail {
  readonly #options: FileTailOptions
  readonly #folder: string
  readonly #name: RegExp
  /** Undefined for those that are left alone. */
  readonly #files = new Map<string, Followed | undefined>()
  /** What is found at a path and belongs to another one. */
  readonly #taken = new Map<string, Identity>()
  readonly #leaving = new Map<string, Promise<void>>()
  readonly #watcher: FSWatcher
  readonly #timer: NodeJS.Timeout
  #isClosed = false
  #isFull = false

  constructor(options: FileTailOptions) {
    this.#options = options
    this.#folder = dirname(options.pattern)
    this.#name = patternOf(basename(options.pattern))
    this.#watcher = watch(this.#folder, {
      depth: 0,
      ignoreInitial: true,
      ignored: (path) => path !== this.#folder && !this.#isWanted(basename(path)),
    })
    this.#watcher.on('all', (_event, path) => void this.#onChange(path))
    // A folder that cannot be watched is looked at all the same.
    this.#watcher.on('error', () => undefined)
    this.#timer = setInterval(() => void this.look(), LOOK_MS).unref()
    void this.look()
  }

  /** The files that are followed. */
  get files(): readonly FollowedFile[] {
    return [...this.#files.values()].flatMap((followed) => followed?.file ?? [])
  }

  /** Finds new files and looks at all of them. */
  async look(): Promise<void> {
    const names = await readdir(this.#folder).catch((): string[] => [])
    const wanted = names.filter((name) => this.#isWanted(name)).toSorted()
    const paths = wanted.map((name) => join(this.#folder, name))
    for (const path of paths) await this.#find(path)
    this.#forgetAllBut(new Set(paths))
    for (const file of this.files) file.look()
  }

  /** Stops. Safe to call twice. */
  async close(): Promise<void> {
    this.#isClosed = true
    clearInterval(this.#timer)
    await this.#watcher.close()
    await Promise.all(this.files.map((file) => file.close()))
    await Promise.all(this.#leaving.values())
  }

  async #onChange(path: string): Promise<void> {
    if (!this.#isWanted(basename(path))) return
    await this.#find(path)
    this.#files.get(path)?.file.look()
  }

  #isWanted(name: string): boolean {
    const isRotated = /[*?]/.test(this.#options.pattern) && isRotatedName(name)
    return this.#name.test(name) && !IGNORED.test(name) && !isRotated
  }

  async #find(path: string): Promise<void> {
    if (this.#files.has(path)) return
    const isThere = await stat(path).then(
      () => true,
      () => false,
    )
    if (isThere && !(await this.#isTaken(path))) this.#follow(path)
  }

  /** True for a file that belongs to another path: it is open there, or was read under it. */
  async #isTaken(path: string): Promise<boolean> {
    const found = await lstat(path).catch(() => undefined)
    const known = this.#taken.get(path)
    if (found === undefined) return false
    if (known !== undefined && isSameFile(known, found)) return true
    this.#taken.delete(path)
    const owner = await this.#ownerOf(path, found)
    if (owner === undefined) return false
    this.#taken.set(path, found)
    // What comes is read under that path, also when nothing is there any more.
    this.#follow(owner)
    return true
  }

  async #ownerOf(path: string, found: Identity): Promise<string | undefined> {
    const open = this.files.filter((file) => file.isReading(found))
    const readers =
      open.length > 0 ? open.map((file) => file.path) : await this.#options.readersOf(path, found)
    if (readers.includes(path)) return undefined
    for (const one of readers) {
      // A path that is not meant any more reads nothing; a link is read beside the file, not in its place.
      const isLink = (await lstat(one).catch(() => undefined))?.isSymbolicLink()
      if (this.#isWanted(basename(one)) && isLink !== true) return one
    }
    return undefined
  }

  #follow(path: string): void {
    if (this.#isClosed || this.#files.has(path)) return
    if (this.#files.size < FILES_MAX) {
      this.#files.set(path, this.#open(path))
    } else if (!this.#isFull) {
      this.#isFull = true
      this.#options.onFull(FILES_MAX)
    }
  }

  #open(path: string): Followed | undefined {
    const consumer = this.#options.onFile(path)
    if (consumer === undefined) return undefined
    const file = new FollowedFile({
      path,
      lineBytesMax: this.#options.lineBytesMax,
      clock: createReadClock(wallMicroseconds),
      from: consumer.from,
      onLines: (region) => consumer.onLines(region),
      onSwitch: (position, news) => consumer.onSwitch(position, news),
      isTaken: () => this.#isTaken(path),
      onGone: () => this.#leave(path),
    })
    consumer.attach(file)
    return { file, consumer }
  }

  #forgetAllBut(paths: ReadonlySet<string>): void {
    for (const path of this.#taken.keys()) if (!paths.has(path)) this.#taken.delete(path)
    for (const [path, followed] of this.#files) {
      if (followed === undefined && !paths.has(path)) this.#files.delete(path)
    }
  }

  /** Lets a file go, unless it is only under another name: there nobody else reads what may come. */
  #leave(path: string): void {
    const followed = this.#files.get(path)
    if (followed === undefined || this.#leaving.has(path)) return
    if ([...this.#taken.values()].some((taken) => followed.file.isReading(taken))) return
    const leaving = this.#close(followed).finally(() => {
      this.#files.delete(path)
      this.#leaving.delete(path)
    })
    this.#leaving.set(path, leaving)
  }

  async #close({ file, consumer }: Followed): Promise<void> {
    const isDeleted = await file.isDeleted()
    // Nothing was written: a close that fails loses nothing.
    await file.close().catch(() => undefined)
    await consumer.detach(isDeleted)
  }
}

function patternOf(name: string): RegExp {
  const words = name
    .replaceAll(/[.+^${}()|[\]\\]/g, String.raw`\$&`)
    .replaceAll('*', '.*')
    .replaceAll('?', '.')
  return new RegExp(`^${words}$`, 's')
}
