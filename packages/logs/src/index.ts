// The public face of the log library.
export { DROP_REASONS, ORIGINS, PARTS, STREAMS } from './model/entry.js'
export type {
  DropReason,
  Entry,
  Fields,
  Gap,
  Json,
  LineRegion,
  Origin,
  Part,
  Stream,
} from './model/entry.js'
export { LEVELS, parseLevelName } from './model/level.js'
export type { Level } from './model/level.js'
export type { FollowOptions, Query, QueryPage } from './read/query.js'
