import './design/fonts.css'
import './design/tokens.css'
import './design/base.css'
import './design/marks.css'
import './design/controls.css'
import './design/notices.css'
import './design/lists.css'
import './shell/shell.css'
import './shell/overlays.css'
import { render } from 'preact'
import { startTime } from './api/time'
import { App } from './app'
import { startKeys } from './keys'
import { startPreferences } from './preferences'
import { startRouter } from './router'

startPreferences()
startRouter()
startKeys()
startTime()
render(<App />, document.getElementById('app') as HTMLElement)
