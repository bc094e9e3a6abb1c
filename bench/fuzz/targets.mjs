// What is fuzzed. A target has a corpus and `open()`, which returns `take(bytes, random)`: it answers
// 'refused' for input that is refused as documented, and throws for everything that must not happen.
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { LineCutter } from '@hero/capture'
import { openLogsPlugin } from '@hero/proc-logs'
import { createDispatcher } from '@hero/rpc'
import { decodeCursor, encodeCursor } from '../../packages/logs/dist/model/cursor.js'
import { findKeys, findSecrets } from '../../packages/logs/dist/batch/find-secrets.js'
import { decodeBlock, encodeBlock } from '../../packages/logs/dist/store/block-codec.js'
import { Redactor } from '../../packages/logs/dist/batch/redactor.js'
import { patternTest } from '../../packages/logs/dist/read/pattern.js'
import { readConfigFile } from '../../packages/proc/dist/config-file.js'
import { toRecords } from '../../packages/proc-logs/dist/otlp.js'
import blockVectors from '../../packages/logs/test/store/block-vectors.json' with { type: 'json' }

const STORE_ID = '6b0f1d5e-0f6c-4c1e-9d2a-2f5f0c9b7a11'

const CALLER = { transport: 'unix', address: 'unix' }

/** By the name that `npm run fuzz` takes. */
export const TARGETS = {
  cutter: {
    corpus: texts(
      'one\ntwo\r\nGr\u00fc\u00dfe \u20ac\n\n',
      'no end',
      '\n\n\0\n',
      '\x1b[31mred\x1b[0m\n',
    ),
    open: cutter,
  },
  redactor: {
    corpus: texts(
      'password=hunter2\n',
      'http://a:b@c/\n',
      '-----BEGIN PRIVATE KEY-----\nAA\n-----END\n',
    ),
    open: redactor,
  },
  block: { corpus: vectors(), open: block },
  cursor: {
    corpus: texts(encodeCursor(STORE_ID, 1), encodeCursor(STORE_ID, 2 ** 52)),
    open: cursor,
  },
  pattern: { corpus: texts('(a|b)*c{2,3}[^x-z]\\d', '^\\p{L}+$', '(?:a){0,9}'), open: pattern },
  'json-rpc': {
    corpus: texts(
      '{"jsonrpc":"2.0","id":1,"method":"logs.insert","params":{"source":"a","entries":[{"text":"x","level":"info","fields":{"a":[1]}}]}}',
      '[{"jsonrpc":"2.0","id":"x","method":"logs.query","params":{"sources":["a*"],"since":0,"regex":"a+","limit":5}}]',
      '{"jsonrpc":"2.0","method":"log_batcher.configure","params":{"source":"a","rate_limit":{"lines_per_second":1}}}',
    ),
    open: jsonRpc,
  },
  ingest: {
    corpus: texts('a line\nanother\n', '{"text":"x","level":"info"}', '{"text_b64":"/w=="}'),
    open: ingest,
  },
  otlp: {
    corpus: texts(
      '{"resourceLogs":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"a"}}]},"scopeLogs":[{"scope":{"name":"s"},"logRecords":[{"timeUnixNano":"1544712660300000000","severityNumber":9,"body":{"stringValue":"x"},"attributes":[{"key":"k","value":{"arrayValue":{"values":[{"intValue":"1"}]}}}]}]}]}]}',
    ),
    open: otlp,
  },
  config: {
    corpus: texts(
      '[service.web]\ncommand = ["./web"]\nenv = { A = "b" }\nready = { type = "http", url = "http://127.0.0.1:1/" }\n[service.web.log]\nrate_limit = { lines_per_second = 1 }\n',
    ),
    open: config,
  },
}

function texts(...all) {
  return all.map((text) => Buffer.from(text))
}

/** The same lines wherever the stream is cut, at every point of it, and not a byte lost. */
function cutter() {
  const regionsOf = (pieces, lineBytesMax) => {
    const out = []
    const onRegion = ({ bytes, start, end }) => out.push(Buffer.from(bytes.subarray(start, end)))
    const one = new LineCutter({ stream: 'stdout', lineBytesMax, onRegion })
    for (const bytes of pieces) one.push(bytes, 1)
    one.end(1)
    return Buffer.concat(out)
  }
  return {
    take(bytes, random) {
      const lineBytesMax = random.integer(4, 64)
      for (let at = 0; at <= Math.min(bytes.length, 200); at++) {
        const cut = [bytes.subarray(0, at), bytes.subarray(at)]
        assert.ok(regionsOf(cut, lineBytesMax).equals(bytes), `cut at ${at}`)
      }
    },
  }
}

/** Lines stay lines, and what is hidden does not depend on where a line is cut. */
function redactor() {
  const outOf = (pieces) => {
    const one = new Redactor([])
    const told = pieces.map((bytes, i) => {
      const isLast = i === pieces.length - 1
      const part = pieces.length === 1 ? 'none' : isLast ? 'last' : 'first'
      const region = {
        bytes,
        start: 0,
        end: bytes.length,
        lines: 1,
        stream: 'stdout',
        ts: 1,
        part,
        terminated: isLast,
      }
      return one.region(region).bytes
    })
    return Buffer.concat(told)
  }
  return {
    take(bytes, random) {
      const text = bytes.toString('latin1')
      findSecrets(text, [], findKeys(text, 0))
      const at = random.integer(0, bytes.length)
      const whole = outOf([bytes])
      assert.equal(count(whole), count(bytes))
      if (bytes.length < 4_000)
        assert.ok(outOf([bytes.subarray(0, at), bytes.subarray(at)]).equals(whole), `cut at ${at}`)
    },
  }
}

function count(bytes) {
  return bytes.filter((byte) => byte === 10).length
}

/** Refused with a RangeError or an error of zlib, or decoded: then encoded again it decodes to the same. */
function block() {
  return {
    take(bytes) {
      const rows = refusing(
        () => decodeBlock(bytes),
        (error) =>
          error instanceof RangeError ||
          /^(ERR_BROTLI|ERR__ERROR_FORMAT|Z_|ERR_BUFFER_TOO_LARGE|ERR_OUT)/.test(
            String(error.code),
          ),
      )
      if (rows === 'refused') return rows
      // Numbers that nobody gives out are lost in sums; a checksum keeps them from readers.
      if (
        !['seq', 'n', 'ts', 'run'].every((name) =>
          rows[name].subarray(0, rows.count).every(Number.isSafeInteger),
        )
      )
        return undefined
      const again = decodeBlock(encodeBlock(rows, { pack: false, lengths: true }))
      assert.equal(again.count, rows.count)
      assert.ok(again.text.equals(rows.text.subarray(0, rows.textLength)))
      return undefined
    },
  }
}

function cursor() {
  return {
    take(bytes) {
      const seq = refusing(
        () => decodeCursor(STORE_ID, bytes.toString('latin1')),
        (error) => error.code === 'InvalidCursor',
      )
      if (seq === 'refused') return seq
      assert.ok(Number.isSafeInteger(seq) && seq >= 0)
      return undefined
    },
  }
}

function pattern() {
  return {
    take(bytes) {
      const test = refusing(
        () => patternTest(bytes.toString()),
        (error) => error instanceof SyntaxError || error instanceof RangeError,
      )
      if (test === 'refused') return test
      for (const line of ['', 'abc', 'x'.repeat(100)]) assert.equal(typeof test(line), 'boolean')
      return undefined
    },
  }
}

/** Every answer is JSON-RPC's, with a code of the documented ranges, and tells nothing of the inside. */
async function jsonRpc() {
  const { plugin, folder } = await openPlugin()
  const dispatcher = createDispatcher({ methods: plugin.methods })
  return {
    async take(bytes) {
      const text = await dispatcher.receive(bytes.toString(), {
        signal: AbortSignal.timeout(5_000),
        caller: CALLER,
      })
      if (text === undefined) return undefined
      assert.ok(
        !/ at .*\.js:\d+|SELECT |INSERT |SQLITE|node_modules/.test(text),
        text.slice(0, 500),
      )
      let refused = false
      for (const { jsonrpc, error } of [JSON.parse(text)].flat()) {
        assert.equal(jsonrpc, '2.0')
        if (error === undefined) continue
        refused = true
        assert.ok(
          error.code <= -32_000 && error.code >= -32_768 && error.code !== -32_009,
          text.slice(0, 500),
        )
      }
      return refused ? 'refused' : undefined
    },
    close: () => closePlugin(plugin, folder),
  }
}

/** Messages of a WebSocket as the route takes them: every byte or a named error, and the accounts add up. */
async function ingest() {
  const { plugin, folder } = await openPlugin()
  const route = plugin.sockets.find(({ path }) => path === '/ingest/:id')
  return {
    async take(bytes, random) {
      const abort = new AbortController()
      const sent = []
      let onMessage
      let onClosing
      const open = await route.handler(
        { id: 'fuzz' },
        { query: new URLSearchParams(), caller: CALLER },
      )
      open({
        signal: abort.signal,
        send: (text) => sent.push(JSON.parse(text)),
        pause: () => {},
        resume: () => {},
        onMessage: (listener) => (onMessage = listener),
        onClosing: (listener) => (onClosing = listener),
      })
      const isText = random.next() < 0.5
      onMessage(
        isText
          ? { text: bytes.toString(), bytes: Buffer.from(bytes.toString()) }
          : { text: undefined, bytes },
      )
      onClosing()
      abort.abort()
      const { totals } = plugin.logs.stats()
      assert.equal(totals.received_total, totals.sent_total + totals.dropped_total)
      return sent.some(({ type }) => type === 'error') ? 'refused' : undefined
    },
    close: () => closePlugin(plugin, folder),
  }
}

/** Records that the sink takes, or an error of the dispatcher's kind. */
async function otlp() {
  const { plugin, folder } = await openPlugin()
  const sink = plugin.logs.sink({ source: 'otlp', origin: 'rpc' })
  return {
    take(bytes) {
      let request
      try {
        request = JSON.parse(bytes.toString())
      } catch {
        return 'refused'
      }
      const records = refusing(
        () => toRecords(request, 10_000),
        (error) => error.data?.code !== undefined,
      )
      if (records === 'refused') return records
      for (const { record } of records) {
        refusing(
          () => sink.write(record),
          (error) => error instanceof TypeError || error instanceof RangeError,
        )
      }
      return undefined
    },
    close: () => closePlugin(plugin, folder),
  }
}

/** Definitions, or an error that says what is wrong with the file. */
function config() {
  const folder = mkdtempSync(join(tmpdir(), 'hero-fuzz-'))
  const path = join(folder, 'hero_proc.toml')
  return {
    async take(bytes) {
      writeFileSync(path, bytes)
      try {
        const { services } = await readConfigFile(path)
        for (const { name, command } of services) assert.ok(name && command.length > 0)
        return undefined
      } catch (error) {
        if (error.message.includes(path) && !/ at .*\.js:\d+/.test(error.message)) return 'refused'
        throw error
      }
    },
    close: () => rmSync(folder, { recursive: true }),
  }
}

function refusing(work, isRefusal) {
  try {
    return work()
  } catch (error) {
    if (isRefusal(error)) return 'refused'
    throw error
  }
}

function vectors() {
  return blockVectors.map(({ block: hex }) => Buffer.from(hex, 'hex'))
}

async function openPlugin() {
  const folder = mkdtempSync(join(tmpdir(), 'hero-fuzz-'))
  const dir = join(folder, 'logs')
  const plugin = await openLogsPlugin({ dir, keepBytes: 67_108_864, durability: 'interval' })
  return { plugin, folder }
}

async function closePlugin(plugin, folder) {
  await plugin.close()
  rmSync(folder, { recursive: true, force: true })
}
