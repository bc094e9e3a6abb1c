// Starts the child, or says why it cannot be started in words that tell the command from its folder.
import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { accessSync, constants, statSync } from 'node:fs'
import { delimiter, resolve } from 'node:path'
import { CaptureError } from './capture-error.js'
import type { ResolvedCaptureOptions } from './options.js'

export type SpawnOptions = Pick<
  ResolvedCaptureOptions,
  'command' | 'args' | 'cwd' | 'env' | 'uid' | 'gid' | 'stdin'
>

/** A child that runs. */
export type RunningChild = ChildProcess & { readonly pid: number }

/** Where `execvp` looks when there is no PATH. */
const DEFAULT_PATH = '/bin:/usr/bin'

const NOT_FOUND: readonly unknown[] = ['ENOENT', 'ENOTDIR', 'ENAMETOOLONG', 'ELOOP']
const NOT_EXECUTABLE: readonly unknown[] = ['EACCES', 'ENOEXEC', 'EISDIR', 'ETXTBSY']

/**
 * Starts a child as the leader of a session and process group of its own.
 *
 * @param output What stdout and stderr are: descriptors, or 'pipe' for Node's own streams.
 * @throws {CaptureError} If it never ran.
 */
export async function spawnChild(
  options: SpawnOptions,
  output: readonly [number, number] | 'pipe',
): Promise<RunningChild> {
  const { command, args, cwd, env, uid, gid, stdin } = options
  const [stdout, stderr] = output === 'pipe' ? [output, output] : output
  try {
    const child = spawn(command, args, {
      cwd,
      env,
      ...(uid !== undefined && { uid }),
      ...(gid !== undefined && { gid }),
      stdio: [stdin, stdout, stderr],
      detached: true,
    })
    if (isRunning(child)) return child
    const [error] = (await once(child, 'error')) as [Error]
    throw error
  } catch (error) {
    throw explain(error, options)
  }
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
