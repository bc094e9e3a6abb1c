// Lines from memory into a fresh store, in a process of its own: what the library alone can take.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { folderBytes, runPart } from '../part.mjs'

/**
 * Returns lines a second until they are committed (warm), and CPU microseconds and bytes on disk a line, with
 * the compaction and the end of the store.
 *
 * @param {{ path: string, lines: number }} input
 * @param {{ shape: 'flood' | 'trickle', durability?: 'batch' | 'interval' }} how See the part.
 */
export async function insertLines({ path, lines }, { shape, durability = 'batch' }) {
  const dir = mkdtempSync(join(tmpdir(), 'hero-insert-'))
  try {
    const usage = await runPart('insert', { dir, paths: [path], shape, durability })
    return {
      lines,
      rate: (lines * usage.insertShare * 1000) / usage.insertMs,
      cpu: usage.cpuUs / lines,
      disk: folderBytes(dir) / lines,
    }
  } finally {
    rmSync(dir, { recursive: true, force: true })
  }
}
