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
import { openPty } from './pty.js'
import { createReadClock } from './read-clock.js'
import { spawnChild } from './spawn-child.js'
import type { RunningChild } from './spawn-child.js'
import { StdioTap } from './stdio-tap.js'
import { StreamLines } from './stream-lines.js'
import type { Tap, TapHandlers } from './tap.js'

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
  readonly mode: 'pty' | 'pipe' | 'stdio'
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
   * Takes what was written so far, then stops reading for good. A child that still runs is not ended, but
   * its writes fail from now on. Resolves when the descriptors are given back. Safe to call twice.
   */
  close(): Promise<void>
}

const STREAMS = ['stdout', 'stderr'] as const

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
  const child = await spawnChild(options, 'pipe')
  const { stdout, stderr } = child
  assert(stdout !== null && stderr !== null, 'The child has no output streams')
  const openTap: OpenTap = (stream, handlers) =>
    new StdioTap(stream === 'stdout' ? stdout : stderr, handlers)
  return new RunningCapture(options, child, 'stdio', openTap)
}

async function startOnChannels(options: ResolvedCaptureOptions, calls: Libc): Promise<Capture> {
  sealInheritedFds(calls)
  const stdout = openChannel(options, calls)
  let stderr: Channel | undefined
  let child: RunningChild
  try {
    stderr = openChannel(options, calls)
    child = await spawnChild(options, [stdout.writeFd, stderr.writeFd])
  } catch (error) {
    closeChannel(calls, stdout)
    if (stderr !== undefined) closeChannel(calls, stderr)
    throw error
  }
  const channels = { stdout, stderr }
  const openTap: OpenTap = (stream, handlers) => new FdTap(calls, channels[stream], handlers)
  return new RunningCapture(options, child, options.mode, openTap)
}

function openChannel(options: ResolvedCaptureOptions, calls: Libc): Channel {
  try {
    return options.mode === 'pty' ? openPty(calls, options) : openPipe(calls, options)
  } catch (error) {
    const what = options.mode === 'pty' ? 'pseudo-terminal' : 'pipe'
    const reason = error instanceof Error ? error.message : String(error)
    throw new CaptureError('SpawnFailed', `Cannot open a ${what}: ${reason}`, error)
  }
}

type OpenTap = (stream: 'stdout' | 'stderr', handlers: TapHandlers) => Tap

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
  #isPaused = false
  #isReaped = false

  constructor(
    options: ResolvedCaptureOptions,
    child: RunningChild,
    mode: Capture['mode'],
    openTap: OpenTap,
  ) {
    this.pid = child.pid
    this.mode = mode
    this.#options = options
    this.#outputs = this.#openOutputs(openTap)
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

  async close(): Promise<void> {
    await Promise.all(this.#outputs.map(({ tap }) => tap.close()))
  }

  #openOutputs(openTap: OpenTap): readonly Output[] {
    const { lineBytesMax, partialFlushMs, onLines, onData } = this.#options
    const clock = createReadClock(this.#options.clock)
    const isPaused = (): boolean => this.#isPaused
    return STREAMS.map((stream) => {
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
