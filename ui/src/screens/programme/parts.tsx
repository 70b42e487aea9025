// Small parts that the pages of a programme share.
import { useEffect, useRef } from 'preact/hooks'
import { get } from '../../api/client'
import { useResource } from '../../api/resource'
import { listen } from '../../api/stream'
import { bigDong, dong } from '../../format/money'
import { common } from '../../messages/common'
import type { Program } from './types'

const SETTLE_MS = 600
const TOLD: ReadonlySet<string> = new Set(['programme', 'programmes', 'reset'])

/** What others do shows as it happens, once it has settled. */
export function useTold(refresh: () => void): void {
  const latest = useRef(refresh)
  latest.current = refresh
  useEffect(() => {
    let settling: number | undefined
    const hush = listen('programme', (event) => {
      if (!TOLD.has(event.kind)) return
      clearTimeout(settling)
      settling = window.setTimeout(() => latest.current(), SETTLE_MS)
    })
    return () => {
      hush()
      clearTimeout(settling)
    }
  }, [])
}

/** A sum as people say it; the exact đồng stand in its tip. */
export function Sum({ dong: amount, exact = false }: { dong: number | null | undefined; exact?: boolean }) {
  if (amount === null || amount === undefined) return <span class="muted">{common.value.none}</span>
  return (
    <span class="num nowrap" title={dong(amount)}>
      {exact ? dong(amount) : bigDong(amount)}
    </span>
  )
}

export function usePrograms() {
  return useResource('programs', (signal) => get<{ items: Program[] }>('/api/v1/programme/programs', {}, signal))
}
