// S1 to S16: attacks. Most are tests of the packages that have the number in their name, run here with their
// full counts; the rest have a file of their own beside this one.
import { byScript, byTests } from './by-command.mjs'
import { supplyChain } from './s16-supply-chain.mjs'
import { tampering } from './s15-tampering.mjs'

const FILES = [
  'packages/rpc/test/rpc-socket.test.ts',
  'packages/rpc/test/e2e/security.test.ts',
  'packages/proc-logs/test/e2e/serving.test.ts',
  'packages/proc-logs/test/e2e/document.test.ts',
  'packages/proc-logs/test/e2e/hostile.test.ts',
  'packages/cli/test/e2e/serve.test.ts',
  'packages/cli/test/e2e/bombs.test.ts',
]
/** Filters that S9 asks for. */
const FILTERS = 100_000
/** What S11 may do to the p99 of other clients. */
const OTHERS_SLOWER_MAX = 2

export const SECURITY_TESTS = [
  numbered({
    id: 'S1',
    what: 'who can reach the socket: another user, umask 000, a long path, stale and live sockets',
    bound: 'folder 0700 and socket 0600, EACCES for others, a live socket is never unlinked',
  }),
  numbered({
    id: 'S2',
    what: 'who called: SO_PEERCRED of every connection',
    bound: 'uid and pid in the audit of every call that changes something, other users refused',
  }),
  numbered({
    id: 'S3',
    what: 'TCP ports that are open by default, and addresses that others can reach',
    bound: 'no port by default; other addresses need a token',
  }),
  numbered({
    id: 'S4',
    what: '20 hostile Host headers on HTTP and WebSocket upgrade',
    bound: '403 for each',
  }),
  numbered({
    id: 'S5',
    what: 'foreign, null and missing Origin over TCP',
    bound: '403 before the handshake',
  }),
  numbered({
    id: 'S6',
    what: 'forms, text/plain, no-cors, GET with side effects',
    bound: '415 or 403 for all',
  }),
  byTests({
    id: 'S7',
    what: '200 payloads in body, source, fields and names, through every page in Chromium',
    bound: '0 dialogs, 0 foreign requests, 0 reports of the content security policy',
    files: ['packages/admin/test/e2e/hostile.test.ts'],
  }),
  byTests({
    id: 'S8',
    what: 'random and known escape sequences through the command to a terminal',
    bound: 'only line end, tab and well-formed SGR reach it',
    files: ['packages/cli/test/terminal-text.test.ts'],
  }),
  numbered({
    id: 'S9',
    what: '100,000 fuzzed filters',
    bound: '0 errors of SQL, 0 entries outside the filter',
    env: ({ count }) => ({ HERO_FUZZ: String(Math.round((FILTERS * count) / 200)) }),
  }),
  numbered({
    id: 'S10',
    what: '200 names and paths that try to leave their folder, and links',
    bound: '0 escapes',
  }),
  numbered({
    id: 'S11',
    what: 'oversized, slow and bomb requests',
    bound: 'a typed error, memory <= 32 MiB more, p99 of others < 2 x',
    judge: (figure) => {
      const ratio = Number(/: ([\d.]+) x/.exec(figure)?.[1])
      return ratio < OTHERS_SLOWER_MAX ? [] : [`the others' calls take ${ratio} times as long`]
    },
  }),
  byScript({
    id: 'S12',
    what: '56 evil patterns on lines of 10 KB, and 26 evil lines through redaction',
    bound: 'each <= 100 ms of CPU, or refused',
    script: 'hostile.mjs',
    figure: (said) => said.trimEnd().split('\n').at(-1),
  }),
  byTests({
    id: 'S13',
    what: '50 secrets by pipe, RPC and WebSocket, cut anywhere',
    bound: '0 in files, entries, exports and metrics; each counted',
    files: [
      'packages/proc-logs/test/e2e/secrets.test.ts',
      'packages/logs/test/batch/redactor.test.ts',
      'packages/logs/test/batch/find-secrets.test.ts',
    ],
  }),
  numbered({
    id: 'S14',
    what: '30 failures inside, seen from outside',
    bound: 'codes of the documented ranges, no SQL, paths or stacks',
  }),
  tampering,
  supplyChain,
]

/** The tests whose name has the number. */
function numbered({ id, ...test }) {
  return byTests({ id, files: FILES, name: String.raw`\b${id}\b`, ...test })
}
