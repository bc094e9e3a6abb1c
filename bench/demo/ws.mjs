// A WebSocket for a shell: lines of stdin become messages, messages become lines of stdout.
//
//   node bench/demo/ws.mjs SOCKET PATH      for example ~/hero/var/sockets/hero_proc/rpc.sock /stream/shop
//
// It closes at the end of stdin when it has sent something, and else goes on until the other end closes.
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { WebSocket } from 'ws'

const [socketPath, path] = process.argv.slice(2)
const socket = new WebSocket(`ws+unix:${socketPath}:${path}`)
socket.on('message', (/** @type {Buffer} */ data) => console.log(data.toString()))
socket.on('close', () => process.exit())
socket.on('error', (error) => {
  console.error(`ws: ${error.message}`)
  process.exit(1)
})
await once(socket, 'open')
let hasSent = false
for await (const line of createInterface({ input: process.stdin })) {
  socket.send(line)
  hasSent = true
}
if (hasSent) socket.close()
