// The units within one's sight, by name.
import { get } from '../../api/client'
import { useResource } from '../../api/resource'
import type { Org } from '../../api/types'
import { Select } from '../../design/controls'
import { common } from '../../messages/common'

export function Units({ label, value, onChange }: { label: string; value: string; onChange: (value: string) => void }) {
  const orgs = useResource('units', (signal) => get<{ items: Org[] }>('/api/v1/orgs', {}, signal))
  const options = (orgs.data?.items ?? []).map((org) => ({ value: String(org.id), label: org.name }))
  return <Select label={label} value={value} options={[{ value: '', label: common.value.none }, ...options]} onChange={onChange} />
}
