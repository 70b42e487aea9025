// What a warning is called and how grave it is, by shape and word; colour only repeats what they say.
import type { ComponentChildren } from 'preact'
import { get } from '../../api/client'
import { useResource } from '../../api/resource'
import { Chip, Priority } from '../../design/mark'
import { named } from '../../messages/catalogue'
import { warnings as messages } from '../../messages/warnings'
import type { Choices, Line, Severity } from './types'

const LEVELS: Record<Severity, 1 | 2 | 3 | 4> = { Extreme: 1, Severe: 2, Moderate: 3, Minor: 4, Unknown: 4 }

/** The words of the standard and the templates, asked for once while the screen stands. */
export function useChoices(): Choices | undefined {
  return useResource('warning choices', (signal) => get<Choices>('/api/v1/warnings/choices', {}, signal)).data
}

/** A word of the standard in the language of the moment. */
export function said(choices: Choices | undefined, list: keyof Choices['words'], word: string): string {
  const found = choices?.words[list].find((each) => each.word === word)
  return found ? named(found.vi, found.en) : word
}

export function SeverityMark({ severity, label }: { severity: Severity; label: string }) {
  return <Priority level={LEVELS[severity]} filled={severity === 'Extreme' || severity === 'Severe'} label={label} />
}

/** Whatever is not an actual warning says so wherever it stands. */
export function StatusChip({ warning, choices }: { warning: Line; choices: Choices | undefined }): ComponentChildren {
  if (warning.is_exercise) return <Chip tone="hatched">{messages.value.exercise}</Chip>
  return warning.status === 'Actual' ? null : (
    <Chip tone="hatched">{messages.value.notActual(said(choices, 'status', warning.status))}</Chip>
  )
}
