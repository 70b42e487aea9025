// The filters of the board: all of them stand in the address.
import { useMemo } from 'preact/hooks'
import { sectorName } from '../../api/sectors'
import { Button, Field, Select } from '../../design/controls'
import { compare } from '../../format/fold'
import { figures } from '../../messages/programme-figures'
import { programme as messages } from '../../messages/programme'
import { go, href, param } from '../../router'
import { ASKS, KINDS, ownerOf, type AskKind, type DenominatorKind, type Filters } from './asks'
import type { Board, Phase, Program, Row } from './types'

const owner = param('owner')
const phase = param('phase')
const source = param('source')
const group = param('group')
const sector = param('sector')
const ask = param('f')
const typed = param('q')
const denominator = param('of', 'annual')
const PHASES: readonly Phase[] = ['preparation', 'new_start', 'transitional', 'completing', 'completed']
const GROUPS = ['national', 'A', 'B', 'C'] as const
const NARROWING = ['owner', 'source', 'phase', 'group', 'sector', 'f', 'q'] as const

export function filtersNow(): Filters {
  return { q: typed.value, owner: owner.value, phase: phase.value, group: group.value, sector: sector.value, ask: ask.value }
}

/** What every share on the board is a share of, and of which fund source the amounts are. */
export function basis(): { of: DenominatorKind; source: string } {
  return { of: KINDS.find((kind) => kind === denominator.value) ?? 'annual', source: source.value }
}

interface Props {
  board: Board
  programs: readonly Program[]
  sources: readonly { id: number; name: string }[]
  asks: ReadonlyMap<number, readonly AskKind[]>
}

export function BoardFilters({ board, programs, sources, asks }: Props) {
  const m = messages.value
  const f = figures.value
  const owners = useMemo(() => [...new Set(board.items.map(ownerOf))].sort(compare), [board])
  const years = [...new Set([...board.years, board.year])].sort((a, b) => b - a)
  const set = (name: string) => (value: string) => go('', { [name]: value }, { replace: true })
  const chooseProgram = (value: string) => go('', { program: value, year: null, ...cleared() })
  const known = (of: (row: Row) => string | null | undefined) => [...new Set(board.items.map(of))].filter((each): each is string => Boolean(each))
  const sectors = known((row) => row.sector).sort((a, b) => compare(sectorName(a), sectorName(b)))
  const groups = GROUPS.filter((name) => known((row) => row.project_group).includes(name))
  const more = [source, phase, group, sector].some((each) => each.peek() !== '')
  const narrowed = NARROWING.some((name) => param(name).value !== '')
  return (
    <>
      <div class="programme-filters figure-filters">
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
          label={f.of}
          value={basis().of}
          options={KINDS.map((kind) => ({ value: kind, label: f.kinds[kind] }))}
          onChange={(value) => go('', { of: value === 'annual' ? null : value }, { replace: true })}
        />
        <Chooser label={m.owner} any={m.anyOwner} value={owner.value} options={owners.map((name) => [name, name])} onChange={set('owner')} />
        <Field label={m.search} type="search" value={typed.value} onInput={set('q')} />
        {narrowed && (
          <Button kind="ghost" icon="close" onClick={() => go('', cleared(), { replace: true })}>
            {f.clear}
          </Button>
        )}
      </div>
      <details class="fold more-filters" open={more}>
        <summary class="small">{f.moreFilters}</summary>
        <div class="programme-filters figure-filters">
          {board.sources.length > 0 && (
            <Chooser
              label={f.source}
              any={f.anySource}
              value={source.value}
              options={sources.filter(({ id }) => board.sources.includes(id)).map(({ id, name }) => [String(id), name])}
              onChange={set('source')}
            />
          )}
          <Chooser label={m.phase} any={m.anyPhase} value={phase.value} options={PHASES.map((name) => [name, m.phases[name]])} onChange={set('phase')} />
          {(groups.length > 0 || group.value) && (
            <Chooser label={f.group} any={f.anyGroup} value={group.value} options={groups.map((name) => [name, f.groups[name]])} onChange={set('group')} />
          )}
          {(sectors.length > 0 || sector.value) && (
            <Chooser label={f.sector} any={f.anySector} value={sector.value} options={sectors.map((name) => [name, sectorName(name)])} onChange={set('sector')} />
          )}
        </div>
      </details>
      <Attention asks={asks} />
    </>
  )
}

function cleared(): Record<string, null> {
  return Object.fromEntries(NARROWING.map((name) => [name, null]))
}

interface ChooserProps {
  label: string
  any: string
  value: string
  options: readonly (readonly [string, string])[]
  onChange: (value: string) => void
}

function Chooser({ label, any, value, options, onChange }: ChooserProps) {
  return <Select label={label} value={value} options={[{ value: '', label: any }, ...options.map(([name, words]) => ({ value: name, label: words }))]} onChange={onChange} />
}

/** Counted kinds of what asks for attention; a kind that nothing has is left out. */
function Attention({ asks }: { asks: Props['asks'] }) {
  const m = messages.value
  const counted = (kind: string) =>
    [...asks.values()].filter((each) => (kind === '' ? true : kind === 'any' ? each.length > 0 : each.includes(kind as AskKind))).length
  const shown = ['', 'any', ...ASKS].filter((kind) => kind === '' || kind === ask.value || counted(kind) > 0)
  if (shown.length < 2) return null
  return (
    <nav class="segments" aria-label={m.filter}>
      {shown.map((kind) => (
        <a key={kind} class="segment" href={href('', { f: kind })} aria-current={ask.value === kind ? 'true' : undefined}>
          {kind === '' ? m.asks.all : m.asks[kind as AskKind | 'any']} <span class="num">{counted(kind)}</span>
        </a>
      ))}
    </nav>
  )
}
