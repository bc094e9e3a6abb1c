import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { readConfigFile } from '../src/config-file.js'
import { temporaryFolder } from './fixture.js'

function fileOf(text: string): string {
  const path = join(temporaryFolder(), 'hero_proc.toml')
  writeFileSync(path, text)
  return path
}

test('readConfigFile() reads services as definitions, and options as they are', async () => {
  const path = fileOf(`
    [options]
    anything = 3

    [service.web]
    command = ["./web", "--port", "80"]
    depends_on = ["db"]
    limits = { nofile = 1024 }
    ready = { type = "http", url = "http://127.0.0.1:80/health" }

    [service.web.log.rate_limit]
    lines_per_second = 100

    [service.db]
    command = ["db"]
    env = { MODE = "test" }
  `)
  const { services, options } = await readConfigFile(path)
  expect(options).toEqual({ anything: 3 })
  expect(services).toMatchObject([
    {
      name: 'web',
      limits: { nofile: 1024 },
      ready: { type: 'http', deadline_ms: 60_000 },
      log: { rate_limit: { lines_per_second: 100 } },
      restart: 'on-failure',
    },
    { name: 'db', env: { MODE: 'test' } },
  ])
  expect(await readConfigFile(fileOf(''))).toEqual({ services: [], options: {} })
})

test.each([
  ['[service.web]\ncommand = [', ':2:11: Invalid TOML document: .*'],
  ['[services.web]', ': Unknown key "services", expected service or options'],
  ['options = 3', ': Expected options to be a table'],
  ['service = 3', ': Expected service to be a table of services'],
  ['[service]\nweb = 3', ': Expected service.web to be a table'],
  ['[service.web]\ncomand = ["x"]', ': Unknown key "comand" in service.web, expected only .*'],
  [
    '[service.web]\ncommand = ["x"]\nname = "y"',
    ': Expected no name in service.web, it is its key',
  ],
])('readConfigFile() says where %j is wrong', async (text, message) => {
  const path = fileOf(text)
  await expect(readConfigFile(path)).rejects.toThrow(new RegExp(`^${path}${message}$`))
})

test('readConfigFile() names a file that is not there', async () => {
  await expect(readConfigFile('/no/such.toml')).rejects.toMatchObject({ code: 'NotFound' })
})
