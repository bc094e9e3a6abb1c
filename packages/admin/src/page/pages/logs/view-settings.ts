// How lines are shown: kept in this browser.
import { TIME_STYLES } from '../../text/times.js'
import type { TimeStyle } from '../../text/times.js'

export interface ViewSettings {
  readonly timeStyle: TimeStyle
  readonly wraps: boolean
  readonly foldsMessages: boolean
  readonly showsSources: boolean
  readonly showsChart: boolean
}

const KEY = 'hero.logs'
const DEFAULTS: ViewSettings = {
  timeStyle: 'local',
  wraps: true,
  foldsMessages: false,
  showsSources: true,
  showsChart: true,
}

/** What was chosen before; narrow screens begin without what takes room. */
export function keptSettings(): ViewSettings {
  const isNarrow = matchMedia('(max-width: 720px)').matches
  const start = isNarrow ? { ...DEFAULTS, showsSources: false, showsChart: false } : DEFAULTS
  try {
    const kept = JSON.parse(localStorage.getItem(KEY) ?? '{}') as Partial<ViewSettings>
    const { timeStyle = start.timeStyle } = kept
    const known = TIME_STYLES.includes(timeStyle) ? timeStyle : start.timeStyle
    const panels = isNarrow ? { showsSources: false, showsChart: false } : {}
    return { ...start, ...kept, timeStyle: known, ...panels }
  } catch {
    return start
  }
}

export function keepSettings(settings: ViewSettings): void {
  localStorage.setItem(KEY, JSON.stringify(settings))
}
