// Opens a store and closes it: what R23 cuts off while it brings the files up to date. Usage: open-run.mjs DIR
import { openLogs } from '@hero/logs'

const logs = await openLogs({ dir: process.argv[2] })
await logs.close()
