// The configuration file, in TOML: a table `service.NAME` for each service, with the keys of a definition,
// and a table `options` for hero_proc itself, which whoever starts it understands.
import { readFile } from 'node:fs/promises'
import { parse } from 'smol-toml'
import { codeOf, messageOf, ProcError } from './errors.js'
import { parseServiceDefinition } from './service-definition.js'
import type { ServiceDefinition } from './service-definition.js'

const KEYS: readonly string[] = ['service', 'options']

/** What a configuration file says. */
export interface ConfigFile {
  readonly services: readonly ServiceDefinition[]
  /** As they stand there: their names and values are checked by whoever knows them. */
  readonly options: Readonly<Record<string, unknown>>
}

/**
 * Reads a configuration file.
 *
 * @throws {ProcError} `InvalidParams`, with the file, the place, what was expected and what came;
 * `NotFound` if there is no such file.
 */
export async function readConfigFile(path: string): Promise<ConfigFile> {
  const table = parseToml(path, await readText(path))
  for (const key of Object.keys(table)) {
    if (KEYS.includes(key)) continue
    throw wrong(path, `Unknown key ${JSON.stringify(key)}, expected ${KEYS.join(' or ')}`)
  }
  const { service = {}, options = {} } = table
  if (!isTable(service)) throw wrong(path, 'Expected service to be a table of services')
  if (!isTable(options)) throw wrong(path, 'Expected options to be a table')
  return { services: readServices(path, service), options }
}

function readServices(path: string, services: Record<string, unknown>): ServiceDefinition[] {
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
