// Payments of a plan year: what the Treasury confirmed and what the owner expects, in two tables without a common sum;
// and the acts that lead from one to the other.
import { get, send } from '../../api/client'
import { Button } from '../../design/controls'
import { Chip } from '../../design/mark'
import { Table, type Column } from '../../design/table'
import { bigDong } from '../../format/money'
import { date } from '../../format/time'
import { project as messages } from '../../messages/project'
import { Sum } from './parts'
import { EntryForm } from './project-form'
import { sign } from './project-ledger'
import { useLimit } from './project-limit'
import { AddButton, form, openForm, type Around } from './project-records'
import { useSources } from './project-plans'
import type { Contract, Payment, PaymentAct, Project } from './project-types'
import { monthOf } from './project-words'
import type { Facts } from './project-fields'
import { asField } from '../../format/time'
import { second } from '../../api/time'

interface Props {
  around: Around
  project: Project
  year: number
  list: readonly Payment[]
  contracts: readonly Contract[]
  /** Sources of the year's plan. */
  sources: readonly number[]
  reload: () => void
}

export function Payments(props: Props) {
  const { around, project, list, year, reload } = props
  const m = messages.value.money
  const names = useSources()
  const of = (...states: Payment['state'][]) => list.filter((each) => states.includes(each.state))
  const waiting = useLimit(of('estimate'))
  const paid = useLimit(of('confirmed'))
  const gone = of('cancelled', 'reversed')
  const columns = (state: 'estimate' | 'confirmed' | 'gone') => paymentColumns(state, props.contracts, names)
  return (
    <>
      <section class="block-section" aria-label={m.estimatedTitle}>
        <div class="section-head">
          <h2>{m.estimatedTitle}</h2>
          {around.mayEdit && <AddButton word="estimate" label={m.addEstimate} title={m.addEstimate} />}
        </div>
        <NewForm {...props} word="estimate" />
        <ActForm around={around} list={of('estimate')} reload={reload} />
        <Table label={m.estimatedTitle} columns={columns('estimate')} rows={waiting.shown} rowKey={(each) => String(each.id)} empty={<p class="muted">{m.noEstimated}</p>} />
        {waiting.more}
        <Total list={of('estimate')} amount={(each) => each.estimate_dong} year={year} />
      </section>
      <section class="block-section" aria-label={m.confirmedTitle}>
        <div class="section-head">
          <h2>{m.confirmedTitle}</h2>
          {project.may.confirm && <AddButton word="enter" label={m.enter} title={m.enter} />}
        </div>
        <NewForm {...props} word="enter" />
        <ActForm around={around} list={of('confirmed')} reload={reload} />
        <Table label={m.confirmedTitle} columns={columns('confirmed')} rows={paid.shown} rowKey={(each) => String(each.id)} empty={<p class="muted">{m.noConfirmed}</p>} />
        {paid.more}
        <Total list={of('confirmed')} amount={(each) => each.confirmed_dong} year={year} />
        {gone.length > 0 && (
          <details class="fold">
            <summary>{m.otherTitle(gone.length)}</summary>
            <Table label={m.otherTitle(gone.length)} columns={columns('gone')} rows={gone} rowKey={(each) => String(each.id)} />
          </details>
        )}
      </section>
    </>
  )
}

/** The sum of one table: recoveries are taken off. */
function Total({ list, amount, year }: { list: readonly Payment[]; amount: (each: Payment) => number | null; year: number }) {
  if (list.length < 2) return null
  const sum = list.reduce((all, each) => all + sign(each) * (amount(each) ?? 0), 0)
  return (
    <p class="num section-sum">
      {messages.value.money.sum} {String(year)}: <span class="strong"><Sum dong={sum} exact /></span>
    </p>
  )
}

function NewForm({ around, year, reload, word, sources, contracts }: Props & { word: 'estimate' | 'enter' }) {
  const m = messages.value.money
  const fields = around.described.payments[word]
  if (form.value !== word || !fields) return null
  const today = asField(second.peek()).slice(0, 10)
  const [now, month] = today.split('-').map(Number) as [number, number]
  const running = contracts.filter((each) => each.ended_on === null)
  const begin: Facts = {
    plan_year: year, period: now === year ? month : now > year ? 13 : 1, kind: 'volume', paid_on: today,
    // Where there is nothing to choose from, nobody has to choose.
    fund_source_id: sources.length === 1 ? sources[0] : null, contract_id: running.length === 1 ? running[0]?.id : null,
  }
  return (
    <EntryForm
      id={`${around.where} ${word}`}
      title={word === 'estimate' ? m.addEstimate : m.enter}
      fields={fields}
      where={around.where}
      begin={begin}
      send={(body, _, key) => send('POST', `${around.where}/${word === 'estimate' ? 'estimates' : 'payments'}`, body, { key })}
      done={word === 'estimate' ? m.estimateDone : m.enterDone}
      sendLabel={word === 'estimate' ? m.addEstimate : m.enter}
      onDone={() => (openForm(null), reload())}
    />
  )
}

/** The form of an act on one payment: `confirm:7`. */
function ActForm({ around, list, reload }: { around: Around; list: readonly Payment[]; reload: () => void }) {
  const m = messages.value.money
  const [word, number] = form.value.split(':')
  const payment = list.find((each) => String(each.id) === number)
  const act = word as PaymentAct
  const fields = around.described.payments[act]
  if (!payment || !fields || !payment.acts.includes(act)) return null
  const begin: Facts = {
    confirmed_dong: payment.estimate_dong, estimate_dong: payment.estimate_dong, period: payment.period,
    paid_on: asField(second.peek()).slice(0, 10),
  }
  const here = `/api/v1/programme/payments/${payment.id}`
  return (
    <EntryForm
      key={form.value}
      id={`payment ${form.value}`}
      title={m.actOf(m.acts[act], what(payment))}
      fields={fields}
      where={around.where}
      begin={begin}
      version={payment.version}
      send={(body, version, key) => send('POST', `${here}/acts`, { do: { act, ...body } }, { ...(version === undefined ? {} : { version }), key })}
      reread={() => get<Payment>(here)}
      seen={payment}
      done={m.acted[act]}
      sendLabel={m.acts[act]}
      onDone={() => (openForm(null), reload())}
    />
  )
}

function what(payment: Payment): string {
  const m = messages.value.money
  return `${m.kinds[payment.kind]} ${monthOf(payment)}, ${bigDong(payment.estimate_dong ?? payment.confirmed_dong ?? 0)}`
}

function paymentColumns(
  state: 'estimate' | 'confirmed' | 'gone', contracts: readonly Contract[], names: ReadonlyMap<number, string>,
): Column<Payment>[] {
  const m = messages.value.money
  const called = new Map(contracts.map((each) => [each.id, each]))
  const columns: Column<Payment>[] = [
    {
      key: 'period',
      head: m.period,
      title: true,
      cell: (each) => (
        <span class="two-lines">
          <span class="num strong">{monthOf(each)}</span>
          <span class="muted small">
            {m.kinds[each.kind]} {each.carry_over && <Chip>{m.fromCarry}</Chip>}
          </span>
        </span>
      ),
    },
    {
      key: 'contract',
      head: m.contract,
      cell: (each) => {
        const contract = each.contract_id === null ? undefined : called.get(each.contract_id)
        return (
          <span class="two-lines">
            <span>{contract ? contract.contract_no : <span class="muted">{m.noContract}</span>}</span>
            <span class="muted small">{names.get(each.fund_source_id) ?? ''}</span>
          </span>
        )
      },
    },
    { key: 'amount', head: m.amount, numeric: true, cell: (each) => <Amount each={each} /> },
  ]
  if (state !== 'estimate') {
    columns.push({
      key: 'reference',
      head: m.reference,
      cell: (each) => (
        <span class="two-lines">
          <span class="num">{[each.treasury_ref, each.paid_on && date(each.paid_on)].filter(Boolean).join(', ')}</span>
          <span class="muted small broken">
            {state === 'gone' ? m.states[each.state] : each.exception ? m.exception(each.exception) : ''}
          </span>
        </span>
      ),
    })
  }
  if (state !== 'gone') columns.push({ key: 'act', head: '', headCell: <span class="hidden-text">{m.act}</span>, cell: (each) => <Acts each={each} /> })
  return columns
}

function Amount({ each }: { each: Payment }) {
  const m = messages.value.money
  const amount = each.state === 'confirmed' || each.state === 'reversed' ? each.confirmed_dong : each.estimate_dong
  const differs = each.confirmed_dong !== null && each.estimate_dong !== null && each.confirmed_dong !== each.estimate_dong
  return (
    <span class="two-lines">
      <span>
        {each.kind === 'recovery' && '−'}
        <Sum dong={amount} exact />
      </span>
      {differs && each.estimate_dong !== null && <span class="muted small">{m.was(bigDong(each.estimate_dong))}</span>}
      {each.note && <span class="muted small broken">{each.note}</span>}
    </span>
  )
}

function Acts({ each }: { each: Payment }) {
  const m = messages.value.money
  return (
    <span class="row-acts">
      {each.acts.map((act) => {
        const word = `${act}:${each.id}`
        return (
          <Button
            key={act}
            kind={act === 'confirm' ? 'plain' : 'ghost'}
            expanded={form.value === word}
            label={m.actOf(m.acts[act], what(each))}
            onClick={() => openForm(form.value === word ? null : word)}
          >
            {m.acts[act]}
          </Button>
        )
      })}
    </span>
  )
}
