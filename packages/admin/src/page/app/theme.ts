// Light, dark, or as the system has it. The choice is kept in this browser.

export const THEMES = ['system', 'light', 'dark'] as const
export type Theme = (typeof THEMES)[number]

const KEY = 'hero.theme'

/** The theme that was chosen. */
export function chosenTheme(): Theme {
  const kept = localStorage.getItem(KEY)
  return THEMES.find((one) => one === kept) ?? 'system'
}

/** Shows the page in `theme`, and remembers it. */
export function applyTheme(theme: Theme = chosenTheme()): void {
  localStorage.setItem(KEY, theme)
  if (theme === 'system') delete document.documentElement.dataset['theme']
  else document.documentElement.dataset['theme'] = theme
  dispatchEvent(new Event('hero-theme'))
}

/** Calls `listener` when colors may have changed: charts draw theirs themselves. Returns how to end that. */
export function onThemeChange(listener: () => void): () => void {
  const media = matchMedia('(prefers-color-scheme: dark)')
  media.addEventListener('change', listener)
  addEventListener('hero-theme', listener)
  return () => {
    media.removeEventListener('change', listener)
    removeEventListener('hero-theme', listener)
  }
}
