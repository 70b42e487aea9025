// One described field as a person fills it: amounts are read aloud, what is named is chosen by its name.
import { useEffect, useId, useState } from 'preact/hooks'
import { get, send, upload } from '../../api/client'
import { asProblem, type Problem } from '../../api/problem'
import { Button, Field, Select } from '../../design/controls'
import { ProblemBox } from '../../design/notice'
import { dong, parseDong } from '../../format/money'
import { named } from '../../messages/catalogue'
import { common } from '../../messages/common'
import { project as messages } from '../../messages/project'
import type { FieldSpec } from './project-fields'
import { forgetRecords, useChoices, type Named, type Where } from './project-names'

interface Props {
  field: FieldSpec
  text: string
  where: Where
  fault: string | undefined
  onInput: (text: string) => void
}

const JANUARY = 13

export function Input(props: Props) {
  const { field, text, fault, onInput } = props
  const m = messages.value.form
  const label = field.required ? `${named(field.vi, field.en)} *` : named(field.vi, field.en)
  const shared = { label, value: text, onInput, ...(fault ? { fault } : {}) }
  switch (field.type) {
    case 'long':
      return <div class="entry-wide"><Field {...shared} lines={3} /></div>
    case 'date':
      return <Field {...shared} type="date" />
    case 'moment':
      return <Field {...shared} type="datetime-local" />
    case 'dong':
      return <Field {...shared} hint={readAloud(text) || m.dongHint} placeholder="1,5 tỷ" />
    case 'dongs':
      return <div class="entry-wide"><Field {...shared} lines={4} hint={text.split(/[\n;]+/).map(readAloud).filter(Boolean).join(' · ') || m.dongsHint} /></div>
    case 'yes':
      return (
        <label class="check entry-check">
          <input type="checkbox" checked={text !== ''} onChange={(event) => onInput(event.currentTarget.checked ? 'yes' : '')} />
          {label}
        </label>
      )
    case 'choice':
      return <OneOf {...props} label={label} choices={(field.choices ?? []).map(({ value, vi, en }) => ({ id: value, name: named(vi, en) }))} />
    case 'number':
      return isShort(field) ? <OneOf {...props} label={label} choices={numbers(field)} /> : <Field {...shared} />
    case 'period':
      return <OneOf {...props} label={label} choices={Array.from({ length: JANUARY }, (_, at) => ({ id: at + 1, name: at + 1 < JANUARY ? m.month(at + 1) : m.january }))} />
    case 'contractor':
      return <Company {...props} label={label} />
    case 'files':
      return <Files {...props} label={label} />
    case 'record':
    case 'org':
    case 'fund_source':
      return <Known {...props} label={label} />
    default:
      return <Field {...shared} />
  }
}

const SHORT = 10

/** A number of which there are few is chosen, not typed. */
function isShort({ least, most }: FieldSpec): boolean {
  return least !== undefined && most !== undefined && most - least < SHORT
}

function numbers({ least = 0, most = 0 }: FieldSpec): { id: number; name: string }[] {
  return Array.from({ length: most - least + 1 }, (_, at) => ({ id: least + at, name: String(least + at) }))
}

function readAloud(text: string): string {
  const amount = parseDong(text)
  return amount === null ? '' : `= ${dong(amount)}`
}

interface OneOfProps extends Props {
  label: string
  choices: readonly { id: string | number; name: string }[]
}

function OneOf({ field, text, fault, onInput, label, choices }: OneOfProps) {
  const m = messages.value.form
  const options = choices.map(({ id, name }) => ({ value: String(id), label: name }))
  const none = { value: '', label: field.required ? m.choose : common.value.none }
  return <Select label={label} value={text} options={[none, ...options]} onChange={onInput} {...(fault ? { fault } : {})} />
}

/** A unit, a source of money, a record of the same project. */
function Known(props: Props & { label: string }) {
  const choices = useChoices(props.where, props.field)
  return <OneOf {...props} choices={choices ?? (props.text ? [{ id: props.text, name: `#${props.text}` }] : [])} />
}

interface Found extends Named {
  tax_code: string
}

/** A company by a part of its name or its tax code; one that is not known yet is made known here. */
function Company({ field, text, fault, onInput, label, where }: Props & { label: string }) {
  const m = messages.value.form
  const [q, setQ] = useState('')
  const [found, setFound] = useState<readonly Found[]>([])
  const [adding, setAdding] = useState<{ name: string; tax_code: string } | null>(null)
  const [problem, setProblem] = useState<Problem | null>(null)
  useEffect(() => {
    const abort = new AbortController()
    const timer = window.setTimeout(() => {
      get<{ items: Found[] }>('/api/v1/programme/contractors', { q, limit: 50 }, abort.signal)
        .then(({ items }) => setFound(items))
        .catch((error: unknown) => abort.signal.aborted || setProblem(asProblem(error)))
    }, q ? 200 : 0)
    return () => {
      clearTimeout(timer)
      abort.abort()
    }
  }, [q])
  const add = async () => {
    if (!adding) return
    setProblem(null)
    try {
      const made = await send<Found>('POST', '/api/v1/programme/contractors', adding)
      setFound([made, ...found])
      onInput(String(made.id))
      setAdding(null)
    } catch (error) {
      setProblem(asProblem(error))
    }
  }
  return (
    <div class="entry-company">
      <OneOf
        field={field} text={text} fault={fault} onInput={onInput} label={label} where={where}
        choices={found.map(({ id, name, tax_code }) => ({ id, name: `${name} · ${tax_code}` }))}
      />
      <Field label={m.searchCompany} type="search" value={q} onInput={setQ} />
      {adding ? (
        <div class="entry-company-new">
          <Field label={m.companyName} value={adding.name} onInput={(name) => setAdding({ ...adding, name })} fault={problem?.fault('name') ?? ''} />
          <Field label={m.taxCode} value={adding.tax_code} onInput={(tax_code) => setAdding({ ...adding, tax_code })} fault={problem?.fault('tax_code') ?? ''} />
          <Button onClick={() => void add()}>{m.addCompany}</Button>
        </div>
      ) : (
        <Button kind="ghost" icon="plus" onClick={() => setAdding({ name: q, tax_code: '' })}>
          {m.newCompany}
        </Button>
      )}
      {problem && <ProblemBox problem={problem} beside={['name', 'tax_code']} />}
    </div>
  )
}

/** Photos and papers: those that the project has, and new ones that are attached as they are chosen. */
function Files({ field, text, onInput, label, where, fault }: Props & { label: string }) {
  const m = messages.value.form
  const id = useId()
  const known = useChoices(where, field) ?? []
  const [fresh, setFresh] = useState<readonly Named[]>([])
  const [busy, setBusy] = useState(0)
  const [problem, setProblem] = useState<Problem | null>(null)
  const chosen = text.split(',').map((part) => part.trim()).filter(Boolean)
  const all = [...fresh, ...known.filter((each) => !fresh.some((other) => other.id === each.id)).reverse()]
  const toggle = (number: string) =>
    onInput((chosen.includes(number) ? chosen.filter((other) => other !== number) : [...chosen, number]).join(', '))
  const take = async (files: readonly File[]) => {
    setProblem(null)
    setBusy(files.length)
    const made: Named[] = []
    try {
      for (const file of files) {
        made.push(await upload<Named>(`${where}/files?name=${encodeURIComponent(file.name)}`, file))
        setBusy((left) => left - 1)
      }
    } catch (error) {
      setProblem(asProblem(error))
    }
    setBusy(0)
    forgetRecords(where)
    setFresh([...made, ...fresh])
    if (made.length > 0) onInput([...chosen, ...made.map((each) => String(each.id))].join(', '))
  }
  return (
    <div class="field entry-wide">
      <label for={id}>{label}</label>
      <input id={id} type="file" multiple accept="image/*,.pdf,.docx,.xlsx" onChange={(event) => void take([...(event.currentTarget.files ?? [])])} />
      {busy > 0 && <p class="muted small" role="status">{m.attaching(busy)}</p>}
      {all.length > 0 && (
        <div class="entry-files">
          {all.slice(0, 60).map((each) => (
            <label class="check" key={each.id}>
              <input type="checkbox" checked={chosen.includes(String(each.id))} onChange={() => toggle(String(each.id))} />
              <span class="broken">{each.name}</span>
            </label>
          ))}
        </div>
      )}
      {fault && <p class="field-fault">{fault}</p>}
      {problem && <ProblemBox problem={problem} />}
    </div>
  )
}
