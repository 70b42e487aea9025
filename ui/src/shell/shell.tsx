// The frame around every screen: rail, top bar with the clock, and the main part.
import { signal } from '@preact/signals'
import type { ComponentChildren } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import { may, me, signOut, site } from '../api/session'
import { Button, Key } from '../design/controls'
import { Icon, Logo } from '../design/icons'
import { Simulated } from '../design/notice'
import { useKeys } from '../keys'
import { named } from '../messages/catalogue'
import { common } from '../messages/common'
import { lang, setLang, setTheme, theme } from '../preferences'
import { go, href, param } from '../router'
import { Clock } from './clock'
import { KeyList } from './key-list'
import { Palette, togglePalette } from './palette'
import { PLACES } from './places'
import { LanguageSwitch, ThemeSwitch } from './switches'

const helpOpen = param('help')

export function Shell({ current, children }: { current: string; children: ComponentChildren }) {
  const m = common.value
  const toggleHelp = () => go('', { help: helpOpen.value ? null : '1' }, { replace: true })
  useKeys([
    ...PLACES.map((place) => ({
      press: `KeyG Key${place.letter}`,
      shown: `G ${place.letter}`,
      label: () => common.value.screens[place.name],
      run: () => go(`/${place.name}`),
    })),
    { press: 'ctrl+KeyK', shown: 'Ctrl K', label: () => common.value.keys.palette, run: togglePalette, inText: true },
    { press: 'Slash', shown: '/', label: () => common.value.search, run: togglePalette },
    { press: 'shift+Slash', shown: '?', label: () => common.value.keys.help, run: toggleHelp },
  ], { outer: true })
  useFocusOnArrival(current)
  useTitle(current)
  return (
    <div class="shell">
      <a class="skip" href="#main">
        {m.skip}
      </a>
      <TopBar onHelp={toggleHelp} />
      <nav class="rail" aria-label={m.navigation}>
        {PLACES.filter((place) => may(place.permission)).map((place) => (
          <a
            key={place.name}
            class={`rail-place${'desk' in place ? ' rail-desk' : ''}`}
            href={href(`/${place.name}`)}
            aria-current={current === place.name ? 'page' : undefined}
            title={`${m.screens[place.name]} (G ${place.letter})`}
          >
            <Icon name={place.icon} size={24} />
            <span>{m.railShort[place.name]}</span>
          </a>
        ))}
        <a
          class="rail-place rail-last"
          href={href('/docs')}
          aria-current={current === 'docs' ? 'page' : undefined}
          title={m.screens.docs}
        >
          <Icon name="book" size={24} />
          <span>API</span>
        </a>
      </nav>
      <main id="main" class="main" tabIndex={-1}>
        {site.value?.demo && (
          <p class="demo-banner">
            <Simulated />
            <span>{m.simulatedLong}</span>
          </p>
        )}
        {children}
      </main>
      <Palette />
      {helpOpen.value && <KeyList onClose={toggleHelp} />}
    </div>
  )
}

function TopBar({ onHelp }: { onHelp: () => void }) {
  const m = common.value
  return (
    <header class="top">
      <a class="top-name" href={href('/')} title={m.product}>
        <Logo size={32} />
        <span>{named(site.value?.name, site.value?.name_en) || m.product}</span>
      </a>
      <button type="button" class="top-search" aria-label={m.search} onClick={togglePalette}>
        <Icon name="search" />
        <span>{m.search}</span>
        <Key>Ctrl K</Key>
      </button>
      <Clock />
      <div class="top-choices">
        <ThemeSwitch />
        <LanguageSwitch />
        <Button kind="ghost" icon="keyboard" label={`${m.keys.help} (?)`} onClick={onHelp} />
      </div>
      <PersonMenu onHelp={onHelp} />
    </header>
  )
}

const personOpen = signal(false)

function PersonMenu({ onHelp }: { onHelp: () => void }) {
  const m = common.value
  const frame = useRef<HTMLDivElement>(null)
  const account = me.value?.account
  useEffect(() => {
    const closeOutside = (event: Event) => {
      if (!frame.current?.contains(event.target as Node)) personOpen.value = false
    }
    document.addEventListener('pointerdown', closeOutside)
    document.addEventListener('focusin', closeOutside)
    return () => {
      document.removeEventListener('pointerdown', closeOutside)
      document.removeEventListener('focusin', closeOutside)
      personOpen.value = false
    }
  }, [])
  if (!account) return null
  return (
    <div
      class="person"
      ref={frame}
      onKeyDown={(event) => {
        if (event.key !== 'Escape' || !personOpen.value) return
        event.stopPropagation()
        personOpen.value = false
        frame.current?.querySelector('button')?.focus()
      }}
    >
      <button
        type="button"
        class="person-button"
        aria-expanded={personOpen.value}
        aria-label={`${m.person.menu}: ${account.display_name}`}
        onClick={() => (personOpen.value = !personOpen.value)}
      >
        <span class="initials" aria-hidden="true">
          {initials(account.display_name)}
        </span>
        <span class="person-name">{account.display_name}</span>
        <Icon name="down" size={16} />
      </button>
      {personOpen.value && (
        <div class="person-menu">
          <div class="person-who">
            <p class="strong">{account.display_name}</p>
            <p class="muted small">
              {account.username} · {account.org_name}
            </p>
          </div>
          <a class="person-item" href={href('/account')} onClick={() => (personOpen.value = false)}>
            <Icon name="key" /> {m.person.password}
          </a>
          <a class="person-item" href={href('/docs')} onClick={() => (personOpen.value = false)}>
            <Icon name="book" /> {m.screens.docs}
          </a>
          <button type="button" class="person-item" onClick={() => setTheme(theme.value === 'dark' ? 'light' : 'dark')}>
            <Icon name={theme.value === 'dark' ? 'sun' : 'moon'} />
            {theme.value === 'dark' ? m.theme.light : m.theme.dark}
          </button>
          <button type="button" class="person-item" onClick={() => setLang(lang.value === 'vi' ? 'en' : 'vi')}>
            <Icon name="language" /> {m.language.other}
          </button>
          <button type="button" class="person-item" onClick={onHelp}>
            <Icon name="keyboard" /> {m.keys.help}
          </button>
          <button type="button" class="person-item" onClick={() => void signOut()}>
            <Icon name="exit" /> {m.person.signOut}
          </button>
        </div>
      )}
    </div>
  )
}

/** The given name is said last in Vietnamese: `Nguyễn Thị Hồng An` is `HA`. */
function initials(name: string): string {
  return name
    .replace(/\(.*?\)/g, '')
    .split(/\s+/)
    .filter(Boolean)
    .slice(-2)
    .map((part) => part[0]?.toLocaleUpperCase('vi') ?? '')
    .join('')
}

/** After moving to another screen the focus goes to its main part, so that reading and tabbing start there. */
function useFocusOnArrival(current: string): void {
  const before = useRef(current)
  useEffect(() => {
    if (before.current === current) return
    before.current = current
    document.getElementById('main')?.focus({ preventScroll: true })
  }, [current])
}

function useTitle(current: string): void {
  const m = common.value
  const place = current === 'docs' ? 'docs' : PLACES.find((other) => other.name === current)?.name
  const name = named(site.value?.name, site.value?.name_en) || m.product
  useEffect(() => {
    document.title = place ? `${m.screens[place]} · ${name}` : name
  })
}
