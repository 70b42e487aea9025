// Ctrl-K: go to a screen, run a command, find a device or an area. Typing without accents is enough.
import { computed, signal } from '@preact/signals'
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks'
import { get } from '../api/client'
import { asProblem, type Problem } from '../api/problem'
import { may } from '../api/session'
import type { SearchHit } from '../api/types'
import { Icon, type IconName } from '../design/icons'
import { fold } from '../format/fold'
import { useKeys } from '../keys'
import { common } from '../messages/common'
import { lang, setLang, setTheme, theme } from '../preferences'
import { go } from '../router'
import { PLACES } from './places'

interface Choice {
  key: string
  icon: IconName
  title: string
  subtitle: string
  run: () => void
}

/** Long enough that a quick typist asks the server once. */
const PAUSE_MS = 150

const open = signal(false)
const typed = signal('')
const hits = signal<readonly SearchHit[]>([])
const problem = signal<Problem | null>(null)
const chosen = signal(0)
let cameFrom: Element | null = null

const choices = computed<readonly Choice[]>(() => [...commands().filter(matches), ...hits.value.map(asChoice)])

export function togglePalette(): void {
  if (open.value) close()
  else {
    cameFrom = document.activeElement
    typed.value = ''
    hits.value = []
    chosen.value = 0
    open.value = true
  }
}

function close(): void {
  open.value = false
  if (cameFrom instanceof HTMLElement) cameFrom.focus()
}

export function Palette() {
  return open.value ? <PaletteBox /> : null
}

function PaletteBox() {
  const m = common.value.palette
  const frame = useRef<HTMLDivElement>(null)
  useKeys([{ press: 'Escape', shown: 'Esc', label: () => common.value.close, run: close, inText: true }])
  useSearch(typed.value)
  // Before the next key: whoever types on at once loses no letter.
  useLayoutEffect(() => frame.current?.querySelector('input')?.focus(), [])
  useEffect(() => {
    const closeOutside = (event: Event) => {
      if (!frame.current?.contains(event.target as Node)) open.value = false
    }
    document.addEventListener('pointerdown', closeOutside)
    return () => document.removeEventListener('pointerdown', closeOutside)
  }, [])
  const list = choices.value
  const run = (choice: Choice | undefined) => {
    if (!choice) return
    close()
    choice.run()
  }
  return (
    <div class="palette" ref={frame} role="search" aria-label={m.title}>
      <div class="palette-line">
        <Icon name="search" />
        <input
          class="palette-input"
          role="combobox"
          aria-expanded="true"
          aria-controls="palette-list"
          aria-activedescendant={list[chosen.value] ? `palette-${chosen.value}` : undefined}
          aria-label={m.title}
          placeholder={m.placeholder}
          value={typed.value}
          spellcheck={false}
          onInput={(event) => {
            typed.value = event.currentTarget.value
            chosen.value = 0
          }}
          onKeyDown={(event) => {
            if (event.isComposing) return
            if (event.key === 'ArrowDown') chosen.value = Math.min(list.length - 1, chosen.value + 1)
            else if (event.key === 'ArrowUp') chosen.value = Math.max(0, chosen.value - 1)
            else if (event.key === 'Enter') run(list[chosen.value])
            else return
            event.preventDefault()
          }}
        />
      </div>
      <ul class="palette-list" id="palette-list" role="listbox" aria-label={m.found}>
        {list.map((choice, index) => (
          <li
            key={choice.key}
            id={`palette-${index}`}
            role="option"
            class="palette-choice"
            aria-selected={index === chosen.value}
            onClick={() => run(choice)}
          >
            <Icon name={choice.icon} />
            <span class="palette-title">{choice.title}</span>
            <span class="muted small">{choice.subtitle}</span>
          </li>
        ))}
      </ul>
      <p class="palette-foot muted small" role="status">
        {problem.value ? problem.value.title : list.length ? m.count(list.length) : m.none}
      </p>
    </div>
  )
}

function useSearch(text: string): void {
  useEffect(() => {
    const asked = text.trim()
    if (asked.length < 2 || !may('entity.read')) {
      hits.value = []
      return
    }
    const abort = new AbortController()
    const timer = setTimeout(() => {
      get<{ items: SearchHit[] }>('/api/v1/search', { q: asked, limit: 12 }, abort.signal)
        .then((answer) => {
          hits.value = answer.items
          problem.value = null
        })
        .catch((error: unknown) => {
          if (!abort.signal.aborted) problem.value = asProblem(error)
        })
    }, PAUSE_MS)
    return () => {
      clearTimeout(timer)
      abort.abort()
    }
  }, [text])
}

function matches(choice: Choice): boolean {
  return fold(choice.title).includes(fold(typed.value))
}

function commands(): Choice[] {
  const m = common.value
  const places = PLACES.filter((place) => may(place.permission)).map((place) => ({
    key: place.name,
    icon: place.icon as IconName,
    title: m.screens[place.name],
    subtitle: `G ${place.letter}`,
    run: () => go(`/${place.name}`),
  }))
  const dark = theme.value === 'dark'
  return [
    ...places,
    {
      key: 'theme',
      icon: dark ? 'sun' : 'moon',
      title: dark ? m.theme.light : m.theme.dark,
      subtitle: '',
      run: () => setTheme(dark ? 'light' : 'dark'),
    },
    {
      key: 'lang',
      icon: 'language',
      title: m.language.other,
      subtitle: '',
      run: () => setLang(lang.value === 'vi' ? 'en' : 'vi'),
    },
    { key: 'help', icon: 'keyboard', title: m.keys.help, subtitle: '?', run: () => go('', { help: '1' }) },
  ]
}

/** A found thing opens on the city screen: a device by its panel, an area by its filter. */
function asChoice(hit: SearchHit): Choice {
  return {
    key: `${hit.kind} ${hit.id}`,
    icon: hit.kind === 'area' ? 'map' : 'feeds',
    title: hit.name,
    subtitle: hit.subtitle,
    run: () => go('/city', hit.kind === 'area' ? { area: hit.id } : { sel: hit.id }),
  }
}
