// Starts the child, or says why it cannot be started in words that tell the command from its folder.
import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { accessSync, closeSync, constants, openSync, readSync, statSync } from 'node:fs'
import type { Socket } from 'node:net'
import { delimiter, resolve } from 'node:path'
import { CaptureError } from './capture-error.js'
import type { ResolvedCaptureOptions } from './options.js'
import { ownChild } from './reaper.js'

export type SpawnOptions = Pick<
  ResolvedCaptureOptions,
  | 'command'
  | 'args'
  | 'cwd'
  | 'env'
  | 'uid'
  | 'gid'
  | 'stdin'
  | 'launcher'
  | 'notifyFd'
  | 'onNotify'
>

/** Where the child's streams lead: descriptors, or 'pipe' for Node's own streams. */
export interface ChildStreams {
  /** @default what the option `stdin` says */
  readonly stdin?: number
  readonly stdout: number | 'pipe'
  readonly stderr: number | 'pipe'
}

/** A child that runs. */
export type RunningChild = ChildProcess & { readonly pid: number }

/** Where `execvp` looks when there is no PATH. */
const DEFAULT_PATH = '/bin:/usr/bin'

/** What the kernel looks at to find a script's interpreter. */
const SCRIPT_HEAD_BYTES = 256

const NOT_FOUND: readonly unknown[] = ['ENOENT', 'ENOTDIR', 'ENAMETOOLONG', 'ELOOP']
const NOT_EXECUTABLE: readonly unknown[] = ['EACCES', 'ENOEXEC', 'EISDIR', 'ETXTBSY']

/**
 * Starts a child as the leader of a session and process group of its own.
 *
 * @throws {CaptureError} If it never ran.
 */
export async function spawnChild(
  options: SpawnOptions,
  { stdin, stdout, stderr }: ChildStreams,
): Promise<RunningChild> {
  const { command, args, cwd, env, uid, gid, launcher, notifyFd } = options
  const [program = command, ...words] = [...launcher, command, ...args]
  try {
    // A launcher would start, and fail then: what it is to become is looked at here.
    if (launcher.length > 0) checkCommand(options)
    const child = spawn(program, words, {
      cwd,
      env,
      ...(uid !== undefined && { uid }),
      ...(gid !== undefined && { gid }),
      stdio: [stdin ?? options.stdin, stdout, stderr, ...notifyStdio(notifyFd)],
      detached: true,
    })
    // One that failed for want of descriptors has no streams, and tells so by an event.
    if (isRunning(child)) {
      if (notifyFd !== undefined) listen(child, notifyFd, options.onNotify)
      child.once('exit', ownChild(child.pid))
      return child
    }
    const [error] = (await once(child, 'error')) as [Error]
    throw error
  } catch (error) {
    throw explain(error, options)
  }
}

/** The descriptors from 3 on: all but the one that is asked for lead to nothing. */
function notifyStdio(notifyFd: number | undefined): ('pipe' | 'ignore')[] {
  if (notifyFd === undefined) return []
  return [...Array.from({ length: notifyFd - 3 }, () => 'ignore' as const), 'pipe']
}

function listen(child: ChildProcess, notifyFd: number, onNotify: (() => void) | undefined): void {
  const stream = child.stdio[notifyFd] as Socket
  stream.on('error', () => undefined)
  stream.on('data', (chunk: Buffer) => {
    if (!chunk.includes(10)) return
    stream.destroy()
    onNotify?.()
  })
  // It must not keep this process: whoever inherits it may live for ever.
  stream.unref()
}

/** Throws what spawning the command itself would throw. */
function checkCommand(options: SpawnOptions): void {
  if (folderProblem(options.cwd) !== undefined) throw systemError('ENOENT')
  const found = findCommand(options)
  if (found === undefined) throw systemError('ENOENT')
  try {
    const path = resolve(options.cwd ?? process.cwd(), found)
    accessSync(path, constants.X_OK)
    const interpreter = interpreterOf(path)
    if (interpreter !== undefined) statSync(interpreter)
  } catch (error) {
    throw systemError((error as NodeJS.ErrnoException).code ?? 'EACCES', error)
  }
}

/** The program that the kernel starts for a script; undefined for anything else, readable or not. */
function interpreterOf(path: string): string | undefined {
  let fd: number
  try {
    fd = openSync(path, 'r')
  } catch {
    return undefined
  }
  try {
    const head = Buffer.alloc(SCRIPT_HEAD_BYTES)
    const text = head.toString('latin1', 0, readSync(fd, head, 0, head.length, 0))
    return /^#![ \t]*(\/[^\s]+)/.exec(text)?.[1]
  } finally {
    closeSync(fd)
  }
}

function systemError(code: string, cause?: unknown): NodeJS.ErrnoException {
  return Object.assign(new Error(`spawn ${code}`, { cause }), { code })
}

function isRunning(child: ChildProcess): child is RunningChild {
  return child.pid !== undefined
}

function explain(error: unknown, options: SpawnOptions): CaptureError {
  const { command, cwd, uid, gid } = options
  const folder = folderProblem(cwd)
  if (folder !== undefined) {
    return new CaptureError(
      'SpawnFailed',
      `Expected a working directory, got '${cwd}': ${folder}`,
      error,
    )
  }
  const code = (error as NodeJS.ErrnoException).code
  const found = findCommand(options)
  if (NOT_FOUND.includes(code)) {
    if (found === undefined) {
      return new CaptureError('CommandNotFound', `Command not found: '${command}'`, error)
    }
    const message = `Command not executable: the interpreter of '${found}' does not exist`
    return new CaptureError('CommandNotExecutable', message, error)
  }
  if (NOT_EXECUTABLE.includes(code)) {
    const message = `Command not executable: '${found ?? command}' (${code})`
    return new CaptureError('CommandNotExecutable', message, error)
  }
  const who = uid === undefined && gid === undefined ? '' : ` as user ${uid}, group ${gid}`
  const reason = error instanceof Error ? error.message : String(error)
  return new CaptureError(
    'SpawnFailed',
    `Command '${command}' cannot start${who}: ${reason}`,
    error,
  )
}

function folderProblem(cwd: string | undefined): string | undefined {
  if (cwd === undefined) return undefined
  try {
    if (!statSync(cwd).isDirectory()) return 'it is not a directory'
    accessSync(cwd, constants.X_OK)
    return undefined
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code
    return code === 'ENOENT' ? 'it does not exist' : String(code)
  }
}

/** The file that would have run, if there is one. */
function findCommand({ command, cwd, env }: SpawnOptions): string | undefined {
  const base = cwd ?? process.cwd()
  if (command.includes('/')) return isFile(resolve(base, command)) ? command : undefined
  const folders = (env['PATH'] ?? DEFAULT_PATH).split(delimiter)
  return folders.map((folder) => resolve(base, folder, command)).find(isFile)
}

function isFile(path: string): boolean {
  try {
    return statSync(path).isFile()
  } catch {
    return false
  }
}
