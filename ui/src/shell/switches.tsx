import { Button } from '../design/controls'
import { common } from '../messages/common'
import { lang, setLang, setTheme, theme } from '../preferences'

/** Dark control room, light office. */
export function ThemeSwitch() {
  const m = common.value.theme
  const dark = theme.value === 'dark'
  return (
    <Button
      kind="ghost"
      icon={dark ? 'sun' : 'moon'}
      label={dark ? m.toLight : m.toDark}
      onClick={() => setTheme(dark ? 'light' : 'dark')}
    />
  )
}

/** The other language, named in that language. */
export function LanguageSwitch() {
  const m = common.value.language
  return (
    <Button kind="ghost" label={m.switch} class="switch-language" onClick={() => setLang(lang.value === 'vi' ? 'en' : 'vi')}>
      {m.short}
    </Button>
  )
}
