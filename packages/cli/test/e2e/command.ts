// The built command in a folder of its own: run to its end, or started and watched. Every process that
// was started is ended when the place is closed.
import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { WireEntry } from '@hero/logs'

const MAIN = fileURLToPath(new URL('../../dist/main.js', import.meta.url))

export interface Ended {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: Buffer
  readonly stderr: string
}

/** A process that goes on. */
export class Running {
  readonly child: ChildProcess
  readonly ended: Promise<Ended>
  readonly #stdout: Buffer[] = []
  #stderr = ''
  #check: () => void = () => undefined

  constructor(child: ChildProcess) {
    this.child = child
    child.stdout?.on('data', (chunk: Buffer) => {
      this.#stdout.push(chunk)
      this.#check()
    })
    child.stderr?.on('data', (chunk: Buffer) => {
      this.#stderr += chunk.toString()
      this.#check()
    })
    this.ended = once(child, 'close').then(([code, signal]) => {
      this.#check()
      return { code, signal, stdout: Buffer.concat(this.#stdout), stderr: this.#stderr } as Ended
    })
  }

  /** What it has written so far. */
  get output(): { stdout: string; stderr: string } {
    return { stdout: Buffer.concat(this.#stdout).toString(), stderr: this.#stderr }
  }

  /** Resolves when its output fulfills the test; rejects if it ends before. */
  async until(test: (output: { stdout: string; stderr: string }) => boolean): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.#check = () => {
        if (test(this.output)) resolve()
      }
      this.#check()
      void this.ended.then(({ code, signal, stderr }) => {
        reject(new Error(`It ended with ${code ?? signal}: ${stderr}`))
      })
    })
  }

  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<Ended> {
    this.child.kill(signal)
    return await this.ended
  }
}

export interface RunOptions {
  readonly input?: string | Buffer
  readonly env?: Readonly<Record<string, string>>
  /** Modes of files hold for root as well. @default false */
  readonly isPlain?: boolean
  /** A command that starts the command. @default none */
  readonly wrapper?: readonly string[]
}

/** Takes from root what lets it pass by the modes of files: see capabilities(7). */
const PLAIN = ['setpriv', '--bounding-set=-dac_override,-dac_read_search', '--']

/** A data dir and a socket dir. */
export class Place {
  readonly folder: string = mkdtempSync(join(tmpdir(), 'hero-cli-'))
  readonly dataDir: string = join(this.folder, 'data')
  readonly #running = new Set<Running>()

  /** Starts the command. */
  start(args: readonly string[], options: RunOptions = {}): Running {
    const { NO_COLOR: _no, FORCE_COLOR: _force, ...env } = process.env
    const isRoot = process.getuid?.() === 0
    const plain = options.isPlain && isRoot ? PLAIN : []
    const { wrapper = [] } = options
    const [command, ...words] = [...wrapper, ...plain, process.execPath, MAIN, ...args]
    const child = spawn(command!, words, {
      cwd: this.folder,
      env: {
        ...env,
        HERO_PROC_DATA_DIR: this.dataDir,
        HERO_SOCKET_DIR: join(this.folder, 'run'),
        ...options.env,
      },
      stdio: ['pipe', 'pipe', 'pipe'],
    })
    child.stdin.on('error', () => undefined)
    child.stdin.end(options.input ?? '')
    const running = new Running(child)
    this.#running.add(running)
    void running.ended.then(() => this.#running.delete(running))
    return running
  }

  /** Runs the command to its end. */
  async run(args: readonly string[], options: RunOptions = {}): Promise<Ended> {
    return await this.start(args, options).ended
  }

  /** Runs the command and returns what it printed; fails unless it exits with 0. */
  async print(...args: readonly string[]): Promise<string> {
    const { code, signal, stdout, stderr } = await this.run(args)
    if (code !== 0) throw new Error(`${args.join(' ')} ended with ${code ?? signal}: ${stderr}`)
    return stdout.toString()
  }

  /** Every entry that `logs` prints with these flags. */
  async entries(...flags: readonly string[]): Promise<WireEntry[]> {
    const text = await this.print('logs', '--json', '-n', 'all', ...flags)
    return text
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as WireEntry)
  }

  /** Starts the supervisor and waits until it is ready. */
  async serve(): Promise<Running> {
    const server = this.start(['serve'])
    await server.until(({ stderr }) => stderr.includes('hero_proc: Ready at '))
    return server
  }

  async close(): Promise<void> {
    await Promise.all([...this.#running].map((running) => running.stop('SIGKILL')))
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 3 })
  }
}
