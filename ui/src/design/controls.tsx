// Buttons, fields and the small things people act with. Labels stand above, faults beside; nothing opens a dialog.
import type { ComponentChildren, TargetedInputEvent } from 'preact'
import { useId } from 'preact/hooks'
import { common } from '../messages/common'
import { Icon, type IconName } from './icons'

interface ButtonProps {
  children?: ComponentChildren
  icon?: IconName
  /** Shown as a tip and read aloud; needed when there is no text. */
  label?: string
  kind?: 'plain' | 'primary' | 'ghost'
  type?: 'button' | 'submit'
  busy?: boolean
  disabled?: boolean
  pressed?: boolean
  expanded?: boolean
  class?: string
  onClick?: (event: MouseEvent) => void
}

export function Button(props: ButtonProps) {
  const { children, icon, label, kind = 'plain', type = 'button', busy = false, disabled = false } = props
  return (
    <button
      type={type}
      class={`button button-${kind}${children ? '' : ' button-icon'} ${props.class ?? ''}`}
      aria-label={label}
      title={label}
      aria-pressed={props.pressed}
      aria-expanded={props.expanded}
      aria-busy={busy || undefined}
      disabled={disabled || busy}
      onClick={props.onClick}
    >
      {icon && <Icon name={icon} />}
      {children && <span>{children}</span>}
    </button>
  )
}

interface FieldProps {
  label: string
  value: string
  onInput: (value: string) => void
  type?: 'text' | 'password' | 'search' | 'date' | 'datetime-local'
  hint?: string
  fault?: string
  required?: boolean
  autocomplete?: string
  autofocus?: boolean
  lines?: number
  placeholder?: string
  /** Words that are offered while one types. */
  offered?: readonly string[] | undefined
  inputRef?: (element: HTMLInputElement | HTMLTextAreaElement | null) => void
}

export function Field(props: FieldProps) {
  const id = useId()
  const { label, value, onInput, type = 'text', hint, fault, required = false, lines = 1 } = props
  const described = [hint && `${id}-hint`, fault && `${id}-fault`].filter(Boolean).join(' ') || undefined
  const shared = {
    id,
    value,
    required,
    placeholder: props.placeholder,
    autocomplete: props.autocomplete ?? 'off',
    autofocus: props.autofocus,
    spellcheck: false,
    'aria-describedby': described,
    'aria-invalid': fault ? true : undefined,
  }
  const take = (event: TargetedInputEvent<HTMLInputElement | HTMLTextAreaElement>) =>
    onInput(event.currentTarget.value)
  return (
    <div class="field">
      <label for={id}>{label}</label>
      {lines > 1 ? (
        <textarea {...shared} rows={lines} onInput={take} ref={props.inputRef ?? null} />
      ) : (
        <input
          {...shared}
          type={type as 'text'}
          list={props.offered?.length ? `${id}-offered` : undefined}
          onInput={take}
          ref={props.inputRef ?? null}
        />
      )}
      {props.offered && props.offered.length > 0 && (
        <datalist id={`${id}-offered`}>
          {props.offered.map((words) => (
            <option key={words} value={words} />
          ))}
        </datalist>
      )}
      {hint && (
        <p class="field-hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
      {fault && (
        <p class="field-fault" id={`${id}-fault`}>
          {fault}
        </p>
      )}
    </div>
  )
}

interface SelectProps {
  label: string
  value: string
  options: readonly { value: string; label: string }[]
  onChange: (value: string) => void
  hint?: string
  fault?: string
}

export function Select({ label, value, options, onChange, hint, fault }: SelectProps) {
  const id = useId()
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <select
        id={id}
        value={value}
        aria-invalid={fault ? true : undefined}
        onChange={(event) => onChange(event.currentTarget.value)}
      >
        {options.map((option) => (
          <option key={option.value} value={option.value}>
            {option.label}
          </option>
        ))}
      </select>
      {hint && <p class="field-hint">{hint}</p>}
      {fault && <p class="field-fault">{fault}</p>}
    </div>
  )
}

interface TabsProps {
  label: string
  tabs: readonly { id: string; label: string; count?: number; href: string }[]
  current: string
}

/** Views of one thing, each with its own address: links, so that they open in a second window too. */
export function Tabs({ label, tabs, current }: TabsProps) {
  return (
    <nav class="tabs" aria-label={label}>
      {tabs.map((tab) => (
        <a key={tab.id} class="tab" href={tab.href} aria-current={tab.id === current ? 'page' : undefined}>
          {tab.label}
          {tab.count !== undefined && <span class="num tab-count">{tab.count}</span>}
        </a>
      ))}
    </nav>
  )
}

/** A keyboard key as it is drawn on the key. */
export function Key({ children }: { children: string }) {
  return <kbd class="key">{children}</kbd>
}

/** Text that can be taken over whole, such as a secret that is shown once. */
export function CopyText({ text, label }: { text: string; label: string }) {
  return (
    <div class="copy">
      <input class="mono" readOnly value={text} aria-label={label} onFocus={(event) => event.currentTarget.select()} />
      <CopyButton text={text} />
    </div>
  )
}

/** Takes over a text that stands beside it. */
export function CopyButton({ text, label }: { text: string; label?: string }) {
  return (
    <Button icon="copy" onClick={() => void copyText(text)}>
      {label ?? common.value.copy}
    </Button>
  )
}

async function copyText(text: string): Promise<void> {
  const { toast } = await import('./notice')
  const m = common.peek()
  try {
    await navigator.clipboard.writeText(text)
    toast(m.copied)
  } catch {
    toast(m.copyFailed)
  }
}
