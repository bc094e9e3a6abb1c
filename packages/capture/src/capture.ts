// A child process whose output becomes lines.
//
//   child ─ stdout ─► Tap ─► StreamLines ─┐
//         └ stderr ─► Tap ─► StreamLines ─┴─► onLines
//         └ exit ───► exit barrier (drains both) ──► `exited`
//
// What must stay true: every byte that the child wrote has gone through `onLines` before `exited` settles.
import assert from 'node:assert'
import { closeChannel } from './channel.js'
import type { Channel } from './channel.js'
import { CaptureError } from './capture-error.js'
import { passExitBarrier } from './exit-barrier.js'
import { FdTap } from './fd-tap.js'
import { sealInheritedFds } from './inherited-fds.js'
import { libc, libcFailure } from './libc.js'
import type { Libc } from './libc.js'
import { resolveCaptureOptions } from './options.js'
import type { CaptureOptions, ResolvedCaptureOptions } from './options.js'
import { openPipe } from './pipe.js'
import { signalGroup } from './process-group.js'
import { openPty, openTerminal } from './pty.js'
import { createReadClock } from './read-clock.js'
import { spawnChild } from './spawn-child.js'
import type { RunningChild } from './spawn-child.js'
import { StdioTap } from './stdio-tap.js'
import { StreamLines } from './stream-lines.js'
import type { Tap, TapHandlers } from './tap.js'
import { terminalLauncher, TerminalInput } from './terminal-input.js'

export interface ExitInfo {
  /** Exit code; null if a signal ended the child. */
  readonly code: number | null
  /** Name of the signal that ended the child; null if it exited by itself. */
  readonly signal: NodeJS.Signals | null
  /** Descendants held the output when the child had exited. In mode `stdio`: still at the deadline. */
  readonly orphans: boolean
  /**
   * They could not be ended. Their later lines still come, and keep this process alive, until they end or
   * the capture is closed.
   */
  readonly escaped: boolean
}

export interface Capture {
  readonly pid: number
  /** How the output is really read: `stdio` where the C library cannot be called. */
  readonly mode: 'pty' | 'pipe' | 'tee' | 'stdio'
  /** Settles after the last byte of the child went through `onLines`. */
  readonly exited: Promise<ExitInfo>
  /**
   * Stops reading, which slows the child down once the kernel's buffer is full. What is left at the exit
   * goes through all the same.
   */
  pause(): void
  resume(): void
  /**
   * Sends a signal to the child's whole process group. False if nobody is left there.
   *
   * @throws A system error, for example `EPERM`.
   */
  signal(name: NodeJS.Signals): boolean
  /**
   * Types bytes into the child's terminal (mode `tee`). What does not fit behind bytes that the child has
   * not read is refused as a whole.
   *
   * @returns False if it was refused, or there is no terminal to talk to.
   */
  write(bytes: Uint8Array): boolean
  /** Sets the size of the child's terminals; nothing happens where there are none. */
  resize(columns: number, rows: number): void
  /**
   * Takes what was written so far, then stops reading for good. A child that still runs is not ended, but
   * its writes fail from now on. Resolves when the descriptors are given back. Safe to call twice.
   */
  close(): Promise<void>
}

const STREAMS = ['stdout', 'stderr'] as const
type StreamName = (typeof STREAMS)[number]

/** Why captures use Node's own pipes instead of what was asked for, or null. */
export function captureFallbackReason(): string | null {
  return libcFailure()
}

/**
 * Starts a command and turns its output into lines. Resolves once it runs.
 *
 * @throws {TypeError} If an option is unknown or of the wrong kind.
 * @throws {RangeError} If a number is out of its range.
 * @throws {CaptureError} If the command never ran.
 *
 * @example
 * ```ts
 * const capture = await startCapture({
 *   command: 'seq',
 *   args: ['1', '3'],
 *   mode: 'pty',
 *   onLines: ({ bytes, start, end }) => process.stdout.write(bytes.subarray(start, end)),
 * })
 * const { code } = await capture.exited
 * ```
 */
export async function startCapture(options: CaptureOptions): Promise<Capture> {
  const resolved = resolveCaptureOptions(options)
  const calls = libc()
  return calls === null ? startOnStdio(resolved) : startOnChannels(resolved, calls)
}

async function startOnStdio(options: ResolvedCaptureOptions): Promise<Capture> {
  const child = await spawnChild(options, { stdout: 'pipe', stderr: 'pipe' })
  const { stdout, stderr } = child
  assert(stdout !== null && stderr !== null, 'The child has no output streams')
  const openTap: OpenTap = (stream, handlers) =>
    new StdioTap(stream === 'stdout' ? stdout : stderr, handlers)
  return new RunningCapture(options, child, { mode: 'stdio', openTap, streams: STREAMS })
}

async function startOnChannels(options: ResolvedCaptureOptions, calls: Libc): Promise<Capture> {
  sealInheritedFds(calls)
  return options.mode === 'tee'
    ? await startOnTerminal(options, calls)
    : await startOnTwo(options, calls)
}

async function startOnTwo(options: ResolvedCaptureOptions, calls: Libc): Promise<Capture> {
  const stdout = openChannel(options, calls)
  let stderr: Channel | undefined
  let child: RunningChild
  try {
    stderr = openChannel(options, calls)
    child = await spawnChild(options, { stdout: stdout.writeFd, stderr: stderr.writeFd })
  } catch (error) {
    closeChannel(calls, stdout)
    if (stderr !== undefined) closeChannel(calls, stderr)
    throw error
  }
  const channels = { stdout, stderr }
  const openTap: OpenTap = (stream, handlers) => new FdTap(calls, channels[stream], handlers)
  const { mode } = options
  const sizes = mode === 'pty' ? [stdout.readFd, stderr.readFd] : []
  const resize: Resize = (columns, rows) => {
    for (const fd of sizes) calls.setWindowSize(fd, rows, columns)
  }
  return new RunningCapture(options, child, { mode, openTap, streams: STREAMS, resize })
}

/** One terminal for everything, which the child's session is controlled by: signals come from its keys. */
async function startOnTerminal(options: ResolvedCaptureOptions, calls: Libc): Promise<Capture> {
  const channel = openChannel(options, calls)
  const fd = channel.writeFd
  let child: RunningChild
  try {
    const launcher = [...terminalLauncher(fd), ...options.launcher]
    child = await spawnChild({ ...options, launcher }, { stdin: fd, stdout: fd, stderr: fd })
  } catch (error) {
    closeChannel(calls, channel)
    throw error
  }
  return new RunningCapture(options, child, {
    mode: 'tee',
    openTap: (_, handlers) => new FdTap(calls, channel, handlers),
    streams: ['stdout'],
    resize: (columns, rows) => calls.setWindowSize(channel.readFd, rows, columns),
    input: new TerminalInput(calls, channel.readFd),
  })
}

function openChannel(options: ResolvedCaptureOptions, calls: Libc): Channel {
  try {
    if (options.mode === 'pipe') return openPipe(calls, options)
    return options.mode === 'pty' ? openPty(calls, options) : openTerminal(calls, options)
  } catch (error) {
    const what = options.mode === 'pipe' ? 'pipe' : 'pseudo-terminal'
    const reason = error instanceof Error ? error.message : String(error)
    throw new CaptureError('SpawnFailed', `Cannot open a ${what}: ${reason}`, error)
  }
}

type OpenTap = (stream: StreamName, handlers: TapHandlers) => Tap
type Resize = (columns: number, rows: number) => void

/** What a running child is captured through. */
interface Lines {
  readonly mode: Capture['mode']
  readonly openTap: OpenTap
  readonly streams: readonly StreamName[]
  readonly resize?: Resize
  readonly input?: TerminalInput
}

interface Output {
  readonly tap: Tap
  readonly lines: StreamLines
}

class RunningCapture implements Capture {
  readonly pid: number
  readonly mode: Capture['mode']
  readonly exited: Promise<ExitInfo>
  readonly #options: ResolvedCaptureOptions
  readonly #outputs: readonly Output[]
  readonly #lines: Lines
  #isPaused = false
  #isReaped = false

  constructor(options: ResolvedCaptureOptions, child: RunningChild, lines: Lines) {
    this.pid = child.pid
    this.mode = lines.mode
    this.#options = options
    this.#lines = lines
    this.#outputs = this.#openOutputs(lines)
    this.exited = new Promise((resolve) => {
      // The barrier starts inside the event: by then all that the child wrote is in the kernel.
      child.once('exit', (code, signal) => resolve(this.#onExit(code, signal)))
    })
  }

  pause(): void {
    this.#isPaused = true
    for (const { tap } of this.#outputs) tap.pause()
  }

  resume(): void {
    this.#isPaused = false
    for (const { tap } of this.#outputs) tap.resume()
  }

  signal(name: NodeJS.Signals): boolean {
    return signalGroup(this.pid, name, this.#isReaped)
  }

  write(bytes: Uint8Array): boolean {
    return !this.#isOver && (this.#lines.input?.write(bytes) ?? false)
  }

  resize(columns: number, rows: number): void {
    if (!this.#isOver) this.#lines.resize?.(columns, rows)
  }

  /** The descriptors are given back then, and their numbers may be those of other files. */
  get #isOver(): boolean {
    return this.#outputs.some(({ tap }) => tap.isEnded)
  }

  async close(): Promise<void> {
    this.#lines.input?.close()
    await Promise.all(this.#outputs.map(({ tap }) => tap.close()))
  }

  #openOutputs({ openTap, streams }: Lines): readonly Output[] {
    const { lineBytesMax, partialFlushMs, onLines, onData } = this.#options
    const clock = createReadClock(this.#options.clock)
    const isPaused = (): boolean => this.#isPaused
    return streams.map((stream) => {
      const lines = new StreamLines({
        stream,
        lineBytesMax,
        partialFlushMs,
        clock,
        isPaused,
        onLines,
      })
      const onChunk = (chunk: Buffer): void => {
        onData?.(chunk, stream)
        lines.take(chunk)
      }
      return { lines, tap: openTap(stream, { onChunk, onEnd: () => lines.end() }) }
    })
  }

  async #onExit(code: number | null, signal: NodeJS.Signals | null): Promise<ExitInfo> {
    this.#isReaped = true
    this.#lines.input?.close()
    const { drainDeadlineMs, killGraceMs } = this.#options
    const { heldAtExit, heldAtDeadline, escaped } = await passExitBarrier({
      taps: this.#outputs.map(({ tap }) => tap),
      drainDeadlineMs,
      killGraceMs,
      killGroup: () => this.#killGroup(),
    })
    for (const { tap, lines } of this.#outputs) {
      if (tap.isEnded) continue
      lines.flushPartial()
      if (this.#isPaused) tap.pause()
    }
    const orphans = this.mode === 'stdio' ? heldAtDeadline : heldAtExit
    return { code, signal, orphans, escaped }
  }

  /** Processes of another user cannot be ended: they escape. */
  #killGroup(): void {
    try {
      this.signal('SIGKILL')
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EPERM') throw error
    }
  }
}
