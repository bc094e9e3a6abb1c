// `hero_proc attach`: this terminal becomes the service's. Everything typed goes to it, but for the key
// that leaves; what it shows comes raw, for that is what a terminal is for.
import type { ClientSocket } from '@hero/rpc'
import type { Command } from 'commander'
import { connect } from '../connect.js'
import { say } from '../output.js'
import { resolveSettings } from '../settings.js'
import type { SettingFlags } from '../settings.js'

/** Ctrl-], as telnet has it. */
const LEAVE_KEY = 0x1d

interface AttachFlags extends SettingFlags {
  readonly input: boolean
}

/** Adds arguments, flags and the action. */
export function configure(command: Command): void {
  command
    .argument('<service>', 'a service with capture "tee"')
    .option('--no-input', 'only look')
    .addHelpText(
      'after',
      '\nShows the newest 256 KiB, then everything as it comes. Ctrl-] leaves and the service goes on.\n' +
        'Ends by itself when the service stops, fails or is deleted. What it shows\n' +
        'is also in its log: hero_proc logs NAME.',
    )
    .action(async (name: string, _: object, self: Command) => {
      await attach(name, self.optsWithGlobals<AttachFlags>())
    })
}

async function attach(name: string, flags: AttachFlags): Promise<void> {
  const settings = resolveSettings(flags)
  const { client } = await connect(settings)
  client.close()
  const { connectSocket } = await import('@hero/rpc')
  const path = `/attach/${encodeURIComponent(name)}`
  const socket = await connectSocket(settings.socketPath, path)
  socket.onMessage(({ text, bytes }) => {
    if (text === undefined) process.stdout.write(bytes)
    else tell(name, JSON.parse(text) as Told, socket)
  })
  const release = flags.input ? passInput(socket) : () => undefined
  try {
    await socket.closed
  } finally {
    release()
  }
}

interface Told {
  readonly type: string
  readonly state?: string
  readonly bytes?: number
}

function tell(name: string, { type, state = '', bytes = 0 }: Told, socket: ClientSocket): void {
  if (type === 'lost') say(`hero_proc: ${bytes} bytes came too fast to be shown; the log has them`)
  if (type === 'refused') say(`hero_proc: ${name} does not read; ${bytes} bytes were not typed`)
  if (type !== 'begin' && type !== 'state') return
  if (!['stopped', 'failed'].includes(state)) return
  say(`hero_proc: ${name} is ${state}`)
  socket.close()
}

/** Passes on keys and the size of this terminal; returns how to give the terminal back. */
function passInput(socket: ClientSocket): () => void {
  const { stdin, stdout } = process
  const onData = (bytes: Buffer): void => {
    const leave = stdin.isTTY ? bytes.indexOf(LEAVE_KEY) : -1
    if (leave < 0) return socket.send(bytes)
    if (leave > 0) socket.send(bytes.subarray(0, leave))
    socket.close()
  }
  const onResize = (): void => {
    const { columns, rows } = stdout
    socket.send(JSON.stringify({ type: 'resize', columns, rows }))
  }
  if (stdin.isTTY) stdin.setRawMode(true)
  if (stdout.isTTY) {
    onResize()
    stdout.on('resize', onResize)
  }
  stdin.on('data', onData)
  return () => {
    stdin.off('data', onData)
    stdin.pause()
    stdout.off('resize', onResize)
    if (stdin.isTTY) stdin.setRawMode(false)
  }
}
