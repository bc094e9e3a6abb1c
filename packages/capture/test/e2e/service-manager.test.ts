// What a service manager hears of `hero_proc serve` from its start to its end, and whether systemd takes
// the unit file as it is.
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished, test } from 'vitest'
import { hearDatagrams } from '../datagrams.js'

const MAIN = fileURLToPath(new URL('../../../cli/dist/main.js', import.meta.url))
const UNIT = fileURLToPath(new URL('../../../../docs/guides/hero_proc.service', import.meta.url))

function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'manager-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true, maxRetries: 3 }))
  return folder
}

test('serve says when it is ready, that it lives, when it reloads and when it stops', async () => {
  const folder = temporaryFolder()
  const notifySocket = join(folder, 'notify')
  const hear = hearDatagrams(notifySocket)
  const heard: string[] = []
  const until = async (start: string, count = 1): Promise<void> => {
    while (heard.filter((text) => text.startsWith(start)).length < count) {
      await sleep(10)
      heard.push(...hear())
    }
  }
  const config = join(folder, 'hero_proc.toml')
  const seen = join(folder, 'seen')
  writeFileSync(
    config,
    `[service.slow]
command = ["sh", "-c", 'sleep 0.3; env > ${seen}; echo up; exec sleep 1000']
ready = { type = "log", pattern = "^up" }
`,
  )
  const server = spawn(process.execPath, [MAIN, 'serve', '--config', config], {
    cwd: folder,
    env: {
      ...process.env,
      HERO_PROC_DATA_DIR: join(folder, 'data'),
      HERO_SOCKET_DIR: join(folder, 'run'),
      NOTIFY_SOCKET: notifySocket,
      WATCHDOG_USEC: '100000',
    },
    stdio: 'ignore',
  })
  onTestFinished(() => void server.kill('SIGKILL'))
  const exited = once(server, 'exit')
  await until('READY=1')
  // Not before the service is, which takes its time.
  const environment = readFileSync(seen, 'utf8')
  expect(environment).toContain('HERO_PROC_SERVICE=slow')
  expect(environment).not.toMatch(/^(NOTIFY_SOCKET|WATCHDOG_USEC)=/m)
  await until('WATCHDOG=1', 3)
  server.kill('SIGHUP')
  await until('RELOADING=1')
  await until('READY=1', 2)
  server.kill('SIGTERM')
  expect(await exited).toEqual([0, null])
  heard.push(...hear())
  const words = heard.map((text) => text.split('\n')[0]).filter((word) => word !== 'WATCHDOG=1')
  expect(words).toEqual(['READY=1', 'RELOADING=1', 'READY=1', 'STOPPING=1'])
  expect(heard[0]).toBe(`READY=1\nSTATUS=Serving at ${join(folder, 'run/hero_proc/rpc.sock')}`)
})

test('systemd takes the unit file without a word', (context) => {
  const { error } = spawnSync('systemd-analyze', ['--version'])
  if (error !== undefined) context.skip('systemd-analyze is not here')
  const complaints = (unit: string): string => {
    const path = join(temporaryFolder(), 'hero_proc.service')
    // The program is somewhere else on this machine.
    writeFileSync(path, unit.replace('/usr/bin/hero_proc', process.execPath))
    return spawnSync('systemd-analyze', ['verify', path], { encoding: 'utf8' }).stderr
  }
  const unit = readFileSync(UNIT, 'utf8')
  expect(complaints(unit)).toBe('')
  expect(complaints(unit.replace('WatchdogSec', 'WatchdogSecs'))).toContain('WatchdogSecs')
})
