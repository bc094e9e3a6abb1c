// Where entries come from: a running hero_proc, or the data dir itself when none is running. Both answer
// the same pages in the shape of the wire.
import { setImmediate as turn } from 'node:timers/promises'
import type { Query, SourceInfo, WireEntry } from '@hero/logs'
import type { RpcClient } from '@hero/rpc'
import { tryConnect } from '../connect.js'
import type { Settings } from '../settings.js'

/** One page of an answer. */
export interface EntryPage {
  readonly entries: readonly WireEntry[]
  /** Where to go on; null at the end. */
  readonly next_cursor: string | null
  /** How many lines were looked at for it. */
  readonly scanned_lines: number
}

export interface EntryReader {
  /** The running hero_proc that answers; undefined when the data dir is read. */
  readonly client: RpcClient | undefined
  query(query: Query): Promise<EntryPage>
  sources(): Promise<readonly SourceInfo[]>
  close(): void
}

/** A search may take its time between two answers: the server bounds the work of each. */
const QUERY_TIMEOUT_MS = 120_000

/**
 * Opens whatever can answer for `settings`.
 *
 * @param onDirect Called before the data dir is read directly.
 * @throws {LogsError} `NotFound` if there is no log store either.
 */
export async function openEntryReader(
  settings: Settings,
  onDirect: () => void,
): Promise<EntryReader> {
  const connection = await tryConnect(settings)
  if (connection) return remoteReader(connection.client)
  onDirect()
  return await storeReader(settings.logsDir)
}

function remoteReader(client: RpcClient): EntryReader {
  return {
    client,
    query: async (query) =>
      await client.call<EntryPage>('logs.query', query, { timeoutMs: QUERY_TIMEOUT_MS }),
    sources: async () => {
      const { sources } = await client.call<{ sources: SourceInfo[] }>('logs.sources')
      return sources
    },
    close: () => client.close(),
  }
}

async function storeReader(dir: string): Promise<EntryReader> {
  const { openLogReader, toWire } = await import('@hero/logs/reader')
  const reader = openLogReader({ dir })
  return {
    client: undefined,
    query: async (query) => {
      // The library answers in this thread: let the page before be written and signals be heard first.
      await turn()
      const page = reader.query(query)
      return { ...page, entries: page.entries.map((entry) => toWire(entry, reader.storeId)) }
    },
    sources: async () => reader.sources(),
    close: () => reader.close(),
  }
}
