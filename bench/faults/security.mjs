// S1 to S16: attacks. Most are tests of the packages, run here with their full counts; the rest have a file
// of their own beside this one.
import { byScript, byTests } from './by-command.mjs'
import { supplyChain } from './s16-supply-chain.mjs'
import { tampering } from './s15-tampering.mjs'

const RPC = 'packages/rpc/test'
const PROC_LOGS = 'packages/proc-logs/test'

export const SECURITY_TESTS = [
  byTests({
    id: 'S1',
    what: 'who can reach the socket: another user, umask 000, a long path, stale and live sockets',
    bound: 'folder 0700 and socket 0600, EACCES for others, a live socket is never unlinked',
    files: [`${RPC}/unix-socket.test.ts`, `${RPC}/socket-path.test.ts`],
  }),
  byTests({
    id: 'S2',
    what: 'who called: SO_PEERCRED of every connection',
    bound: 'uid and pid in the audit entry of every call that changes something',
    files: ['packages/capture/test/peer-credentials.test.ts', `${PROC_LOGS}/audit-log.test.ts`],
  }),
  byTests({
    id: 'S3',
    what: 'TCP ports that are open by default',
    bound: 'none; 127.0.0.1 only; other addresses need a token',
    files: [`${RPC}/e2e/security.test.ts`, 'packages/cli/test/http-settings.test.ts'],
  }),
  byTests({
    id: 'S4',
    what: 'hostile Host headers on HTTP and WebSocket upgrade',
    bound: '403 for each',
    files: [`${RPC}/e2e/security.test.ts`],
    name: 'Host|host',
  }),
  byTests({
    id: 'S5',
    what: 'foreign, null and missing Origin over TCP',
    bound: '403 before the handshake',
    files: [`${RPC}/e2e/security.test.ts`],
    name: 'rigin',
  }),
  byTests({
    id: 'S6',
    what: 'forms, text/plain, no-cors, GET with side effects',
    bound: '415 or 403 for all',
    files: [`${RPC}/e2e/security.test.ts`],
  }),
  byTests({
    id: 'S8',
    what: 'terminal escape sequences through the command to a terminal',
    bound: 'only line end, tab and well-formed SGR reach it',
    files: ['packages/cli/test/terminal-text.test.ts'],
    env: () => ({ TERMINAL_FUZZ: '1000000' }),
  }),
  byTests({
    id: 'S9',
    what: 'fuzzed filters against a plain list of all entries',
    bound: '0 errors of SQL, 0 rows outside the filter',
    files: ['packages/logs/test/e2e/oracle.test.ts'],
    env: ({ count }) => ({ ORACLE_QUERIES: String(count * 50) }),
  }),
  byTests({
    id: 'S10',
    what: 'names and paths that try to leave their folder',
    bound: '0 escapes',
    files: ['packages/logs/test/model/source-name.test.ts', `${PROC_LOGS}/e2e/hostile.test.ts`],
  }),
  byTests({
    id: 'S11',
    what: 'oversized, slow and bomb requests',
    bound: 'a typed error, bounded memory',
    files: [`${PROC_LOGS}/e2e/hostile.test.ts`, `${RPC}/json-bounds.test.ts`],
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
      `${PROC_LOGS}/e2e/secrets.test.ts`,
      'packages/logs/test/batch/redactor.test.ts',
      'packages/logs/test/batch/find-secrets.test.ts',
    ],
  }),
  byTests({
    id: 'S14',
    what: 'failures inside, seen from outside',
    bound: 'codes of the documented ranges, no SQL, paths or stacks',
    files: [`${RPC}/dispatcher.test.ts`, `${RPC}/e2e/errors-page.test.ts`],
  }),
  tampering,
  supplyChain,
]
