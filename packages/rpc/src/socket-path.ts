// How long a socket's path may be: what the server and its clients both have to know.

/** Bytes of a Unix socket's path on Linux, without the final zero. Node cuts longer ones silently. */
export const SOCKET_PATH_BYTES_MAX = 107

/**
 * Returns the path if a socket can have it.
 *
 * @throws {RangeError} If it is longer than 107 bytes.
 */
export function checkSocketPath(path: string): string {
  const bytes = Buffer.byteLength(path)
  if (bytes <= SOCKET_PATH_BYTES_MAX) return path
  const expected = `at most ${SOCKET_PATH_BYTES_MAX} bytes`
  throw new RangeError(`Expected a socket path of ${expected}, got ${bytes}: ${path}`)
}
