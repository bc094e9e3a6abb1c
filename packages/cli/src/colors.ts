// Colors of the command's own making: whether there are any, and which. They come from util.styleText;
// its codes are looked up once, not for every line.
import { styleText } from 'node:util'

type Format = Parameters<typeof styleText>[0]

/** Wraps text in a style. */
export type Paint = (text: string) => string

export interface ColorQuestion {
  /** False after `--no-color`. */
  readonly isWanted: boolean
  readonly isTerminal: boolean
  readonly env: Readonly<Record<string, string | undefined>>
}

/** Says whether to color: `--no-color`, then FORCE_COLOR, then NO_COLOR, then whether it is a terminal. */
export function usesColors({ isWanted, isTerminal, env }: ColorQuestion): boolean {
  if (!isWanted) return false
  const force = env['FORCE_COLOR']
  if (force !== undefined) return force !== '0' && force !== 'false'
  const no = env['NO_COLOR']
  if (no !== undefined && no !== '') return false
  return isTerminal && env['TERM'] !== 'dumb'
}

/** Returns a painter for a style; one that changes nothing when `isOn` is false. */
export function paint(format: Format, isOn: boolean): Paint {
  if (!isOn) return (text) => text
  // The question whether to color is answered already.
  const styled = styleText as (format: Format, text: string, options: object) => string
  const [open = '', close = ''] = styled(format, '\0', { validateStream: false }).split('\0')
  return (text) => open + text + close
}

/** Ends every style, for text that brings its own. */
export const RESET = '\u001b[0m'
