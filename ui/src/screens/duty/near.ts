// What is near an incident: cameras and units with their distance, asked for once for whoever shows them.
import { computed, signal } from '@preact/signals'
import { get } from '../../api/client'
import { useResource, type Resource as Asked } from '../../api/resource'
import { board, held } from './store'
import { sel } from './link'
import type { Alert, Camera, Incident, Nearest, Resource } from './types'

export function useNearest(incidentId: number | null, version: number): Asked<Nearest> {
  const key = incidentId === null ? null : `nearest ${incidentId} ${version}`
  return useResource(key, (signal) => get<Nearest>(`/api/v1/incidents/${incidentId}/nearest`, {}, signal))
}

/** What is selected, as the address says it. */
export const chosen = computed<{ kind: 'alert' | 'incident'; id: number } | null>(() => {
  const [kind, id] = sel.value.split(':')
  const number = Number(id)
  return (kind === 'alert' || kind === 'incident') && Number.isInteger(number) && number > 0 ? { kind, id: number } : null
})

export const chosenAlert = computed<Alert | undefined>(() => (chosen.value?.kind === 'alert' ? held.value.rows.get(chosen.value.id) : undefined))

/** The incident that is selected, or that the selected alert belongs to, as the list knows it. */
export const chosenIncident = computed<Incident | undefined>(() => {
  const id = chosen.value?.kind === 'incident' ? chosen.value.id : chosenAlert.value?.incident_id
  return board.value?.incidents?.find((incident) => incident.id === id)
})

/** Cameras near what is selected, for the map beside the list. */
export const nearCameras = signal<readonly Camera[]>([])

/** The free ones first, the nearest before the others; what has no position comes last. */
export function byDistance(a: Resource, b: Resource): number {
  return (
    Number(a.status !== 'free') - Number(b.status !== 'free') ||
    (a.distance_m ?? Infinity) - (b.distance_m ?? Infinity) ||
    a.name.localeCompare(b.name, 'vi')
  )
}
