// Choosing units by name, one or several: type a part without accents, take one with the arrows and Enter.
import { useId, useState } from 'preact/hooks'
import { get } from '../../api/client'
import { useResource } from '../../api/resource'
import type { Org } from '../../api/types'
import { Button } from '../../design/controls'
import { fold } from '../../format/fold'
import { directives as messages } from '../../messages/directives'

const SHOWN = 8

interface Props {
  label: string
  chosen: readonly number[]
  onChange: (chosen: number[]) => void
  /** One unit at most. */
  single?: boolean
  fault?: string
  inputRef?: (element: HTMLInputElement | null) => void
}

export function useUnits(): { units: readonly Org[]; name: (id: number) => string } {
  const orgs = useResource('units', (signal) => get<{ items: Org[] }>('/api/v1/orgs', {}, signal))
  const units = orgs.data?.items ?? []
  return { units, name: (id) => units.find((unit) => unit.id === id)?.name ?? `#${id}` }
}

export function UnitPicker({ label, chosen, onChange, single = false, fault, inputRef }: Props) {
  const m = messages.value.units
  const id = useId()
  const { units, name } = useUnits()
  const [typed, setTyped] = useState('')
  const [at, setAt] = useState(0)
  const sought = fold(typed)
  const found = sought
    ? units
        .filter((unit) => !chosen.includes(unit.id) && [unit.name, unit.short_name ?? ''].some((text) => fold(text).includes(sought)))
        .sort((a, b) => rank(a, sought) - rank(b, sought) || a.name.length - b.name.length)
        .slice(0, SHOWN)
    : []
  const add = (unit: Org | undefined) => {
    if (!unit) return
    onChange(single ? [unit.id] : [...chosen, unit.id])
    setTyped('')
    setAt(0)
  }
  const press = (event: KeyboardEvent) => {
    if (event.isComposing || event.keyCode === 229) return
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault()
      setAt((at + (event.key === 'ArrowDown' ? 1 : found.length - 1)) % Math.max(1, found.length))
    } else if (event.key === 'Enter' && (found.length > 0 || typed !== '')) {
      // What is typed is a name to be taken, also while the names are still on their way: it must not send the form.
      event.preventDefault()
      if (found[at]) add(found[at])
    } else if (event.key === 'Backspace' && typed === '' && chosen.length > 0) {
      onChange(chosen.slice(0, -1))
    } else if (event.key === 'Escape' && typed !== '') {
      event.stopPropagation()
      setTyped('')
    }
  }
  return (
    <div class="field units">
      <label for={id}>{label}</label>
      {chosen.length > 0 && (
        <ul class="units-chosen">
          {chosen.map((unit) => (
            <li key={unit}>
              <span>{name(unit)}</span>
              <Button kind="ghost" icon="close" label={m.remove(name(unit))} onClick={() => onChange(chosen.filter((each) => each !== unit))} />
            </li>
          ))}
        </ul>
      )}
      <input
        id={id}
        ref={inputRef ?? null}
        value={typed}
        role="combobox"
        aria-expanded={found.length > 0}
        aria-controls={`${id}-found`}
        aria-activedescendant={found[at] ? `${id}-${found[at]?.id}` : undefined}
        aria-invalid={fault ? true : undefined}
        autocomplete="off"
        spellcheck={false}
        placeholder={m.find}
        onInput={(event) => {
          setTyped(event.currentTarget.value)
          setAt(0)
        }}
        onKeyDown={press}
      />
      <ul class="units-found" id={`${id}-found`} role="listbox" aria-label={label} hidden={found.length === 0}>
        {found.map((unit, place) => (
          <li
            key={unit.id}
            id={`${id}-${unit.id}`}
            role="option"
            aria-selected={place === at}
            onPointerDown={(event) => {
              event.preventDefault()
              add(unit)
            }}
          >
            {unit.name}
            {unit.short_name && <span class="small"> · {unit.short_name}</span>}
          </li>
        ))}
      </ul>
      {sought && found.length === 0 && <p class="field-hint">{m.none}</p>}
      {fault && <p class="field-fault">{fault}</p>}
    </div>
  )
}

/** A name, or an abbreviation, that begins with what was typed comes first. */
function rank(unit: Org, sought: string): number {
  if (fold(unit.short_name ?? '') === sought) return 0
  return fold(unit.name).startsWith(sought) ? 1 : 2
}
