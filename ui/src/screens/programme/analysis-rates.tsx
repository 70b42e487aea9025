// Rates by owner, source, phase, group, sector or month, each against every denominator that a decision has set.
import { Field } from '../../design/controls'
import { Empty } from '../../design/notice'
import { Table, type Column } from '../../design/table'
import { bigDong } from '../../format/money'
import { percent } from '../../format/number'
import { date } from '../../format/time'
import { named } from '../../messages/catalogue'
import { figures as messages } from '../../messages/programme-figures'
import { go, href, param } from '../../router'
import { KINDS, type DenominatorKind } from './asks'
import { Lines } from './analysis-lines'
import { AnalysisPage } from './analysis-page'
import { Note } from './analysis-parts'
import type { RateList, RateRow } from './analysis-types'
import { Sum } from './parts'
import { within } from './scope'
import type { Money, Ratio } from './types'

const BYS = ['owner', 'source', 'phase', 'group', 'sector', 'month'] as const
type By = (typeof BYS)[number]
const by = param('by', 'owner')
const cutoff = param('cutoff')
const capital = param('capital', 'own')
const CAPITALS = ['own', 'with', 'all'] as const
const WITH = '_with_carry_over'

export default function Rates() {
  const m = messages.value.rates
  const asked = BYS.find((name) => name === by.value) ?? 'owner'
  const filters = <Field label={m.cutoff} type="date" value={cutoff.value} onInput={(value) => go('', { cutoff: value }, { replace: true })} />
  return (
    <AnalysisPage<RateList> title={m.title} question={m.question} route="rates" query={{ by: asked, cutoff: cutoff.value }} filters={filters}>
      {(data) => <Shown data={data} by={asked} />}
    </AnalysisPage>
  )
}

/** The denominators that at least one row has, in the order in which they are always named. */
export function kindsOf(rows: readonly { ratios: readonly Ratio[] }[]): DenominatorKind[] {
  const found = new Set(rows.flatMap(({ ratios }) => ratios.map(({ denominator_kind }) => denominator_kind)))
  return KINDS.filter((kind) => found.has(kind))
}

/** Whether a denominator stands in the table: of the year's own plan, with what was carried over, or all of them. */
export function shownBy(chosen: string): (kind: DenominatorKind) => boolean {
  if (chosen === 'all') return () => true
  return (kind) => kind === 'carry_over' || kind.endsWith(WITH) === (chosen === 'with')
}

/** The total as a row beside the others. */
export function totalRow(total: Money, label: { vi: string; en: string }): RateRow {
  return {
    key: 'total',
    label_vi: label.vi,
    label_en: label.en,
    plans: total.plan_dong,
    paid_dong: total.disbursed.total_dong - total.disbursed_carry_over.total_dong,
    paid_carry_over_dong: total.disbursed_carry_over.total_dong,
    ratios: total.ratios,
  }
}

function Shown({ data, by: asked }: { data: RateList; by: By }) {
  const m = messages.value.rates
  const word = data.whole ? m.total : m.seen
  const total = totalRow(data.total, { vi: word, en: word })
  const rows = asked === 'month' ? data.rows : [total, ...data.rows]
  const kinds = kindsOf([total, ...data.rows]).filter(shownBy(capital.value))
  return (
    <>
      <nav class="segments" aria-label={m.by}>
        {BYS.map((name) => (
          <a key={name} class="segment" href={href('', { by: name === 'owner' ? null : name })} aria-current={asked === name ? 'true' : undefined}>
            {m.bys[name]}
          </a>
        ))}
      </nav>
      <nav class="segments" aria-label={m.shown}>
        {CAPITALS.map((name) => (
          <a key={name} class="segment" href={href('', { capital: name === 'own' ? null : name })} aria-current={capital.value === name ? 'true' : undefined}>
            {m.capitals[name]}
          </a>
        ))}
      </nav>
      {kinds.length === 0 ? (
        <Empty title={m.empty} />
      ) : (
        <>
          {asked === 'month' && <ByMonth rows={data.rows} kinds={kinds} />}
          <Table
            label={m.table}
            columns={columns(asked, kinds)}
            rows={rows}
            rowKey={(row) => row.key ?? 'none'}
            rowClass={(row) => (row.key === 'total' ? 'total-line' : '')}
          />
          <Note>
            {m.note} {[total, ...data.rows].some(({ ratios }) => ratios.some(({ value }) => (value ?? 0) > 1)) && m.over}
          </Note>
        </>
      )}
    </>
  )
}

function ByMonth({ rows, kinds }: { rows: readonly RateRow[]; kinds: readonly DenominatorKind[] }) {
  const m = messages.value
  const shareOf = (row: RateRow, kind: DenominatorKind) => row.ratios.find(({ denominator_kind }) => denominator_kind === kind)?.value ?? null
  const shown = kinds.filter((kind) => kind !== 'carry_over').slice(0, 4)
  return (
    <div class="lines-frame table-frame">
      <Lines
        label={m.rates.chart}
        axis={Array.from({ length: 13 }, (_, at) => (at === 12 ? 'T1' : `T${at + 1}`))}
        lines={shown.map((kind, at) => ({
          key: kind,
          label: m.kinds[kind],
          strong: at === 0,
          values: Array.from({ length: 13 }, (_, period) => {
            const row = rows.find((each) => each.period === period + 1)
            return row ? shareOf(row, kind) : null
          }),
        }))}
        said={(value) => percent(value, 0)}
        most={1}
        now={rows.length - 1}
      />
      <p class="muted small">{m.rates.chart}</p>
    </div>
  )
}

function columns(asked: By, kinds: readonly DenominatorKind[]): Column<RateRow>[] {
  const m = messages.value
  return [
    { key: 'name', head: m.rates.bys[asked], title: true, cell: (row) => <Name row={row} by={asked} /> },
    {
      key: 'paid',
      head: m.paid,
      numeric: true,
      cell: (row) => (
        <span class="two-lines">
          <Sum dong={row.paid_dong} />
          {row.paid_carry_over_dong > 0 && <span class="muted small">{m.rates.carried(bigDong(row.paid_carry_over_dong))}</span>}
        </span>
      ),
    },
    ...kinds.map((kind) => ({
      key: kind,
      head: m.kinds[kind],
      numeric: true,
      cell: (row: RateRow) => <Rate ratio={row.ratios.find(({ denominator_kind }) => denominator_kind === kind)} />,
    })),
  ]
}

function Name({ row, by: asked }: { row: RateRow; by: By }) {
  const words = named(row.label_vi, row.label_en)
  if (row.key === 'total') return <span class="strong">{words}</span>
  if (asked === 'owner' && row.key) {
    return (
      <a class="plain-link" href={within(`/programme/owner/${row.key}`)}>
        {words}
      </a>
    )
  }
  return <>{words}</>
}

function Rate({ ratio }: { ratio: Ratio | undefined }) {
  const m = messages.value.rates
  if (!ratio) return <span class="muted small">{m.missing}</span>
  return (
    <span class="rate-cell" title={`${date(ratio.plan_as_of)} · ${date(ratio.cutoff)}`}>
      <span class="num strong">{ratio.value === null ? '—' : percent(ratio.value)}</span>
      {ratio.value !== null && (
        <svg class="rate-bar" viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true">
          <rect class="rate-bar-track" width="100" height="4" />
          <rect class="rate-bar-value" width={Math.min(100, Math.max(0, 100 * ratio.value))} height="4" />
        </svg>
      )}
      <span class="muted small nowrap">{m.ofDong(bigDong(ratio.denominator_dong))}</span>
    </span>
  )
}
