// Small parts that several pages of directives show.
import { useEffect, useRef } from 'preact/hooks'
import { listen } from '../../api/stream'
import { Chip } from '../../design/mark'
import { directives as messages } from '../../messages/directives'
import type { Secrecy } from './types'

const SETTLE_MS = 400
const TOLD: ReadonlySet<string> = new Set(['directive', 'directives', 'reset'])

/** What others do shows as it happens, once it has settled. */
export function useTold(refresh: () => void): void {
  const latest = useRef(refresh)
  latest.current = refresh
  useEffect(() => {
    let settling: number | undefined
    const hush = listen('directives', (event) => {
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

/** A document that is not for everybody says so wherever it is named. */
export function SecrecyMark({ secrecy }: { secrecy: Secrecy }) {
  const m = messages.value
  if (secrecy === 'normal') return null
  return (
    <span title={secrecy === 'secret' ? m.secretText : m.restrictedText}>
      <Chip tone={secrecy === 'secret' ? 'hatched' : 'plain'}>{m.secrecy[secrecy]}</Chip>
    </span>
  )
}
