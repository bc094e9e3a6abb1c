// Supervisors that start the services themselves and keep what they print: supervisord and PM2, with the
// settings they come with.
import { execFileSync, spawn } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { NEEDLE } from '../generate.mjs'
import { askAll, end, needsCommand, packageVersion, shellQuestion } from './commands.mjs'
import { bytesIn } from './measure-feed.mjs'

export const SUPERVISORD = {
  name: 'supervisord',
  reason: needsCommand('supervisord'),
  version: () => packageVersion('supervisor'),
  open: ({ folder, services }) => {
    const top = join(folder, 'logs')
    mkdirSync(top)
    const config = join(folder, 'supervisord.conf')
    writeFileSync(config, supervisordConfig(folder, top, services))
    const child = spawn('supervisord', ['-n', '-c', config], { cwd: folder, stdio: 'ignore' })
    return {
      pids: () => [child.pid],
      stop: () => end(child, 'SIGTERM'),
      bytes: bytesIn(top),
      read: (service) => rotated(top, `${service.name}.log`),
      questions: (list) => askAll(fileQuestions(top, `${list[0].name}.log`)),
    }
  },
}

function supervisordConfig(folder, top, services) {
  const programs = services.map(({ name, command }) =>
    [
      `[program:${name}]`,
      `command=${command.map(quoted).join(' ')}`,
      'autorestart=false',
      'startsecs=0',
      `stdout_logfile=${join(top, `${name}.log`)}`,
      'stderr_logfile=NONE',
    ].join('\n'),
  )
  const own = `logfile=${folder}/supervisord.log\npidfile=${folder}/supervisord.pid\nuser=root`
  return `[supervisord]\n${process.getuid() === 0 ? own : own.replace('\nuser=root', '')}\n\n${programs.join('\n\n')}\n`
}

/** A word for supervisord, which splits a command as a shell does and expands `%`. */
function quoted(word) {
  return `'${word.replaceAll('%', '%%')}'`
}

export const PM2 = {
  name: 'PM2',
  reason: needsCommand('pm2'),
  version: pm2Version,
  open: async ({ folder, services }) => {
    const top = join(folder, 'logs')
    mkdirSync(top)
    const env = { ...process.env, PM2_HOME: join(folder, 'pm2') }
    const run = (...args) => end(spawn('pm2', args, { env, stdio: 'ignore' }))
    const config = join(folder, 'ecosystem.config.json')
    writeFileSync(config, JSON.stringify({ apps: services.map((one) => pm2App(top, one)) }))
    await run('start', config)
    const pid = Number(readFileSync(join(folder, 'pm2', 'pm2.pid'), 'utf8'))
    return {
      pids: () => [pid],
      stop: () => run('kill'),
      bytes: bytesIn(top),
      read: (service) => rotated(top, `${service.name}.log`),
      questions: (list) => askAll(fileQuestions(top, `${list[0].name}.log`)),
    }
  },
}

/** Not asked of the command: that would start a daemon. */
function pm2Version() {
  const path = execFileSync('sh', ['-c', 'realpath "$(command -v pm2)"'], { encoding: 'utf8' })
  const about = join(dirname(dirname(path.trim())), 'package.json')
  return JSON.parse(readFileSync(about, 'utf8')).version
}

function pm2App(top, { name, command: [script, ...args] }) {
  const logs = { out_file: join(top, `${name}.log`), error_file: '/dev/null' }
  return { name, script, args, interpreter: 'none', autorestart: false, ...logs }
}

/** A file and the older ones beside it, `.10` before `.1`. */
function* rotated(top, name) {
  const age = (one) => Number(one.slice(name.length + 1) || 0)
  const names = readdirSync(top).filter((one) => one.startsWith(name))
  for (const one of names.toSorted((a, b) => age(b) - age(a))) yield readFileSync(join(top, one))
}

function fileQuestions(top, name) {
  return [
    shellQuestion('tail', 'tail file', 'tail -n 200 "$1"', join(top, name)),
    shellQuestion('search', 'grep -F files', 'grep -a -h -r -F "$2" "$1"', top, NEEDLE),
  ]
}
