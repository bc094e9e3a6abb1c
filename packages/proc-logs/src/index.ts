// The hero_proc plugin that captures every service and serves what it captured.
export { createHeldPlugin } from './held-plugin.js'
export { openLogsPlugin } from './open-logs-plugin.js'
export type { LogsPluginOptions } from './open-logs-plugin.js'
export type { LogsPlugin } from './logs-plugin.js'
