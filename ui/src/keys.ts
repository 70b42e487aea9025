// The keyboard map. Keys are matched by their place (`event.code`), so that a Vietnamese input method changes nothing,
// and are silent while text is typed or composed. Single keys can be switched off (WCAG 2.1.4); Escape and Ctrl stay.
import { computed, signal } from '@preact/signals'
import { useLayoutEffect, useRef } from 'preact/hooks'

export interface Binding {
  /** `KeyJ`, `Escape`, `ctrl+KeyK`, `shift+Slash`, or two keys one after the other: `KeyG KeyF`. */
  press: string
  /** The key as it is shown in the list: `J`, `Ctrl K`. */
  shown: string
  /** What it does, in the language of the moment. */
  label: () => string
  run: () => void
  /** Whether it also works while a text field has the focus. */
  inText?: boolean
}

const PREFIX_MS = 1200
/** Keys on which a focused link or button has the first word; with Ctrl a link alone: it opens beside. */
const OWN_KEYS = new Set(['Enter', 'Space'])

const layers = signal<readonly (() => readonly Binding[])[]>([])
let prefix = ''
let prefixAt = 0

/** Whether single keys without Ctrl work; the choice is remembered on this machine. */
export const singleKeys = signal(readSingleKeys())

/** All bindings of the moment, the innermost first, each key once: the list behind `?`. */
export const bindings = computed(() => {
  const seen = new Map<string, Binding>()
  for (const layer of layers.value) {
    for (const binding of layer()) if (!seen.has(binding.press)) seen.set(binding.press, binding)
  }
  return [...seen.values()]
})

/** Bind keys while the component stands; what is bound later goes before what was bound earlier. A frame that may be
 *  mounted together with what it holds (whose effects run first) binds as `outer` and comes last. */
export function useKeys(list: readonly Binding[], { outer = false } = {}): void {
  const current = useRef(list)
  current.current = list
  useLayoutEffect(() => {
    const layer = () => current.current
    layers.value = outer ? [...layers.peek(), layer] : [layer, ...layers.peek()]
    return () => {
      layers.value = layers.peek().filter((other) => other !== layer)
    }
  }, [])
}

export function setSingleKeys(on: boolean): void {
  singleKeys.value = on
  try {
    localStorage.setItem('haidang.keys', on ? 'on' : 'off')
  } catch {
    return // storage refused: the choice lasts until the page is left
  }
}

export function startKeys(): void {
  addEventListener('keydown', (event) => {
    // 229 is what browsers report while an input method (Unikey, ibus-bamboo) is composing a letter.
    if (event.defaultPrevented || event.isComposing || event.keyCode === 229 || event.altKey || event.metaKey) return
    const binding = match(event)
    if (!binding) return
    event.preventDefault()
    binding.run()
  })
}

function match(event: KeyboardEvent): Binding | undefined {
  const target = event.target as HTMLElement | null
  const inText = target?.matches?.('input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]') ?? false
  const onControl = target?.matches?.('a, button, summary, [role=tab], [role=option]') ?? false
  const isLink = target?.matches?.('a') ?? false
  if (onControl && OWN_KEYS.has(event.code) && (isLink || !event.ctrlKey)) return undefined
  const pressed = `${event.ctrlKey ? 'ctrl+' : ''}${event.shiftKey ? 'shift+' : ''}${event.code}`
  const isSingle = !event.ctrlKey && event.code !== 'Escape'
  if (isSingle && !singleKeys.value) return undefined
  const all = layers.value.flatMap((layer) => layer()).filter((binding) => !inText || binding.inText)
  const chord = performance.now() - prefixAt < PREFIX_MS && prefix ? `${prefix} ${pressed}` : ''
  prefix = !inText && all.some((binding) => binding.press.startsWith(`${pressed} `)) ? pressed : ''
  prefixAt = performance.now()
  return (chord && all.find((binding) => binding.press === chord)) || all.find((binding) => binding.press === pressed)
}

function readSingleKeys(): boolean {
  try {
    return localStorage.getItem('haidang.keys') !== 'off'
  } catch {
    return true
  }
}
