// One warning: what people will read, what stands against sending it, who stands behind it, what can be done now.
import type { ComponentChildren } from 'preact'
import { useState } from 'preact/hooks'
import { Button, Tabs } from '../../design/controls'
import { Chip } from '../../design/mark'
import { Empty } from '../../design/notice'
import { dateTime } from '../../format/time'
import { named } from '../../messages/catalogue'
import { warnings as messages } from '../../messages/warnings'
import { href, param } from '../../router'
import { Acts } from './acts'
import { EditWarning } from './form'
import type { Choices, Info, Warning } from './types'
import { said, SeverityMark, StatusChip } from './words'

const tab = param('tab', 'preview')

interface Props {
  warning: Warning
  choices: Choices | undefined
  onChange: (warning: Warning) => void
  onReload: () => void
}

export function WarningPanel({ warning, choices, onChange, onReload }: Props) {
  const m = messages.value
  const [writing, setWriting] = useState(false)
  const tabs = [
    { id: 'preview', label: m.tabs.preview, href: href('', { tab: null }) },
    { id: 'log', label: m.tabs.log, count: warning.log.length, href: href('', { tab: 'log' }) },
  ]
  return (
    <>
      <header class="warning-head">
        <p class="warning-head-line">
          <Chip>{m.state[warning.state]}</Chip>
          <StatusChip warning={warning} choices={choices} />
          {warning.msg_type !== 'Alert' && <Chip>{said(choices, 'msg_type', warning.msg_type)}</Chip>}
        </p>
        <h2>{warning.headline || warning.identifier}</h2>
        <p class="muted small num">{warning.identifier}</p>
      </header>
      {writing && warning.can_write ? (
        <EditWarning
          warning={warning}
          choices={choices}
          onCancel={() => setWriting(false)}
          onReload={onReload}
          onMade={(after) => {
            setWriting(false)
            onChange(after)
          }}
        />
      ) : (
        <>
          <Acts warning={warning} onChange={onChange} onReload={onReload}>
            {warning.can_write && <Button onClick={() => setWriting(true)}>{m.edit}</Button>}
          </Acts>
          <Faults warning={warning} />
          <Tabs label={m.tabs.label} tabs={tabs} current={tab.value} />
          {tab.value === 'log' ? <Log warning={warning} /> : <Preview warning={warning} choices={choices} />}
        </>
      )}
    </>
  )
}

function Faults({ warning }: { warning: Warning }) {
  const m = messages.value
  if (warning.state !== 'draft' && warning.faults.length === 0) return null
  if (warning.faults.length === 0) return <p class="muted">{m.sound}</p>
  return (
    <section class="warning-faults" aria-label={m.faults(warning.faults.length)}>
      <p class="strong">{m.faults(warning.faults.length)}</p>
      <ul>
        {warning.faults.map((fault) => (
          <li key={`${fault.field} ${fault.rule}`}>
            <span class="mono small">{fault.field}</span> {named(fault.vi, fault.en)}
          </li>
        ))}
      </ul>
    </section>
  )
}

function Preview({ warning, choices }: { warning: Warning; choices: Choices | undefined }) {
  const m = messages.value
  return (
    <>
      <section class="warning-preview" aria-label={m.preview.title}>
        <h3>{m.preview.title}</h3>
        {warning.info.length === 0 && <Empty title={m.preview.nothing} />}
        {warning.info.map((info) => (
          <Text key={info.language} info={info} choices={choices} />
        ))}
      </section>
      <Facts warning={warning} choices={choices} />
    </>
  )
}

function Text({ info, choices }: { info: Info; choices: Choices | undefined }) {
  const m = messages.value
  return (
    <article lang={info.language} class="warning-text">
      <p class="warning-head-line">
        <SeverityMark severity={info.severity} label={said(choices, 'severity', info.severity)} />
        <span class="strong">{info.event}</span>
      </p>
      <h4>{info.headline}</h4>
      <p class="warning-words">{info.description}</p>
      {info.areas.length > 0 && (
        <p>
          <span class="strong">{m.preview.area}:</span> {info.areas.map((area) => area.description).join('; ')}
        </p>
      )}
      {info.instruction && (
        <p class="warning-words">
          <span class="strong">{m.preview.instruction}:</span> {info.instruction}
        </p>
      )}
    </article>
  )
}

function Facts({ warning, choices }: { warning: Warning; choices: Choices | undefined }) {
  const m = messages.value.facts
  const content = warning.content
  const facts: [string, ComponentChildren][] = [
    [m.status, said(choices, 'status', warning.status)],
    [m.scope, [said(choices, 'scope', warning.scope), content.restriction, ...(content.addresses ?? [])].filter(Boolean).join(' · ')],
    [m.urgency, said(choices, 'urgency', content.urgency)],
    [m.severity, said(choices, 'severity', content.severity)],
    [m.certainty, said(choices, 'certainty', content.certainty)],
  ]
  if (content.risk_level) facts.push([m.risk, messages.value.form.riskLevel(content.risk_level)])
  if (content.onset) facts.push([m.onset, dateTime(content.onset)])
  if (warning.expires) facts.push([m.expires, dateTime(warning.expires)])
  facts.push([m.author, warning.authors.map((each) => each.name).join(', ')])
  if (warning.approver) facts.push([m.approver, warning.approver.name])
  if (warning.preapproved) facts.push([m.preapproved, warning.preapproved])
  if (warning.sent) facts.push([m.sent, [dateTime(warning.sent), warning.sent_by?.name].filter(Boolean).join(' · ')])
  facts.push([m.owner, warning.owner.name])
  if (warning.incident_id) {
    const address = href('/duty', { sel: `incident:${warning.incident_id}` })
    facts.push([m.incident, <a href={address}>#{warning.incident_id}</a>])
  }
  if (warning.why) facts.push([m.why, warning.why])
  if (warning.note) facts.push([m.note, warning.note])
  if (warning.related.length > 0) facts.push([m.related, <Related warning={warning} />])
  if (warning.url) facts.push([m.address, <a href={warning.url} data-external>{warning.url}</a>])
  if (warning.sent) {
    const document = `/api/v1/warnings/${warning.id}/xml`
    facts.push([m.document, <a href={document} download={`${warning.identifier}.xml`} data-external>{`${warning.identifier}.xml`}</a>])
  }
  return (
    <dl class="facts">
      {facts.map(([label, value]) => (
        <Fact key={label} label={label} value={value} />
      ))}
    </dl>
  )
}

function Fact({ label, value }: { label: string; value: ComponentChildren }) {
  return (
    <>
      <dt>{label}</dt>
      <dd>{value}</dd>
    </>
  )
}

function Related({ warning }: { warning: Warning }) {
  return (
    <ul>
      {warning.related.map((each) => (
        <li key={each.id}>
          <a href={href(`/warnings/${each.id}`)}>{each.identifier}</a> {messages.value.state[each.state]}
        </li>
      ))}
    </ul>
  )
}

function Log({ warning }: { warning: Warning }) {
  const words = messages.value.acts as Record<string, string>
  return (
    <ol class="warning-log" aria-label={messages.value.tabs.log}>
      {warning.log.map((entry) => {
        const name = entry.action.replace(/^warning\./, '')
        const reason = entry.body['reason']
        return (
          <li key={entry.no}>
            <p>
              <span class="num muted">{dateTime(entry.at)}</span> <span class="strong">{words[name] ?? name}</span> {entry.actor.name}
            </p>
            {typeof reason === 'string' && <p class="warning-words">{reason}</p>}
          </li>
        )
      })}
    </ol>
  )
}
