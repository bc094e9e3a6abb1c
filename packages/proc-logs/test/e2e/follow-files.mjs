// Follows a file through the plugin, in a process that a test can kill: FOLDER FILE [to the end].
import { join } from 'node:path'
import { parseServiceDefinition } from '@hero/proc'
import { openLogsPlugin } from '@hero/proc-logs'

const [folder, path, toTheEnd] = process.argv.slice(2)
const plugin = await openLogsPlugin({ dir: join(folder, 'logs'), flushDelayMs: 1 })
const definition = parseServiceDefinition({
  name: 'app',
  command: ['true'],
  log: { files: [path] },
})
const run = { service: 'app', run: 1, mode: 'pipe', definition, startedTs: Date.now() * 1000 }
const exit = { code: 0, signal: null, orphans: false, escaped: false, endedTs: 0, durationMs: 0 }
const controls = { pause: () => undefined, resume: () => undefined }
plugin.runStarting(run, controls)
if (toTheEnd === undefined) {
  for await (const entry of plugin.logs.follow({ sources: ['app:app.log'] })) {
    if (entry.seq % 500 === 0) process.send(entry.seq)
  }
}
await plugin.runEnded(run, exit)
await plugin.close()
process.disconnect()
