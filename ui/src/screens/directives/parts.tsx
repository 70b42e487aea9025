// Small parts that several pages of directives show.
import { useEffect, useRef } from 'preact/hooks'
import { listen } from '../../api/stream'
import { Chip } from '../../design/mark'
import { directives as messages } from '../../messages/directives'
import { named } from '../../messages/catalogue'
import type { DocumentRow, Secrecy } from './types'

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

/** Kinds that say nothing: such a document is called by its file, or just a document. */
const KINDLESS: ReadonlySet<string> = new Set(['khác', 'tin'])

/** How a document is called: `Thông báo 231/TB-UBND`, `tb-ket-luan.docx`. */
export function documentName(row: Pick<DocumentRow, 'kind' | 'kind_vi' | 'kind_en' | 'number'> & { file?: DocumentRow['file'] }): string {
  const isKindless = KINDLESS.has(row.kind)
  if (isKindless && !row.number && row.file) return row.file.name
  const kind = isKindless ? messages.value.documents.column.document : named(row.kind_vi, row.kind_en)
  return `${kind.charAt(0).toUpperCase()}${kind.slice(1)} ${row.number || `(${messages.value.documents.noNumber})`}`
}

/** How a document stands; one that is a reference only was never read. */
export function stateWords(row: Pick<DocumentRow, 'state' | 'reference_only'>): string {
  const m = messages.value
  return row.reference_only && row.state !== 'withdrawn' ? m.referenceOnly : m.documentState[row.state]
}
