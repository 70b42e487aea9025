// Earned value: three curves, and every measure with its formula, or why it cannot be told.
import { Table, type Column } from '../../design/table'
import { number } from '../../format/number'
import { date } from '../../format/time'
import { named } from '../../messages/catalogue'
import { project as messages } from '../../messages/project'
import { Sum } from './parts'
import { LineChart } from './project-chart'
import type { Earned, Measured } from './project-types'

type Words = ReturnType<typeof measures>
type MeasureName = keyof Words

function measures() {
  return messages.value.progress.measures
}

const MONEY: ReadonlySet<string> = new Set(['pv', 'ev', 'ac', 'sv_dong', 'cv_dong', 'eac1_dong', 'eac2_dong', 'eac3_dong'])

interface Line {
  name: MeasureName
  found: Measured
}

export function EarnedValue({ earned }: { earned: Earned }) {
  const m = messages.value.progress
  const lines = (Object.keys(measures()) as MeasureName[]).flatMap((name): Line[] => {
    const found = earned.at[name]
    return found ? [{ name, found }] : []
  })
  return (
    <>
      <dl class="figures">
        <div>
          <dt>{m.bac}</dt>
          <dd><Sum dong={earned.bac_dong} /></dd>
        </div>
        {(['pv', 'ev', 'ac'] as const).map((name) => (
          <div key={name}>
            <dt>{m.series[name]}</dt>
            <dd>{valueOf(name, earned.at[name])}</dd>
          </div>
        ))}
      </dl>
      {earned.periods.length > 0 ? <Curves earned={earned} /> : <p class="muted">{m.noEarned}</p>}
      {earned.measured_at && <p class="muted small">{m.earnedNote(date(earned.measured_at))}</p>}
      <Table label={m.earned} columns={measureColumns()} rows={lines} rowKey={(line) => line.name} />
      <details class="fold">
        <summary>{m.source}</summary>
        <ul class="plain-list small">
          {Object.entries(earned.sources).map(([name, words]) => (
            <li key={name}>
              <span class="strong">{name.toUpperCase()}</span> {named(words.vi, words.en)}
            </li>
          ))}
        </ul>
      </details>
    </>
  )
}

function valueOf(name: string, found: Measured | undefined) {
  if (!found || found.value === null) return <span class="muted small">{found ? named(found.reason_vi, found.reason_en) : ''}</span>
  if (MONEY.has(name)) return <Sum dong={Number(found.value)} />
  if (typeof found.value === 'string') return <span class="num">{date(found.value)}</span>
  return <span class="num">{number(found.value, name === 'es' || name === 'sv_t' ? 1 : 2)}</span>
}

function measureColumns(): Column<Line>[] {
  const m = messages.value.progress
  return [
    { key: 'measure', head: m.measure, title: true, cell: ({ name }) => <span class="strong">{measures()[name][0]}</span> },
    { key: 'value', head: m.value, numeric: true, cell: ({ name, found }) => valueOf(name, found) },
    { key: 'meaning', head: m.meaning, cell: ({ name }) => measures()[name][1] },
    { key: 'formula', head: m.formula, wide: true, cell: ({ name }) => <span class="muted small">{measures()[name][2]}</span> },
  ]
}

function Curves({ earned }: { earned: Earned }) {
  const m = messages.value.progress
  const { periods } = earned
  return (
    <>
      <LineChart
        label={m.earned}
        labels={periods.map(({ label }) => label)}
        lines={[
          { id: 'pv', label: m.series.pv, values: periods.map((each) => each.pv_dong), stroke: 'dash' },
          { id: 'ev', label: m.series.ev, values: periods.map((each) => each.ev_dong), stroke: 'solid' },
          { id: 'ac', label: m.series.ac, values: periods.map((each) => each.ac_dong), stroke: 'dot' },
        ]}
        levels={earned.bac_dong === null ? [] : [{ id: 'bac', label: 'BAC', value: earned.bac_dong, stroke: 'level' }]}
      />
      <details class="fold">
        <summary>{m.points}</summary>
        <Table label={m.points} columns={pointColumns()} rows={periods} rowKey={(each) => each.label} />
      </details>
    </>
  )
}

function pointColumns(): Column<Earned['periods'][number]>[] {
  const m = messages.value.progress
  return [
    { key: 'month', head: m.month, title: true, cell: (each) => <span class="num">{each.label}</span> },
    { key: 'pv', head: m.series.pv, numeric: true, cell: (each) => <Sum dong={each.pv_dong} /> },
    { key: 'ev', head: m.series.ev, numeric: true, cell: (each) => <Sum dong={each.ev_dong} /> },
    { key: 'ac', head: m.series.ac, numeric: true, cell: (each) => <Sum dong={each.ac_dong} /> },
  ]
}
