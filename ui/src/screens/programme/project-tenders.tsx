// Packages with their tenderers below them: who offered what, who won, who was disqualified and why.
import { Mark } from '../../design/mark'
import { Table, type Column } from '../../design/table'
import { percent } from '../../format/number'
import { date, dateTime } from '../../format/time'
import { named } from '../../messages/catalogue'
import { common } from '../../messages/common'
import { project as messages } from '../../messages/project'
import { href } from '../../router'
import { Sum } from './parts'
import { AddButton, EditButton, RecordForm, Records, specOf, useRecords, type Around } from './project-records'
import type { Bid, Package } from './project-types'

export function Packages({ around }: { around: Around }) {
  const m = messages.value.contracts
  const packages = useRecords<Package>(around.where, 'package')
  const bids = useRecords<Bid>(around.where, 'bid')
  const bidSpec = specOf(around.described, 'bid')
  const methods = specOf(around.described, 'package')?.fields.find(({ name }) => name === 'method')?.choices ?? []
  return (
    <Records<Package> around={around} kind="package" title={m.packages} resource={packages} hideTable>
      {(list) => (
        <>
          {around.mayEdit && list.length > 0 && bidSpec && (
            <div>
              <AddButton word="bid" label={named(bidSpec.vi, bidSpec.en)} title={named(bidSpec.vi, bidSpec.en)} />
            </div>
          )}
          {bidSpec && <RecordForm around={around} spec={bidSpec} rows={bids.data?.items ?? []} reload={bids.reload} />}
          {list.length === 0 && <p class="muted">{m.noPackages}</p>}
          {list.map((each) => {
            const method = methods.find(({ value }) => value === each.method)
            return (
              <Tender
                key={each.id}
                each={each}
                around={around}
                method={method ? named(method.vi, method.en) : each.method}
                bids={(bids.data?.items ?? []).filter((bid) => bid.package_id === each.id)}
              />
            )
          })}
        </>
      )}
    </Records>
  )
}

interface TenderProps {
  each: Package
  around: Around
  method: string
  bids: readonly Bid[]
}

function Tender({ each, around, method, bids }: TenderProps) {
  const m = messages.value.contracts
  const facts = [
    [m.method, method],
    [m.published, each.published_on && date(each.published_on)],
    [m.closes, each.closes_at && dateTime(each.closes_at)],
    [m.opened, each.opened_on && date(each.opened_on)],
  ] as const
  const sorted = [...bids].sort((a, b) => a.amount_dong - b.amount_dong)
  return (
    <article class="card tender" aria-label={each.name}>
      <header class="section-head">
        <div>
          <h3>{each.name}</h3>
          <p class="muted small">
            {m.estimate} <Sum dong={each.estimate_dong} />
            {facts.map(([label, value]) => (value ? ` · ${label} ${value}` : ''))}
          </p>
          {each.cancelled_reason && <p class="strong">{m.cancelled(each.cancelled_reason)}</p>}
        </div>
        {around.mayEdit && <EditButton kind="package" row={each} title={each.name} />}
      </header>
      <Table label={`${m.bids(bids.length)}: ${each.name}`} columns={bidColumns(each, around.mayEdit)} rows={sorted} rowKey={(bid) => String(bid.id)} empty={<p class="muted tender-none">{m.noBids}</p>} />
    </article>
  )
}

function bidColumns(tender: Package, mayEdit: boolean): Column<Bid>[] {
  const m = messages.value.contracts
  const columns: Column<Bid>[] = [
    {
      key: 'bidder',
      head: m.bidder,
      title: true,
      cell: (bid) => <a href={href(`/programme/contractor/${bid.bidder_id}`)}>{bid.bidder_name}</a>,
    },
    {
      key: 'offer',
      head: m.offer,
      numeric: true,
      cell: (bid) => (
        <span class="two-lines">
          <Sum dong={bid.amount_dong} exact />
          {tender.estimate_dong > 0 && <span class="muted small num">{m.ofEstimate(percent(bid.amount_dong / tender.estimate_dong))}</span>}
        </span>
      ),
    },
    {
      key: 'outcome',
      head: m.outcome,
      cell: (bid) =>
        bid.winner ? (
          <span class="ask strong">
            <Mark shape="none" sign="✓" tone="quiet" />
            {m.won}
          </span>
        ) : bid.disqualified_reason ? (
          <span class="broken">{m.out(bid.disqualified_reason)}</span>
        ) : (
          <span class="muted">{common.value.none}</span>
        ),
    },
  ]
  if (mayEdit) columns.push({ key: 'edit', head: '', headCell: <span class="hidden-text">{messages.value.form.edit}</span>, cell: (bid) => <EditButton kind="bid" row={bid} title={bid.bidder_name} /> })
  return columns
}
