// Sizes as people write them: 500M, 2G, 1048576.
import { usageError } from './exit.js'

const UNITS: Readonly<Record<string, number>> = {
  '': 1,
  K: 1024,
  M: 1_048_576,
  G: 1_073_741_824,
  T: 1_099_511_627_776,
}

/**
 * Returns the bytes that `text` names; K, M, G and T are powers of 1024.
 *
 * @throws {CliError} Usage.
 */
export function parseSize(text: string, flag: string): number {
  const [, number, unit] = /^(\d+(?:\.\d+)?)\s*([KMGT]?)(?:i?B)?$/i.exec(text.trim()) ?? []
  const factor = UNITS[(unit ?? '').toUpperCase()]
  if (number !== undefined && factor !== undefined) return Math.round(Number(number) * factor)
  throw usageError(`Expected ${flag} to be a size such as 500M or 2G, got '${text}'`)
}
