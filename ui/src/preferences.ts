// Theme and language: in the address when they differ from the default, so that a link looks the same for everyone,
// and remembered on this machine for an address that names neither.
import { computed, effect } from '@preact/signals'
import { go, param } from './router'

export type Theme = 'dark' | 'light'
export type Lang = 'vi' | 'en'

const named = { theme: param('theme'), lang: param('lang') }

export const theme = computed<Theme>(() => (named.theme.value === 'light' ? 'light' : 'dark'))
export const lang = computed<Lang>(() => (named.lang.value === 'en' ? 'en' : 'vi'))

export function setTheme(next: Theme): void {
  remember('theme', next)
  go('', { theme: next === 'dark' ? null : next }, { replace: true })
}

export function setLang(next: Lang): void {
  remember('lang', next)
  go('', { lang: next === 'vi' ? null : next }, { replace: true })
}

/** Take up what this machine remembers, and keep the document's own marks in step. */
export function startPreferences(): void {
  if (!named.theme.value && recall('theme') === 'light') setTheme('light')
  if (!named.lang.value && recall('lang') === 'en') setLang('en')
  effect(() => {
    document.documentElement.dataset['theme'] = theme.value
    document.documentElement.lang = lang.value
  })
}

// A browser may refuse storage (private windows, policies); the choice then lasts as long as the address does.
function remember(name: string, value: string): void {
  try {
    localStorage.setItem(`haidang.${name}`, value)
  } catch {
    return
  }
}

function recall(name: string): string | null {
  try {
    return localStorage.getItem(`haidang.${name}`)
  } catch {
    return null
  }
}
