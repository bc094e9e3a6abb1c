// What the tests of services share: a folder of their own, a supervisor in it, a plugin that remembers.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import type { Plugin, RunExit, RunInfo, SupervisorEvent } from '../src/plugin.js'
import { createSupervisor } from '../src/supervisor.js'
import type { Supervisor, SupervisorOptions } from '../src/supervisor.js'

export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'proc-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** Remembers what it is told; waits for what is still to come. */
export class Recorder implements Plugin {
  readonly name = 'recorder'
  readonly runs: RunInfo[] = []
  readonly ends: { readonly run: RunInfo; readonly exit: RunExit }[] = []
  readonly events: SupervisorEvent[] = []
  /** All that a service has printed, lines ended by `\n`. */
  readonly text = new Map<string, string>()
  readonly #waiting = new Set<() => void>()

  runStarting(run: RunInfo): ReturnType<NonNullable<Plugin['runStarting']>> {
    this.runs.push(run)
    return {
      onLines: ({ bytes, start, end }) => {
        const text = Buffer.from(bytes.subarray(start, end)).toString()
        this.text.set(run.service, (this.text.get(run.service) ?? '') + text)
        this.#wake()
      },
    }
  }

  runEnded(run: RunInfo, exit: RunExit): Promise<void> {
    this.ends.push({ run, exit })
    this.#wake()
    return Promise.resolve()
  }

  supervisorEvent(event: SupervisorEvent): void {
    this.events.push(event)
    this.#wake()
  }

  /** Resolves as soon as the condition holds; it is checked whenever something happens. */
  until(condition: () => boolean): Promise<void> {
    return new Promise((resolve) => {
      const check = (): void => {
        if (!condition()) return
        this.#waiting.delete(check)
        resolve()
      }
      this.#waiting.add(check)
      check()
    })
  }

  /** Resolves when the service has printed the text. */
  printed(service: string, text: string): Promise<void> {
    return this.until(() => (this.text.get(service) ?? '').includes(text))
  }

  exits(service: string): RunExit[] {
    return this.ends.filter(({ run }) => run.service === service).map(({ exit }) => exit)
  }

  states(service: string): string[] {
    return this.events.flatMap((event) =>
      event.type === 'state' && event.service === service ? [event.state] : [],
    )
  }

  #wake(): void {
    for (const check of this.#waiting) check()
  }
}

export interface Setup {
  readonly dataDir: string
  readonly recorder: Recorder
  readonly supervisor: Supervisor
  readonly pluginErrors: string[]
}

export async function setUp(options: Partial<SupervisorOptions> = {}): Promise<Setup> {
  const dataDir = options.dataDir ?? temporaryFolder()
  const recorder = new Recorder()
  const pluginErrors: string[] = []
  const { plugins = [], ...rest } = options
  const supervisor = await createSupervisor({
    onPluginError: (plugin, error) => pluginErrors.push(`${plugin}: ${String(error)}`),
    ...rest,
    dataDir,
    plugins: [...plugins, recorder],
  })
  onTestFinished(() => supervisor.close())
  return { dataDir, recorder, supervisor, pluginErrors }
}

/** A definition of a shell script through pipes. */
export function script(name: string, text: string, more: object = {}) {
  return { name, command: ['sh', '-c', text], capture: 'pipe' as const, ...more }
}

/** True if a process of that number exists; one that only waits to be reaped does not. */
export function isAlive(pid: number): boolean {
  try {
    return !/\) [ZX] /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'))
  } catch {
    return false
  }
}
