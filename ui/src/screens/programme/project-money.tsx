// Money: plans on both clocks, year by year with what was carried over, month by month, payments and advances.
import { useResource } from '../../api/resource'
import { get } from '../../api/client'
import { second } from '../../api/time'
import { Loading, ProblemBox } from '../../design/notice'
import { asField } from '../../format/time'
import { useTold } from './parts'
import { monthLines, planLines, yearLines } from './project-ledger'
import { Advances } from './project-advances'
import { Months } from './project-months'
import { Payments } from './project-payments'
import { Plans, Years, clocksNow } from './project-plans'
import { useRecords } from './project-records'
import type { TabProps } from './project-tabs'
import type { Commitment, Contract, Payment, PlanEntry } from './project-types'
import { Ratios } from './totals'

export default function MoneyTab({ project, around, year, reload }: TabProps) {
  const { where } = around
  const plans = useResource(`${where}/plans`, (signal) => get<{ items: PlanEntry[] }>(`${where}/plans`, {}, signal))
  const payments = useResource(`${where}/payments`, (signal) => get<{ items: Payment[] }>(`${where}/payments`, {}, signal))
  const contracts = useRecords<Contract>(where, 'contract')
  const promises = useRecords<Commitment>(where, 'commitment')
  useTold(plans.reload)
  useTold(payments.reload)
  const today = asField(second.value).slice(0, 10)
  const problem = plans.problem ?? payments.problem
  if (!plans.data || !payments.data) {
    return problem ? <ProblemBox problem={problem} onRetry={() => (plans.reload(), payments.reload())} /> : <Loading />
  }
  const now = planLines(plans.data.items, { validOn: today, knownOn: today })
  const changed = () => {
    payments.reload()
    reload()
  }
  return (
    <>
      <Plans rows={plans.data.items} lines={planLines(plans.data.items, clocksNow(today))} year={year} today={today} />
      {project.money.ratios.length > 0 && <Ratios list={project.money.ratios} />}
      <Years lines={yearLines(now, payments.data.items, today)} />
      <Months
        around={around}
        year={year}
        lines={monthLines(year, payments.data.items, promises.data?.items ?? [])}
        reload={promises.reload}
      />
      <Payments
        around={around}
        project={project}
        year={year}
        list={payments.data.items.filter((each) => each.plan_year === year)}
        contracts={contracts.data?.items ?? []}
        sources={[...new Set(now.filter((line) => line.kind === 'annual' && line.year === year).map(({ source }) => source))]}
        reload={changed}
      />
      <Advances contracts={contracts.data?.items ?? []} payments={payments.data.items} today={today} />
    </>
  )
}
