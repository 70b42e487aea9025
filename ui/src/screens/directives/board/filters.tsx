// What narrows the board, each in the address; and the reports that can be taken along.
import type { ReadonlySignal } from '@preact/signals'
import { useState } from 'preact/hooks'
import type { Board } from '../../../boards/types'
import { may } from '../../../api/session'
import { serverNow } from '../../../api/time'
import { Field, Select } from '../../../design/controls'
import { asField } from '../../../format/time'
import { boards as messages } from '../../../messages/boards'
import { go, href } from '../../../router'

type Name = 'unit' | 'leader' | 'field' | 'document' | 'meeting' | 'since' | 'until'

const CHOICES = [
  ['unit', 'units'],
  ['leader', 'leaders'],
  ['field', 'fields'],
  ['document', 'documents'],
  ['meeting', 'meetings'],
] as const

interface FiltersProps {
  choices: Board['choices']
  filters: Record<Name, ReadonlySignal<string>>
  reading: string
}

export function Filters({ choices, filters, reading }: FiltersProps) {
  const m = messages.value.board
  const set = (name: string, value: string | null) => go('', { [name]: value }, { replace: true })
  const some = Object.values(filters).some((each) => each.value) || reading !== 'original'
  const clear = Object.fromEntries([...Object.keys(filters), 'reading'].map((name) => [name, null]))
  // On a phone what is late comes before what could narrow it.
  const [isOpen] = useState(() => some || matchMedia('(min-width: 561px)').matches)
  return (
    <details class="board-fold" open={isOpen}>
      <summary>{m.filters}</summary>
      <div class="board-filters" role="group" aria-label={m.filters}>
        {CHOICES.map(([name, list]) => (
          <Select
            key={name}
            label={m[name]}
            value={filters[name].value}
            options={[{ value: '', label: m.every }, ...choices[list].map((each) => ({ value: String(each.id), label: each.title }))]}
            onChange={(value) => set(name, value || null)}
          />
        ))}
        <Field type="date" label={m.since} value={filters.since.value} onInput={(value) => set('since', value || null)} />
        <Field type="date" label={m.until} value={filters.until.value} onInput={(value) => set('until', value || null)} />
        <Select
          label={m.reading}
          value={reading}
          options={[{ value: 'original', label: m.original }, { value: 'current', label: m.current }]}
          onChange={(value) => set('reading', value === 'original' ? null : value)}
        />
        {some && (
          <a class="button button-plain" href={href('', clear)}>
            {m.clear}
          </a>
        )}
      </div>
    </details>
  )
}

/** The weekly and the monthly report as papers, for whoever makes reports. */
export function Papers({ unit }: { unit: string }) {
  const m = messages.value.board
  if (!may('directive.report')) return null
  const day = asField(serverNow()).slice(0, 10)
  return (
    <div class="page-tools" role="group" aria-label={m.papers}>
      {(['weekly', 'monthly'] as const).map((kind) => (
        <span key={kind} class="board-papers">
          <span class="muted">{m[kind]}</span>
          {(['docx', 'pdf', 'xlsx'] as const).map((form) => (
            <a
              key={form}
              class="button button-plain"
              href={`/api/v1/directive-reports/${kind}?${new URLSearchParams({ date: day, format: form, ...(unit ? { unit } : {}) })}`}
              aria-label={`${m[kind]}: ${FORMS[form]}`}
              download
              data-external
            >
              {FORMS[form]}
            </a>
          ))}
        </span>
      ))}
    </div>
  )
}

const FORMS = { docx: 'Word', pdf: 'PDF', xlsx: 'Excel' } as const
