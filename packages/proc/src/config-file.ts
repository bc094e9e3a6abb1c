// A file of services, in TOML: a table `service.NAME` for each, with the keys of a definition.
import { readFile } from 'node:fs/promises'
import { parse } from 'smol-toml'
import { codeOf, messageOf, ProcError } from './errors.js'
import { parseServiceDefinition } from './service-definition.js'
import type { ServiceDefinition } from './service-definition.js'

/**
 * Reads the services of a file.
 *
 * @throws {ProcError} `InvalidParams`, with the file, the place, what was expected and what came;
 * `NotFound` if there is no such file.
 */
export async function readConfigFile(path: string): Promise<ServiceDefinition[]> {
  const table = parseToml(path, await readText(path))
  for (const key of Object.keys(table)) {
    if (key !== 'service') throw wrong(path, `Unknown key ${JSON.stringify(key)}, expected service`)
  }
  const services = table['service'] ?? {}
  if (!isTable(services)) throw wrong(path, 'Expected service to be a table of services')
  return Object.entries(services).map(([name, given]) => {
    if (!isTable(given)) throw wrong(path, `Expected service.${name} to be a table`)
    if ('name' in given) throw wrong(path, `Expected no name in service.${name}, it is its key`)
    try {
      return parseServiceDefinition({ ...given, name })
    } catch (error) {
      throw wrong(path, messageOf(error).replaceAll('definition', `service.${name}`))
    }
  })
}

async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    const code = codeOf(error) === 'ENOENT' ? 'NotFound' : 'Unavailable'
    throw new ProcError(code, `Cannot read ${path}: ${codeOf(error)}`, { cause: error })
  }
}

function parseToml(path: string, text: string): Record<string, unknown> {
  try {
    return parse(text)
  } catch (error) {
    // The first line says what is wrong and where; a drawing of the place follows.
    const { line, column } = error as { line?: number; column?: number }
    const what = messageOf(error).split('\n')[0] ?? ''
    throw wrong(`${path}:${line ?? 1}:${column ?? 1}`, what)
  }
}

function isTable(value: unknown): value is Record<string, unknown> {
  return (
    typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date)
  )
}

function wrong(where: string, what: string): ProcError {
  return new ProcError('InvalidParams', `${where}: ${what}`)
}
