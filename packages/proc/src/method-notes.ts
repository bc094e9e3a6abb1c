// What the document says of each method besides its declaration: what a call does, and one call with its
// answer. A test makes every call on a hero_proc with the service `web`; figures of the moment (times,
// process ids) are compared by their kind.
import type { MethodNotes } from '@hero/rpc'

const DEFINITION = { name: 'web', command: ['sleep', '3600'] }

const STATUS = {
  name: 'web',
  state: 'stopped',
  pid: null,
  run: null,
  started_ts: null,
  next_start_ts: null,
  restarts: 0,
  last_exit: null,
  definition: DEFINITION,
}

const RUNNING = {
  ...STATUS,
  state: 'running',
  pid: 4242,
  run: 1,
  started_ts: 1_795_255_200_000_000,
}

const STOPPED = {
  ...STATUS,
  run: 1,
  last_exit: {
    run: 1,
    code: null,
    signal: 'SIGTERM',
    escaped: false,
    ended_ts: 1_795_255_260_000_000,
    duration_ms: 60_000,
  },
}

const INSPECTION = {
  status: STATUS,
  is_configured: false,
  dependents: [],
  operations: [],
  runs: [],
}

const HEALTH = {
  service: 'web',
  ok: false,
  layers: [{ layer: 'process', name: 'process', ok: false, detail: 'stopped' }],
}

/** By method. */
export const METHOD_NOTES: Readonly<Record<string, MethodNotes>> = {
  'rpc.health': {
    example: {
      params: {},
      result: {
        ok: true,
        pid: 4241,
        version: '0.1.0',
        uptime_ms: 86_400_000,
        data_dir: '/var/lib/hero_proc',
        services: { total: 1, running: 0 },
        plugins: { logs: { ok: true, detail: 'writing' } },
      },
    },
  },
  'service.list': { example: { params: {}, result: { services: [STATUS] } } },
  'service.status': { example: { params: { name: 'web' }, result: STATUS } },
  'service.inspect': { example: { params: { name: 'web' }, result: INSPECTION } },
  'service.health': { example: { params: { name: 'web' }, result: HEALTH } },
  'service.troubleshoot': {
    example: {
      params: { name: 'web' },
      result: { ...INSPECTION, health: HEALTH, plugins: { logs: {} } },
    },
  },
  'config.reload': {
    effect: 'changes',
    example: {
      params: {},
      result: { added: [], removed: [], changed: [], unchanged: [], options: [] },
    },
  },
  'service.watch': {
    example: { params: { services: ['web'] }, result: { watching: true } },
  },
  'service.unwatch': { example: { params: {}, result: { ended: false } } },
  'service.start': { effect: 'changes', example: { params: { name: 'web' }, result: RUNNING } },
  'service.stop': { effect: 'changes', example: { params: { name: 'web' }, result: STOPPED } },
  'service.restart': { effect: 'changes', example: { params: { name: 'web' }, result: RUNNING } },
  'service.add': {
    effect: 'changes',
    example: {
      params: { definition: { name: 'cups', command: ['sleep', '3600'] } },
      result: { ...STATUS, name: 'cups', definition: { ...DEFINITION, name: 'cups' } },
    },
  },
  'service.delete': {
    effect: 'changes',
    example: { params: { name: 'web' }, result: { deleted: 'web' } },
  },
}
