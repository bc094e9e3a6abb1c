// Writes openrpc.json, the generated calls and docs/reference/rpc.md: asks a hero_proc with all its plugins for its document.
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startHeroProc } from '@hero/proc'
import { openLogsPlugin } from '@hero/proc-logs'
import { createRpcClient } from '@hero/rpc/client'
import { generateCalls, writeReference } from '@hero/sdk/generator'

const folder = mkdtempSync(join(tmpdir(), 'hero-sdk-'))
const plugin = await openLogsPlugin({ dir: join(folder, 'logs'), followFiles: true })
const socketPath = join(folder, 'rpc.sock')
const server = await startHeroProc({ dataDir: folder, socketPath, plugins: [plugin] })
const client = createRpcClient({ socketPath })
const document = await client.call('rpc.discover')
client.close()
await server.close()
rmSync(folder, { recursive: true, force: true })

const home = new URL('../', import.meta.url)
writeFileSync(new URL('openrpc.json', home), `${JSON.stringify(document, null, 2)}\n`)
const generated = new URL('src/generated/', home)
for (const name of readdirSync(generated)) rmSync(new URL(name, generated))
for (const [name, text] of generateCalls(document)) writeFileSync(new URL(name, generated), text)
writeFileSync(new URL('../../docs/reference/rpc.md', home), writeReference(document.methods))
