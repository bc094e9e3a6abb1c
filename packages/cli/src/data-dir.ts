// The data dir of a hero_proc that writes: made if need be, readable by its owner only, and locked, so
// that one process at a time writes to it.
import { accessSync, constants } from 'node:fs'
import { join } from 'node:path'
import { CliError, errorCode, EXIT } from './exit.js'

/** The lock on a data dir; the kernel takes it back as well, however the process ends. */
export interface DataDirLock {
  release(): void
}

/**
 * Makes and locks a data dir. Nothing else in it is touched.
 *
 * @throws {CliError} Unreachable, if another hero_proc holds it; permission, if it cannot be written.
 */
export async function lockDataDir(dataDir: string): Promise<DataDirLock> {
  const { lockFile } = await import('@hero/logs')
  await makeDataDir(dataDir)
  try {
    return lockFile(join(dataDir, 'hero_proc.lock'))
  } catch (error) {
    throw explain(error, dataDir)
  }
}

/**
 * Makes a data dir, readable by its owner only, if there is none.
 *
 * @throws {CliError} Permission, if that cannot be.
 */
export async function makeDataDir(dataDir: string): Promise<void> {
  const { makeDirectory } = await import('@hero/logs')
  try {
    makeDirectory(dataDir)
  } catch (error) {
    throw explain(error, dataDir)
  }
}

/**
 * Looks whether what is kept of services and followed files can be read and written, if there is any.
 *
 * @throws {CliError} Permission, if they cannot.
 */
export function checkFolders(dataDir: string): void {
  const { R_OK, W_OK, X_OK } = constants
  const all = R_OK | W_OK | X_OK
  const needed = { services: all, 'services/running': all, files: all, 'files/.list': R_OK }
  for (const [path, mode] of Object.entries(needed)) {
    try {
      accessSync(join(dataDir, path), mode)
    } catch (error) {
      if (errorCode(error) !== 'ENOENT') throw explain(error, dataDir)
    }
  }
}

/** True if an error says that rights are missing, or that a file system is read-only. */
export function isPermission(error: unknown): boolean {
  return (
    (error instanceof CliError && error.exitCode === EXIT.permission) ||
    PERMISSION_CODES.includes(errorCode(error) ?? '')
  )
}

const PERMISSION_CODES = ['EACCES', 'EPERM', 'EROFS', 'PermissionDenied']

function explain(error: unknown, dataDir: string): unknown {
  const code = errorCode(error) ?? ''
  if (code === 'Conflict') {
    return new CliError(
      EXIT.unreachable,
      `Another hero_proc uses the data dir ${dataDir}`,
      'hero_proc status, or choose another --data-dir',
    )
  }
  if (!isPermission(error)) return error
  const told = new CliError(
    EXIT.permission,
    `Cannot write to the data dir ${dataDir}: ${(error as Error).message}`,
    'Check its owner and mode, or choose another --data-dir',
  )
  return Object.assign(told, { cause: error })
}
