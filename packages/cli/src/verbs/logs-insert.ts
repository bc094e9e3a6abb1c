// `hero_proc logs insert SOURCE [TEXT]`: puts lines into a source, from the argument or from stdin.
//
//   stdin -> lines, cut on bytes -> batches -> logs.insert, one at a time -> commit
import { isUtf8 } from 'node:buffer'
import type { RpcClient } from '@hero/rpc'
import type { Command } from 'commander'
import { connect } from '../connect.js'
import { CliError, EXIT } from '../exit.js'
import { parseLevel } from '../level-spec.js'
import { say } from '../output.js'
import { resolveSettings } from '../settings.js'
import type { SettingFlags } from '../settings.js'

interface InsertFlags extends SettingFlags {
  readonly level?: string
}

interface InsertAnswer {
  readonly accepted: number
  readonly dropped: number
  readonly errors?: readonly { readonly index: number; readonly message: string }[]
}

/** Lines and bytes of one call. Escaped as JSON a byte may take six: the body stays under 8 MB. */
const BATCH_LINES_MAX = 10_000
const BATCH_BYTES_MAX = 1_000_000

const NEWLINE = 0x0a

/** Adds the verb below `logs`. */
export function addInsert(logs: Command): void {
  logs
    .command('insert')
    .summary('put lines into a source')
    .description('Put TEXT, or without it each line of stdin, into a source.')
    .argument('<source>', 'its name')
    .argument('[text]', 'one entry')
    .option('-p, --level <level>', 'their level')
    .action(async (source: string, text: string | undefined, _: object, self: Command) => {
      process.exitCode = await insert(source, text, self.optsWithGlobals<InsertFlags>())
    })
}

async function insert(
  source: string,
  text: string | undefined,
  flags: InsertFlags,
): Promise<number> {
  const level = flags.level === undefined ? undefined : parseLevel(flags.level)
  const { client } = await connect(resolveSettings(flags))
  try {
    const lines = text === undefined ? stdinBatches() : [[Buffer.from(text)]]
    let refused = 0
    let first = 1
    for await (const batch of lines) {
      refused += await send(client, { source, level, batch, first })
      first += batch.length
    }
    return refused === 0 ? EXIT.ok : EXIT.failure
  } finally {
    client.close()
  }
}

interface InsertBatch {
  readonly source: string
  readonly level: string | undefined
  readonly batch: readonly Buffer[]
  /** Number of its first line, from 1. */
  readonly first: number
}

/** Returns how many lines were not taken; says each on stderr. */
async function send(
  client: RpcClient,
  { source, level, batch, first }: InsertBatch,
): Promise<number> {
  const entries = batch.map((line) => ({
    ...(isUtf8(line) ? { text: line.toString() } : { text_b64: line.toString('base64') }),
    ...(level === undefined ? {} : { level }),
  }))
  const answer = await client.call<InsertAnswer>('logs.insert', { source, entries, ack: 'commit' })
  const errors = answer.errors ?? []
  for (const { index, message } of errors) say(`hero_proc: Line ${first + index}: ${message}`)
  if (answer.dropped > 0) say(`hero_proc: ${answer.dropped} lines were dropped`)
  return errors.length + answer.dropped
}

async function* stdinBatches(): AsyncGenerator<Buffer[]> {
  let batch: Buffer[] = []
  let bytes = 0
  for await (const line of stdinLines()) {
    if (batch.length >= BATCH_LINES_MAX || (bytes + line.length > BATCH_BYTES_MAX && bytes > 0)) {
      yield batch
      batch = []
      bytes = 0
    }
    batch.push(line)
    bytes += line.length
  }
  if (batch.length > 0) yield batch
}

async function* stdinLines(): AsyncGenerator<Buffer> {
  let rest: Buffer[] = []
  let restBytes = 0
  for await (const chunk of process.stdin as AsyncIterable<Buffer>) {
    let start = 0
    for (let end = chunk.indexOf(NEWLINE); end !== -1; end = chunk.indexOf(NEWLINE, start)) {
      yield Buffer.concat([...rest, chunk.subarray(start, end)])
      rest = []
      restBytes = 0
      start = end + 1
    }
    rest.push(chunk.subarray(start))
    restBytes += chunk.length - start
    if (restBytes > BATCH_BYTES_MAX) {
      throw new CliError(
        EXIT.failure,
        `Expected lines of at most ${BATCH_BYTES_MAX} bytes, got more`,
      )
    }
  }
  if (restBytes > 0) yield Buffer.concat(rest)
}
