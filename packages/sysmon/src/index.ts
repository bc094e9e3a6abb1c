// The hero_proc plugin that samples what every run uses.
export { createSysmonPlugin, INTERVAL_MS } from './sysmon-plugin.js'
export type { SysmonOptions } from './sysmon-plugin.js'
