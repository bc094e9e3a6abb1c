// What the tests share: running a command to its end, and fresh folders.
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readlinkSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { LineRegion } from '@hero/logs'
import { onTestFinished } from 'vitest'
import { startCapture } from '../src/capture.js'
import type { Capture, ExitInfo } from '../src/capture.js'
import type { CaptureOptions } from '../src/options.js'

export const MODES = ['pty', 'pipe'] as const

/** A region whose bytes stay. */
export interface Piece {
  readonly text: Buffer
  readonly lines: number
  readonly stream: LineRegion['stream']
  readonly ts: number
  readonly part: LineRegion['part']
  readonly terminated: boolean
}

export function toPiece({ bytes, start, end, ...rest }: LineRegion): Piece {
  const { lines, stream, ts, part, terminated } = rest
  return { text: Buffer.from(bytes.subarray(start, end)), lines, stream, ts, part, terminated }
}

/** Collects regions, and lets a test wait for text. */
export class Collector {
  readonly pieces: Piece[] = []
  #waiting: (() => void)[] = []

  readonly onLines = (region: LineRegion): void => {
    this.pieces.push(toPiece(region))
    for (const check of this.#waiting) check()
  }

  bytes(stream: 'stdout' | 'stderr'): Buffer {
    return Buffer.concat(
      this.pieces.filter((piece) => piece.stream === stream).map((piece) => piece.text),
    )
  }

  /** Resolves when stdout contains `text`. */
  async seen(text: string): Promise<void> {
    await new Promise<void>((resolve) => {
      const check = (): void => {
        if (this.bytes('stdout').includes(text)) resolve()
      }
      this.#waiting.push(check)
      check()
    })
  }
}

export interface Run extends ExitInfo {
  readonly stdout: Buffer
  readonly stderr: Buffer
  readonly pieces: readonly Piece[]
}

type RunOptions = Omit<CaptureOptions, 'command' | 'args' | 'onLines'>

export interface Started {
  readonly capture: Capture
  readonly collector: Collector
  /** What was collected at the moment the exit was announced. */
  readonly run: Promise<Run>
}

/** Starts `sh -c script`, with `$0`, `$1`... from `args`. */
export async function start(
  script: string,
  options: RunOptions,
  ...args: string[]
): Promise<Started> {
  const collector = new Collector()
  const capture = await startCapture({
    ...options,
    command: 'sh',
    args: ['-c', script, ...args],
    onLines: collector.onLines,
  })
  const run = capture.exited.then((info) => ({
    ...info,
    stdout: collector.bytes('stdout'),
    stderr: collector.bytes('stderr'),
    pieces: [...collector.pieces],
  }))
  return { capture, collector, run }
}

export async function runToEnd(
  script: string,
  options: RunOptions,
  ...args: string[]
): Promise<Run> {
  return (await start(script, options, ...args)).run
}

/** A folder that is removed when the test has finished. */
export function freshDir(): string {
  const dir = mkdtempSync(join(tmpdir(), 'capture-test-'))
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }))
  return dir
}

/** A named pipe: reading from it waits until something is written, and the other way round. */
export function fifo(): string {
  const path = join(freshDir(), 'fifo')
  execFileSync('mkfifo', [path])
  return path
}

/** What our own descriptors are, without the one that lists them. */
export function ownFds(): string[] {
  return readdirSync('/proc/self/fd').flatMap((fd) => {
    try {
      return [readlinkSync(`/proc/self/fd/${fd}`)]
    } catch {
      return []
    }
  })
}

/** Lets the event loop turn until `isTrue`. */
export async function turnUntil(isTrue: () => boolean): Promise<void> {
  while (!isTrue()) await new Promise<void>((resolve) => setTimeout(resolve, 1))
}
