// What belongs to the incident: alerts, devices, cameras, reports, warnings, other incidents; each leads to its own place.
import { useState } from 'preact/hooks'
import { Button, Field } from '../../design/controls'
import { Empty } from '../../design/notice'
import { duty as messages } from '../../messages/duty'
import { href } from '../../router'
import { ActFrame, Choice } from './act-form'
import { actOnIncident, form, refused } from './doing'
import type { Incident, IncidentLink } from './types'

export function Links({ incident }: { incident: Incident }) {
  const m = messages.value
  const words = m.links as Record<string, string>
  return (
    <section class="duty-links">
      {incident.links.length === 0 && <Empty title={m.links.none} />}
      <ul class="duty-near">
        {incident.links.map((link) => (
          <li key={`${link.kind} ${link.ref}`}>
            <span class="muted small">{words[link.kind] ?? link.kind}</span>
            <LinkTo link={link} />
            {link.note && <span class="muted small">{link.note}</span>}
            {incident.acts?.includes('unlink') && link.kind !== 'warning' && (
              <button
                type="button"
                class="duty-link small"
                aria-label={`${m.acts.unlink}: ${link.name ?? link.ref}`}
                onClick={() => void actOnIncident(incident, { act: 'unlink', links: [{ kind: link.kind, ref: link.ref }] })}
              >
                {m.acts.unlink}
              </button>
            )}
          </li>
        ))}
      </ul>
      {incident.acts?.includes('link') && (
        <Button expanded={form.value === 'add:link'} onClick={() => (form.value = form.value === 'add:link' ? null : 'add:link')}>
          {m.acts.link}
        </Button>
      )}
      {form.value === 'add:link' && <AddLink incident={incident} />}
    </section>
  )
}

function LinkTo({ link }: { link: IncidentLink }) {
  const text = link.name || link.ref
  const to =
    link.kind === 'alert'
      ? href('', { sel: `alert:${link.ref}` })
      : link.kind === 'incident'
        ? href('', { sel: `incident:${link.ref}` })
        : link.kind === 'entity' || link.kind === 'camera'
          ? href('/city', { sel: link.ref })
          : link.kind === 'warning'
            ? href(`/warnings/${link.ref}`)
            : null
  return to ? <a href={to}>{text}</a> : <span>{text}</span>
}

function AddLink({ incident }: { incident: Incident }) {
  const m = messages.value
  const [kind, setKind] = useState('camera')
  const [ref, setRef] = useState('')
  const { none: _, task: __, warning: ___, ...kinds } = m.links
  return (
    <ActFrame label={m.acts.link} onSubmit={() => ref.trim() && void actOnIncident(incident, { act: 'link', links: [{ kind, ref: ref.trim() }] })}>
      <Choice label={m.form.linkKind} words={kinds} value={kind} onChange={setKind} />
      <Field label={m.form.linkRef} value={ref} onInput={setRef} fault={refused.value?.fault('links')} required />
    </ActFrame>
  )
}
