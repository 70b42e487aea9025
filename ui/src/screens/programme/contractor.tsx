// One contractor: evidence from its contracts alone; a rate only where there is enough, with n and its interval.
import type { ComponentChildren } from 'preact'
import { get } from '../../api/client'
import { useResource } from '../../api/resource'
import { Mark } from '../../design/mark'
import { Loading, ProblemBox } from '../../design/notice'
import { Table, type Column } from '../../design/table'
import { number, percent } from '../../format/number'
import { date } from '../../format/time'
import { named } from '../../messages/catalogue'
import { common } from '../../messages/common'
import { parties as messages } from '../../messages/programme-parties'
import { href, path } from '../../router'
import './analysis.css'
import { Note, ProjectName } from './analysis-parts'
import './board.css'
import { Figure } from './board-head'
import { lastReply } from './cases-way'
import { contractColumns } from './contractor-contracts'
import type { ContractorAnswer, ContractorCase, ContractorRecord, TenderFlag } from './contractor-types'
import { Sum, useTold } from './parts'

export default function ContractorPage() {
  const m = messages.value
  const id = path.value[2] ?? ''
  const resource = useResource(`contractor ${id}`, (signal) => get<ContractorAnswer>(`/api/v1/programme/contractors/${encodeURIComponent(id)}`, {}, signal))
  useTold(resource.reload)
  const found = resource.data
  if (!found) return <div class="page">{resource.problem ? <ProblemBox problem={resource.problem} onRetry={resource.reload} /> : <Loading />}</div>
  return (
    <div class="page">
      <header class="page-head">
        <div>
          <h1>{found.contractor.name}</h1>
          <p>
            {found.contractor.tax_code && <span class="num">{m.contractor.taxCode(found.contractor.tax_code)} · </span>}
            {m.contractor.question}
          </p>
        </div>
      </header>
      <Note>{m.contractor.note}</Note>
      <Head found={found} />
      <Part title={m.contractor.rate}>
        <Rate record={found.record} />
      </Part>
      <Part title={m.contractor.list}>
        <Table
          label={m.contractor.list}
          columns={contractColumns()}
          rows={found.contracts}
          rowKey={(each) => String(each.id)}
          empty={<p class="muted">{m.contractor.noContracts}</p>}
        />
        {found.evidence_missing.length > 0 && <p class="muted small">{found.evidence_missing.map((each) => named(each.vi, each.en)).join('; ')}.</p>}
      </Part>
      <Part title={m.contractor.flags}>
        <Table label={m.contractor.flags} columns={flagColumns()} rows={found.tender_flags} rowKey={(each) => `${each.code} ${each.package?.id ?? ''}`} empty={<p class="muted">{m.contractor.noFlags}</p>} />
      </Part>
      <Part title={m.contractor.cases}>
        <Table label={m.contractor.cases} columns={caseColumns()} rows={found.cases} rowKey={(each) => String(each.id)} empty={<p class="muted">{m.contractor.noCases}</p>} />
      </Part>
      <p class="muted small">{m.asOf(date(found.as_of))}</p>
    </div>
  )
}

function Part({ title, children }: { title: string; children: ComponentChildren }) {
  return (
    <section class="block-section" aria-label={title}>
      <h2>{title}</h2>
      {children}
    </section>
  )
}

function Head({ found }: { found: ContractorAnswer }) {
  const m = messages.value.contractor
  const { record, totals } = found
  return (
    <dl class="headline" aria-label={m.head}>
      <Figure name={m.contracts} note={m.over(number(record.over))}>
        <span class="num">{number(record.contracts)}</span>
      </Figure>
      <Figure name={m.value} note={null}>
        <Sum dong={totals.value_now_dong} />
      </Figure>
      <Figure name={m.accepted} note={null}>
        <Sum dong={totals.accepted_dong} />
      </Figure>
      <Figure name={m.paid} note={null}>
        <Sum dong={totals.paid_dong} />
      </Figure>
      <Figure name={m.late} note={m.lateOf(number(record.late), number(record.over))}>
        <span class="num">{number(record.late)}</span>
      </Figure>
      <Figure name={m.extensions} note={`${m.equipmentLate}: ${number(record.equipment_late)} · ${m.terminated}: ${number(record.terminated)}`}>
        <span class="num">{number(record.extensions)}</span>
      </Figure>
    </dl>
  )
}

/** The shrunken rate with its interval and n; under the least number the reason why there is none. */
function Rate({ record }: { record: ContractorRecord }) {
  const m = messages.value.contractor
  const { late_rate: rate, late_low: low, late_high: high, all_rate: all } = record
  if (rate === null || low === null || high === null) {
    return (
      <p class="note">
        <Mark shape="none" sign="–" tone="quiet" /> <span>{named(record.reason_vi, record.reason_en)}</span>
      </p>
    )
  }
  return (
    <div class="method rate-block">
      <p class="method-value">
        <span class="num">{percent(rate, 0)}</span>
        <span class="small muted">{m.rateText(percent(low, 0), percent(high, 0))}</span>
      </p>
      <svg class="interval" viewBox="0 0 100 20" preserveAspectRatio="none" role="img" aria-label={`${percent(rate, 0)}. ${m.rateText(percent(low, 0), percent(high, 0))}`}>
        <path class="interval-line" d="M0 10H100" />
        <rect class="interval-band" x={100 * low} y="5" width={Math.max(1, 100 * (high - low))} height="10" />
        <rect class="interval-mid" x={100 * rate - 0.6} y="1" width="1.2" height="18" />
        {all !== null && <path class="interval-all" d={`M${100 * all} 0V20`} vector-effect="non-scaling-stroke" />}
      </svg>
      <p class="small">
        {m.rateFrom(number(record.over), all === null ? common.value.none : percent(all, 0), number(record.prior_contracts))}{' '}
        {record.median_slip_days !== null && m.slip(number(record.median_slip_days))}
      </p>
      <p class="muted small">{m.rateLegend}</p>
    </div>
  )
}

function flagColumns(): Column<TenderFlag>[] {
  const m = messages.value
  return [
    {
      key: 'flag',
      head: m.owner.flag,
      title: true,
      cell: (each) => (
        <span class="two-lines">
          <span class="strong">{named(each.vi, each.en)}</span>
          <span class="muted small num">{each.code}</span>
        </span>
      ),
    },
    { key: 'found', head: m.owner.found, cell: (each) => named(each.found.vi, each.found.en) },
    { key: 'package', head: m.contractor.package, cell: (each) => each.package?.name ?? <span class="muted">{common.value.none}</span> },
    { key: 'project', head: m.project, cell: (each) => (each.project ? <ProjectName project={each.project} /> : <span class="muted">{common.value.none}</span>) },
  ]
}

function caseColumns(): Column<ContractorCase>[] {
  const m = messages.value
  return [
    { key: 'subject', head: m.cases.subject, title: true, cell: (each) => <a href={href(`/programme/cases/${each.id}`)}>{each.subject}</a> },
    { key: 'state', head: m.contractor.state, cell: (each) => named(each.state_vi, each.state_en) },
    { key: 'reply', head: m.cases.reply, cell: (each) => <span class="num">{each.reply_until ? date(lastReply(each.reply_until)) : common.value.none}</span> },
  ]
}
