// The filters of the board: all of them stand in the address.
import { useMemo } from 'preact/hooks'
import { Field, Select } from '../../design/controls'
import { compare } from '../../format/fold'
import { programme as messages } from '../../messages/programme'
import { go, href, param } from '../../router'
import { ASKS, ownerOf, type AskKind, type Filters } from './asks'
import type { Board, Phase, Program } from './types'

export const program = param('program')
export const year = param('year')
const owner = param('owner')
const phase = param('phase')
const ask = param('f')
const typed = param('q')
const PHASES: readonly Phase[] = ['preparation', 'new_start', 'transitional', 'completing', 'completed']

export function filtersNow(): Filters {
  return { q: typed.value, owner: owner.value, phase: phase.value, ask: ask.value }
}

interface Props {
  board: Board
  programs: readonly Program[]
  asks: ReadonlyMap<number, readonly AskKind[]>
}

export function BoardFilters({ board, programs, asks }: Props) {
  const m = messages.value
  const owners = useMemo(() => [...new Set(board.items.map(ownerOf))].sort(compare), [board])
  const years = [...new Set([...board.years, board.year])].sort((a, b) => b - a)
  const set = (name: string) => (value: string) => go('', { [name]: value }, { replace: true })
  const counted = (kind: string) =>
    [...asks.values()].filter((each) => (kind === '' ? true : kind === 'any' ? each.length > 0 : each.includes(kind as AskKind))).length
  const shown = ['', 'any', ...ASKS].filter((kind) => kind === '' || kind === ask.value || counted(kind) > 0)
  const chooseProgram = (value: string) => go('', { program: value, year: null, owner: null, phase: null, f: null, q: null })
  return (
    <>
      <div class="programme-filters">
        {programs.length > 1 && (
          <Select
            label={m.program}
            value={String(board.program.id)}
            options={programs.map((each) => ({ value: String(each.id), label: `${each.code} · ${each.name}` }))}
            onChange={chooseProgram}
          />
        )}
        <Select label={m.year} value={String(board.year)} options={years.map((each) => ({ value: String(each), label: String(each) }))} onChange={set('year')} />
        <Select
          label={m.owner}
          value={owner.value}
          options={[{ value: '', label: m.anyOwner }, ...owners.map((name) => ({ value: name, label: name }))]}
          onChange={set('owner')}
        />
        <Select
          label={m.phase}
          value={phase.value}
          options={[{ value: '', label: m.anyPhase }, ...PHASES.map((name) => ({ value: name, label: m.phases[name] }))]}
          onChange={set('phase')}
        />
        <Field label={m.search} type="search" value={typed.value} onInput={set('q')} />
      </div>
      {shown.length > 1 && (
        <nav class="segments" aria-label={m.filter}>
          {shown.map((kind) => (
            <a key={kind} class="segment" href={href('', { f: kind })} aria-current={ask.value === kind ? 'true' : undefined}>
              {kind === '' ? m.asks.all : m.asks[kind as AskKind | 'any']} <span class="num">{counted(kind)}</span>
            </a>
          ))}
        </nav>
      )}
    </>
  )
}
