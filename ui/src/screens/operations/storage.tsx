// What the history costs, tier by tier. A part that is not there yet is named as absent, never as zero.
import { get } from '../../api/client'
import type { Storage, StorageTier } from '../../api/operations'
import { usePolled } from '../../api/resource'
import { Empty, Loading, ProblemBox } from '../../design/notice'
import { Table, type Column } from '../../design/table'
import { bytes, number } from '../../format/number'
import { date, duration, roughly } from '../../format/time'
import { named } from '../../messages/catalogue'
import { common } from '../../messages/common'
import { operations as messages } from '../../messages/operations'
import { type PartProps } from './part'
import { Facts, Figure, VerdictMark } from './parts'
import { tierState } from './state'

/** Sizes change slowly and cost the database something to tell. */
const EVERY_MS = 30_000

export function StorageTiers({ head }: PartProps) {
  const m = messages.value.storage
  const resource = usePolled('storage', EVERY_MS, (signal) => get<Storage>('/api/v1/storage', {}, signal))
  const isMissing = resource.problem?.document.status === 404
  return (
    <div class="page">
      {head}
      <p class="muted">{m.text}</p>
      {isMissing && <Empty title={m.missing} text={m.missingText} />}
      {resource.problem && !isMissing && <ProblemBox problem={resource.problem} onRetry={resource.reload} />}
      {resource.data ? <Tiers found={resource.data} /> : resource.loading && <Loading />}
    </div>
  )
}

function Tiers({ found }: { found: Storage }) {
  const m = messages.value.storage
  const present = found.tiers.filter((tier) => tier.present)
  const total = present.every((tier) => tier.bytes !== null)
    ? present.reduce((sum, tier) => sum + (tier.bytes ?? 0), 0)
    : null
  return (
    <>
      <Table label={m.list} columns={tierColumns()} rows={found.tiers} rowKey={(tier) => tier.tier} />
      {found.tiers.some((tier) => tier.problem) && (
        <ul class="notes">
          {found.tiers.map(
            (tier) =>
              tier.problem && (
                <li key={tier.tier}>
                  <VerdictMark verdict="act" word={named(tier.vi, tier.en)} />: {named(tier.problem.vi, tier.problem.en)}
                </li>
              ),
          )}
        </ul>
      )}
      <Facts
        rows={[
          [m.total, <Figure value={total} show={bytes} />],
          [m.data, <Figure value={found.data_bytes} show={bytes} />],
          [m.free, <Figure value={found.disk_free_bytes} show={bytes} />],
        ]}
      />
      {found.types.length > 0 && (
        <section aria-label={m.types} class="chain-steps">
          <h2>{m.types}</h2>
          <Table label={m.types} columns={typeColumns(found.types)} rows={found.types} rowKey={(type) => type.type} />
        </section>
      )}
      <p class="muted small">{messages.value.updated(duration(EVERY_MS / 1000))}</p>
    </>
  )
}

function tierColumns(): Column<StorageTier>[] {
  const m = messages.value.storage
  return [
    { key: 'state', head: m.column.state, cell: (tier) => <VerdictMark verdict={tierState(tier)} /> },
    { key: 'tier', head: m.column.tier, cell: (tier) => <span class="strong">{named(tier.vi, tier.en)}</span>, title: true },
    { key: 'rows', head: m.column.rows, numeric: true, wide: true, cell: (tier) => <Amount tier={tier} value={tier.rows} /> },
    { key: 'values', head: m.column.values, numeric: true, cell: (tier) => <Amount tier={tier} value={tier.values} /> },
    { key: 'bytes', head: m.column.bytes, numeric: true, cell: (tier) => <Amount tier={tier} value={tier.bytes} show={bytes} /> },
    {
      key: 'each',
      head: m.column.perValue,
      numeric: true,
      cell: (tier) => <Amount tier={tier} value={tier.bytes_per_value} show={(value) => number(value, 1)} />,
    },
    { key: 'span', head: m.column.span, wide: true, cell: (tier) => <Span tier={tier} /> },
    { key: 'lag', head: m.column.lag, numeric: true, cell: (tier) => <Lag tier={tier} /> },
  ]
}

/** In a tier that is not there every figure is absent; in one that is, a figure that says nothing of it is a dash. */
function Amount({ tier, value, show }: { tier: StorageTier; value: number | null; show?: (value: number) => string }) {
  if (value === null && tier.present) return <span class="muted">{common.value.none}</span>
  return show ? <Figure value={value} show={show} /> : <Figure value={value} />
}

function Span({ tier }: { tier: StorageTier }) {
  if (!tier.oldest || !tier.newest) return <span class="muted">{messages.value.absent}</span>
  return (
    <span class="num">
      {date(tier.oldest)} – {date(tier.newest)}
    </span>
  )
}

function Lag({ tier }: { tier: StorageTier }) {
  const said = named(tier.lag_vi, tier.lag_en)
  if (said) return <span>{said}</span>
  if (tier.lag_s === null) return <span class="muted">{tier.present ? messages.value.storage.none : messages.value.absent}</span>
  return tier.lag_s < 1 ? (
    <span class="muted">{messages.value.storage.none}</span>
  ) : (
    <span class="num">{roughly(tier.lag_s)}</span>
  )
}

type TypeRow = Storage['types'][number]

/** Values and size stand only where somebody measures them by type. */
function typeColumns(rows: readonly TypeRow[]): Column<TypeRow>[] {
  const m = messages.value.storage
  const weighed: Column<TypeRow>[] = [
    { key: 'values', head: m.column.values, numeric: true, cell: (type) => <Figure value={type.values} /> },
    { key: 'bytes', head: m.column.bytes, numeric: true, cell: (type) => <Figure value={type.bytes} show={bytes} /> },
  ]
  return [
    { key: 'type', head: m.type, cell: (type) => <span class="strong">{named(type.vi, type.en)}</span>, title: true },
    {
      key: 'kept',
      head: m.retention,
      numeric: true,
      cell: (type) =>
        type.retention_days === null ? (
          <span class="muted">{m.forever}</span>
        ) : (
          <span class="num">{m.days(number(type.retention_days))}</span>
        ),
    },
    ...(rows.some((type) => type.values !== null || type.bytes !== null) ? weighed : []),
  ]
}
