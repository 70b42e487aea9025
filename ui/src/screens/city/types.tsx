// What kinds of thing there are and how many; a press shows one kind alone, a second press takes it away again.
import { number } from '../../format/number'
import { iconPath } from '../../map/icons'
import { named } from '../../messages/catalogue'
import { filters, toggleType } from './filters'
import { counts, kinds } from './store'
import { words } from './words'

export function TypeIcon({ name, size = 16 }: { name: string | null | undefined; size?: number }) {
  return (
    <svg class="type-icon" width={size} height={size} viewBox="0 0 16 16" aria-hidden="true">
      <path d={iconPath(name)} fill="currentColor" fill-rule="evenodd" />
    </svg>
  )
}

export function Types() {
  const { types } = filters.value
  return (
    <div class="city-types" role="group" aria-label={words.value.types}>
      {kinds.value.map((kind) => {
        const name = named(kind.label_vi, kind.label_en)
        const count = counts.value.get(kind.type) ?? 0
        return (
          <button
            key={kind.type}
            type="button"
            class="city-type"
            aria-pressed={types.includes(kind.type)}
            title={words.value.onlyType(name)}
            data-type={kind.type}
            onClick={() => toggleType(kind.type)}
          >
            <TypeIcon name={kind.icon} />
            <span>{name}</span>
            <span class="num city-type-count">{number(count)}</span>
          </button>
        )
      })}
    </div>
  )
}
