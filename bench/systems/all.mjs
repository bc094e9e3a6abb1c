// Every system that is measured, hero_proc first. Each is `{ name, reason, version, open }`: why it cannot
// be measured here (undefined when it can), what is installed, and how it is started on waiting services.
//
// `open({ folder, services })` gives `{ pids, bytes, read, questions, finish?, settle?, stop }`: the processes
// of its logging side, the bytes of its files, the lines of a service as pieces of bytes (or `digests`: the
// number and the SHA-256 of the lines of each), answers about last lines and a rare word, what is done before
// reading back, when everything is stored (else: when nothing moves), and its end.
import { REDIS, ROWS } from './databases.mjs'
import { HERO_PROCS } from './hero-proc.mjs'
import { JOURNALD } from './journald.mjs'
import { PIPE_LOGGERS } from './pipe-loggers.mjs'
import { PM2, SUPERVISORD } from './supervisors.mjs'

export const SYSTEMS = [...HERO_PROCS, ...PIPE_LOGGERS, SUPERVISORD, PM2, JOURNALD, REDIS, ROWS]
