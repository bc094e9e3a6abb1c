// The hero_proc plugin that captures every service and serves what it captured.
export { createHeldPlugin } from './held-plugin.js'
export { openLogsPlugin } from './logs-plugin.js'
export type { LogsPlugin, LogsPluginOptions } from './logs-plugin.js'
