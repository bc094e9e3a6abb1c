// The pager, as journalctl has it: what does not fit on the terminal is shown by `less`. It reads at its
// own pace, so that a store of any size can be shown, and when it is left, we end as well.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { accessSync, constants } from 'node:fs'
import { join } from 'node:path'
import type { Writable } from 'node:stream'

type Environment = Readonly<Record<string, string | undefined>>

/** Quit if it fits, keep colors, chop long lines, leave the screen as it is, quit on Ctrl-C. */
const LESS = 'FRSXMK'
const PAGERS = ['less', 'more']

export interface Pager {
  readonly input: Writable
  /** Ends the input and resolves when the pager was left. */
  close(): Promise<void>
}

/**
 * Returns the command of the pager: HERO_PROC_PAGER, PAGER, or what is installed. Undefined if there is
 * none, or if it is `cat` or empty.
 */
export function pagerCommand(env: Environment): string | undefined {
  const given = env['HERO_PROC_PAGER'] ?? env['PAGER']
  if (given !== undefined) return given === '' || given === 'cat' ? undefined : given
  return PAGERS.find((name) => isInstalled(name, env['PATH'] ?? ''))
}

function isInstalled(name: string, path: string): boolean {
  return path.split(':').some((folder) => {
    try {
      accessSync(join(folder, name), constants.X_OK)
      return folder !== ''
    } catch {
      return false
    }
  })
}

/** Starts the pager on this terminal. */
export function openPager(command: string, env: Environment): Pager {
  // Ctrl-C belongs to the pager: it reaches both of us.
  const ignore = (): void => undefined
  process.on('SIGINT', ignore)
  const child = spawn('sh', ['-c', command], {
    stdio: ['pipe', 'inherit', 'inherit'],
    env: { LESS, LESSCHARSET: 'utf-8', ...env },
  })
  const ended = once(child, 'close')
  return {
    input: child.stdin,
    close: async () => {
      child.stdin.end()
      await ended
      process.off('SIGINT', ignore)
    },
  }
}
