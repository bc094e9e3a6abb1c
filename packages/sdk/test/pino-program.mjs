// A program that logs with pino: into a stream in its own thread, or into a transport in another one.
//
//   node pino-program.mjs stream|transport SOCKET_PATH
import { pino } from 'pino'
import { createPinoStream } from '@hero/sdk/pino'

const [kind, socketPath] = process.argv.slice(2)
const options = { source: 'shop', socketPath }
const stream =
  kind === 'stream'
    ? createPinoStream(options)
    : pino.transport({ target: '@hero/sdk/pino', options })
const log = pino({ level: 'trace' }, stream)
for (const level of ['trace', 'debug', 'info', 'warn', 'error', 'fatal']) log[level](level)
log.child({ order: 7 }).info({ cups: ['a', 'b'] }, 'packed %d', 2)
log.error(new TypeError('no cups'))
stream.end()
