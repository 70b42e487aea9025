// Tenders, contracts as signed and as they hold, what changed them, equipment, appraisals, accepted volume; and flags.
import { second } from '../../api/time'
import { asField } from '../../format/time'
import { href } from '../../router'
import { Acceptances, Appraisals, EquipmentItems } from './project-deliveries'
import { FlagsSection } from './project-flags'
import { Contracts } from './project-signed'
import { useRecords } from './project-records'
import { Packages } from './project-tenders'
import type { TabProps } from './project-tabs'
import type { Appraisal, Contract, ContractChange } from './project-types'

export default function ContractsTab({ project, around, year }: TabProps) {
  const today = asField(second.value).slice(0, 10)
  const contracts = useRecords<Contract>(around.where, 'contract')
  const changes = useRecords<ContractChange>(around.where, 'contract_change')
  const appraisals = useRecords<Appraisal>(around.where, 'price_appraisal')
  const known = contracts.data?.items ?? []
  const caseOf = project.may.cases && project.may.edit
    ? (each: Contract) => href('/programme/cases/new', { project: String(project.id), contract: String(each.id) })
    : null
  return (
    <>
      <FlagsSection project={project} year={year} />
      <Packages around={around} />
      <Contracts around={around} contracts={contracts} changes={changes} today={today} caseOf={caseOf} />
      <EquipmentItems around={around} contracts={known} changes={changes.data?.items ?? []} appraisals={appraisals.data?.items ?? []} />
      <Appraisals around={around} resource={appraisals} today={today} />
      <Acceptances around={around} contracts={known} />
    </>
  )
}
