// Moves the WAL of a partition into its file, in a thread of its own: that takes a sync of the file, for
// which no batch should have to wait. SQLite lets the writer go on meanwhile.
import { parentPort } from 'node:worker_threads'
import { checkpointFile } from './database.js'

parentPort!.on('message', (path: string) => {
  try {
    checkpointFile(path)
  } catch {
    // Removed in this moment, or the disk fails: the writer's next commit says so.
  }
  parentPort!.postMessage(path)
})
