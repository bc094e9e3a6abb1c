// The C library's calls that Node lacks, bound through koffi. The only file that knows koffi: everything
// above sees typed functions that throw system errors, and descriptors that were checked.
//
// koffi is a native addon and may be missing for a processor or a libc. `libc()` is null then and
// `libcFailure()` says why; callers have to live without (Node's own pipes).
import { constants as fsConstants } from 'node:fs'
import { createRequire } from 'node:module'
import { constants } from 'node:os'
import { getSystemErrorName } from 'node:util'
import type * as Koffi from 'koffi'

/** The bound calls. All but `read` throw a system error (`code`, `errno`, `syscall`) when the call fails. */
export interface Libc {
  /** Opens a pseudo-terminal's master side. */
  openpt(flags: number): number
  unlockpt(fd: number): void
  /** Opens the slave side of a master, without a path. */
  openPeer(master: number, flags: number): number
  /** Sets the size that programs on the terminal see. */
  setWindowSize(fd: number, rows: number, columns: number): void
  /** Fills `termios` (at least 60 bytes: input, output, control and local flags come first). */
  tcgetattr(fd: number, termios: Uint32Array): void
  /** Applies `termios` at once. */
  tcsetattr(fd: number, termios: Uint32Array): void
  /** Returns the read end and the write end. */
  pipe2(flags: number): { readonly readFd: number; readonly writeFd: number }
  /** Bytes read into `target` from `offset` on, 0 at the end, or the negative error number. Never throws. */
  read(fd: number, target: Buffer, offset: number): number
  /** Bytes written, or the negative error number. Never throws. */
  write(fd: number, bytes: Uint8Array): number
  close(fd: number): void
  /** Marks all descriptors from `first` up as close-on-exec. */
  closeRangeOnExec(first: number): void
  /** Marks one descriptor as close-on-exec. */
  closeOnExec(fd: number): void
  /** Makes reads and writes wait again, for the whole open file. */
  setBlocking(fd: number): void
  /** Makes this process the parent of orphaned descendants. */
  setSubreaper(): void
  /** Takes back a child that has ended; true if it had. Never throws. */
  reap(pid: number): boolean
  /** Sends one datagram to a Unix socket; a path that begins with @ is an abstract name. */
  sendDatagram(path: string, bytes: Uint8Array): void
  /** Sets one of the allocator's parameters; false where the C library has none (musl). Never throws. */
  setAllocator(parameter: number, value: number): boolean
  /** Gives what is free between pieces in use back to the kernel, in a thread of the pool. Never throws. */
  trimAllocator(): void
  /** The process behind the other end of a Unix socket, by the kernel's word. */
  peerCredentials(fd: number): { readonly pid: number; readonly uid: number; readonly gid: number }
}

/** `O_CLOEXEC`, which Node's constants lack; the same on all processors of {@link PROCESSORS}. */
export const O_CLOEXEC = 0o2000000

/** Processors whose kernel uses the generic numbers below (MIPS, PowerPC and SPARC have their own). */
const PROCESSORS: readonly string[] = ['x64', 'arm64', 'ia32', 'arm', 'riscv64', 'loong64', 's390x']

const TIOCSWINSZ = 0x5414
const TIOCGPTPEER = 0x5441
const TCSANOW = 0
const F_SETFD = 2
const FD_CLOEXEC = 1
const F_GETFL = 3
const F_SETFL = 4
const CLOSE_RANGE_CLOEXEC = 4
const SOL_SOCKET = 1
const SO_PEERCRED = 17
const AF_UNIX = 1
const SOCK_DGRAM = 2
const MSG_NOSIGNAL = 0x4000
const UNIX_PATH_BYTES_MAX = 107
const PR_SET_CHILD_SUBREAPER = 36
const WNOHANG = 1
const TERMIOS_BYTES_MIN = 60

let state: { readonly calls: Libc | null; readonly failure: string | null } | undefined

/** The calls, or null where they cannot be bound. Loads at the first call. */
export function libc(): Libc | null {
  return (state ??= load()).calls
}

/** Why {@link libc} is null, or null. */
export function libcFailure(): string | null {
  return (state ??= load()).failure
}

function load(): NonNullable<typeof state> {
  const unfit = unfitReason()
  if (unfit !== null) return { calls: null, failure: unfit }
  try {
    const koffi = createRequire(import.meta.url)('koffi') as typeof Koffi
    return { calls: bind(koffi), failure: null }
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    return { calls: null, failure: `koffi cannot load: ${message.split('\n')[0]}` }
  }
}

function unfitReason(): string | null {
  if (process.env['HERO_PROC_NO_KOFFI'] === '1') return 'HERO_PROC_NO_KOFFI is 1'
  if (process.platform !== 'linux') return `Expected Linux, got ${process.platform}`
  if (!PROCESSORS.includes(process.arch)) return `The processor ${process.arch} is not supported`
  return null
}

/** Binds to the running process's own symbols, whatever its libc. `long` stands for ssize_t. */
function bind(koffi: typeof Koffi): Libc {
  const library = koffi.load(null)
  const openpt = library.func('int posix_openpt(int flags)')
  const unlockpt = library.func('int unlockpt(int fd)')
  const ioctl = library.func('int ioctl(int fd, unsigned long request, ...)')
  const tcgetattr = library.func('int tcgetattr(int fd, void *termios)')
  const tcsetattr = library.func('int tcsetattr(int fd, int when, const void *termios)')
  const pipe2 = library.func('int pipe2(void *fds, int flags)')
  const read = library.func('long read(int fd, void *buffer, size_t count)')
  const write = library.func('long write(int fd, const void *buffer, size_t count)')
  const close = library.func('int close(int fd)')
  const fcntl = library.func('int fcntl(int fd, int command, ...)')
  const prctl = library.func('int prctl(int option, unsigned long value, ...)')
  const waitpid = library.func('int waitpid(int pid, void *status, int options)')
  const socket = library.func('int socket(int domain, int type, int protocol)')
  const sendto = library.func(
    'long sendto(int fd, const void *bytes, size_t count, int flags, const void *address, uint32_t length)',
  )
  const getsockopt = library.func(
    'int getsockopt(int fd, int level, int name, void *value, void *length)',
  )
  const closeRange = bindOptional(
    library,
    'int close_range(uint32_t first, uint32_t last, int flags)',
  )
  const mallopt = bindOptional(library, 'int mallopt(int parameter, int value)')
  const mallocTrim = bindOptional(library, 'int malloc_trim(size_t pad)')

  // The error number is only good until the next call into Node: it is read here and nowhere else.
  const check = (result: number, syscall: string): number => {
    if (result < 0) throw systemError(koffi.errno(), syscall)
    return result
  }
  return {
    openpt: (flags) => check(openpt(flags), 'posix_openpt'),
    unlockpt: (fd) => void check(unlockpt(checkFd(fd)), 'unlockpt'),
    openPeer: (master, flags) =>
      check(ioctl(checkFd(master), TIOCGPTPEER, 'int', flags), 'ioctl TIOCGPTPEER'),
    setWindowSize: (fd, rows, columns) => {
      const size = Uint16Array.of(rows, columns, 0, 0)
      check(ioctl(checkFd(fd), TIOCSWINSZ, 'void *', size), 'ioctl TIOCSWINSZ')
    },
    tcgetattr: (fd, termios) =>
      void check(tcgetattr(checkFd(fd), checkTermios(termios)), 'tcgetattr'),
    tcsetattr: (fd, termios) =>
      void check(tcsetattr(checkFd(fd), TCSANOW, checkTermios(termios)), 'tcsetattr'),
    pipe2: (flags) => {
      const ends = new Int32Array(2)
      check(pipe2(ends, flags), 'pipe2')
      return { readFd: checkFd(ends[0]), writeFd: checkFd(ends[1]) }
    },
    read: (fd, target, offset) => {
      const free = offset === 0 ? target : target.subarray(offset)
      const result = Number(read(checkFd(fd), free, free.length))
      return result < 0 ? -koffi.errno() : result
    },
    write: (fd, bytes) => {
      const result = Number(write(checkFd(fd), bytes, bytes.length))
      return result < 0 ? -koffi.errno() : result
    },
    close: (fd) => void check(close(checkFd(fd)), 'close'),
    closeRangeOnExec: (first) =>
      void check(closeRange(checkFd(first), 0xffff_ffff, CLOSE_RANGE_CLOEXEC), 'close_range'),
    closeOnExec: (fd) => void check(fcntl(checkFd(fd), F_SETFD, 'int', FD_CLOEXEC), 'fcntl'),
    setBlocking: (fd) => {
      const flags = check(fcntl(checkFd(fd), F_GETFL), 'fcntl F_GETFL')
      check(fcntl(fd, F_SETFL, 'int', flags & ~fsConstants.O_NONBLOCK), 'fcntl F_SETFL')
    },
    setSubreaper: () => void check(prctl(PR_SET_CHILD_SUBREAPER, 1), 'prctl'),
    reap: (pid) => waitpid(pid, null, WNOHANG) === pid,
    sendDatagram: (path, bytes) => {
      const name = Buffer.from(path.startsWith('@') ? `\0${path.slice(1)}` : path)
      if (name.length > UNIX_PATH_BYTES_MAX)
        throw systemError(constants.errno.ENAMETOOLONG, 'sendto')
      const address = Buffer.concat([Buffer.from(Uint16Array.of(AF_UNIX).buffer), name])
      const fd = check(socket(AF_UNIX, SOCK_DGRAM | O_CLOEXEC, 0), 'socket')
      const sent = Number(sendto(fd, bytes, bytes.length, MSG_NOSIGNAL, address, address.length))
      const failure = sent < 0 ? systemError(koffi.errno(), 'sendto') : undefined
      close(fd)
      if (failure !== undefined) throw failure
    },
    setAllocator: (parameter, value) => mallopt(parameter, value) === 1,
    trimAllocator: () => mallocTrim.async?.(0, () => undefined),
    peerCredentials: (fd) => {
      const found = new Int32Array(3)
      const length = Uint32Array.of(found.byteLength)
      check(getsockopt(checkFd(fd), SOL_SOCKET, SO_PEERCRED, found, length), 'getsockopt')
      return { pid: found[0] ?? 0, uid: (found[1] ?? 0) >>> 0, gid: (found[2] ?? 0) >>> 0 }
    },
  }
}

interface OptionalCall {
  (...args: number[]): number
  async?(...args: unknown[]): void
}

/** Older C libraries lack `close_range`, others `mallopt`: then it is a call that always fails. */
function bindOptional(library: Koffi.LibraryHandle, prototype: string): OptionalCall {
  try {
    return library.func(prototype)
  } catch {
    return () => -1
  }
}

function checkFd(fd: number | undefined): number {
  if (fd !== undefined && Number.isInteger(fd) && fd >= 0 && fd <= 0x7fff_ffff) return fd
  throw new RangeError(`Expected a file descriptor, got ${fd}`)
}

function checkTermios(termios: Uint32Array): Uint32Array {
  if (termios.byteLength >= TERMIOS_BYTES_MIN) return termios
  throw new RangeError(`Expected at least ${TERMIOS_BYTES_MIN} bytes, got ${termios.byteLength}`)
}

function systemError(errno: number, syscall: string): NodeJS.ErrnoException {
  const known = Object.values(constants.errno).includes(errno)
  const code = known ? getSystemErrorName(-errno) : `errno ${errno}`
  return Object.assign(new Error(`${code}: ${syscall}`), { code, errno: -errno, syscall })
}
