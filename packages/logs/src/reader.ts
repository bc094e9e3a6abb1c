// `@hero/logs/reader`: reading a store that nobody has open, for a command that starts, answers and ends:
// loading the writing side as well takes longer than the answer.
export { openLogReader } from './read/log-reader.js'
export type { LogReader } from './read/log-reader.js'
export { toWire } from './model/wire.js'
