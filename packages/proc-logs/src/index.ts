// The hero_proc plugin that captures every service and serves what it captured. What serves without a store
// is imported by a path of its own, `@hero/proc-logs/held`: nearly no start needs it.
export { openLogsPlugin } from './open-logs-plugin.js'
export type { LogsPluginOptions } from './open-logs-plugin.js'
export type { LogsPlugin } from './logs-plugin.js'
