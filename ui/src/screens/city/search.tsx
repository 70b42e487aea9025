// The search box narrows the list as one types; areas that the server finds are offered below it.
import { useSignal } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'
import { get } from '../../api/client'
import type { SearchHit } from '../../api/types'
import { Icon } from '../../design/icons'
import { useKeys } from '../../keys'
import type { Command } from '../../map/engine'
import { query, setArea, setQuery } from './filters'
import { words } from './words'

const WAIT_MS = 250

export function SearchBox({ tell, onEnter }: { tell: (command: Command) => void; onEnter: () => void }) {
  const field = useRef<HTMLInputElement>(null)
  const hits = useSignal<SearchHit[]>([])
  const text = words.value
  useKeys([
    {
      press: 'Slash',
      shown: '/',
      label: () => words.value.search,
      run: () => {
        field.current?.focus()
        field.current?.select()
      },
    },
  ])
  useEffect(() => {
    hits.value = []
    const asked = query.value
    if (asked.length < 2) return undefined
    const abort = new AbortController()
    const timer = setTimeout(() => {
      get<{ items: SearchHit[] }>('/api/v1/search', { q: asked, limit: 12 }, abort.signal).then(
        ({ items }) => (hits.value = items.filter((hit) => hit.kind === 'area').slice(0, 4)),
        () => undefined, // the list is narrowed without the server; only the areas are missing
      )
    }, WAIT_MS)
    return () => {
      clearTimeout(timer)
      abort.abort()
    }
  }, [query.value])

  const goTo = (hit: SearchHit) => {
    setQuery('')
    setArea(hit.id)
    if (hit.lon !== null && hit.lat !== null) tell({ view: { lon: hit.lon, lat: hit.lat, zoom: 12 } })
  }
  return (
    <search class="city-search">
      <Icon name="search" />
      <input
        ref={field}
        type="search"
        value={query.value}
        aria-label={text.searchLabel}
        placeholder={text.searchPlaceholder}
        autocomplete="off"
        spellcheck={false}
        onInput={(event) => setQuery(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.isComposing) return
          if (event.key === 'Enter') {
            event.currentTarget.blur()
            onEnter()
          } else if (event.key === 'Escape') {
            if (query.peek()) setQuery('')
            else event.currentTarget.blur()
            event.preventDefault()
          }
        }}
      />
      {hits.value.length > 0 && (
        <ul class="city-hits" aria-label={text.areas}>
          {hits.value.map((hit) => (
            <li key={hit.id}>
              <button type="button" onClick={() => goTo(hit)}>
                <span>{hit.name}</span> <span class="muted small">{hit.subtitle}</span>
              </button>
            </li>
          ))}
        </ul>
      )}
    </search>
  )
}
