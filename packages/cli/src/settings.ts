// Where things are: the data dir and the socket, from flags, environment and defaults in this order.
import { homedir } from 'node:os'
import { join, resolve } from 'node:path'
import { usageError } from './exit.js'

/** Flags that every verb has. */
export interface SettingFlags {
  readonly dataDir?: string
  readonly socketDir?: string
}

export interface Settings {
  readonly dataDir: string
  /** True if the data dir was asked for by flag or environment, not taken by default. */
  readonly isDataDirGiven: boolean
  /** Directory of the log store. */
  readonly logsDir: string
  readonly socketPath: string
}

/** Bytes of a path that a Unix socket takes; longer ones would silently be cut. */
const SOCKET_PATH_BYTES_MAX = 107

/**
 * Returns the settings that hold for this call.
 *
 * @throws {CliError} Usage, if the socket's path is too long.
 */
export function resolveSettings(
  flags: SettingFlags,
  env: Readonly<Record<string, string | undefined>> = process.env,
): Settings {
  const given = flags.dataDir ?? nonEmpty(env['HERO_PROC_DATA_DIR'])
  const dataDir = resolve(given ?? join(homedir(), 'hero', 'var', 'hero_proc'))
  const socketDir = resolve(
    flags.socketDir ??
      nonEmpty(env['HERO_SOCKET_DIR']) ??
      join(homedir(), 'hero', 'var', 'sockets'),
  )
  const socketPath = join(socketDir, 'hero_proc', 'rpc.sock')
  const bytes = Buffer.byteLength(socketPath)
  if (bytes > SOCKET_PATH_BYTES_MAX) {
    throw usageError(
      `The socket path ${socketPath} is ${bytes} bytes long, expected at most ${SOCKET_PATH_BYTES_MAX}`,
      'Choose a shorter --socket-dir or HERO_SOCKET_DIR',
    )
  }
  return {
    dataDir,
    isDataDirGiven: given !== undefined,
    logsDir: join(dataDir, 'logs'),
    socketPath,
  }
}

function nonEmpty(text: string | undefined): string | undefined {
  return text === '' ? undefined : text
}
