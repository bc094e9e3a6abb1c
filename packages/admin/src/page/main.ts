// The page's beginning: the theme that was chosen, then the shell.
import './app/hero-app.js'
import { applyTheme } from './app/theme.js'

applyTheme()
