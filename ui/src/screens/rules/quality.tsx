// How good the rules are, by the load they make: what is too loud, what chatters, what stands for days.
import type { ComponentChildren } from 'preact'
import { useState } from 'preact/hooks'
import { get } from '../../api/client'
import { useResource } from '../../api/resource'
import type { Quality, Rules } from '../../api/rules'
import { serverNow } from '../../api/time'
import { Select } from '../../design/controls'
import { Priority } from '../../design/mark'
import { Loading, ProblemBox } from '../../design/notice'
import { number, percent } from '../../format/number'
import { dateTime, duration } from '../../format/time'
import { named } from '../../messages/catalogue'
import { rules as messages } from '../../messages/rules'
import { href } from '../../router'

const MONTHS = 12

export function QualityPart() {
  const m = messages.value.quality
  const months = lastMonths(serverNow())
  const [month, setMonth] = useState(months[0] ?? '')
  const resource = useResource(`quality ${month}`, (signal) => get<Quality>('/api/v1/alerts/quality', { month }, signal))
  const options = months.map((value) => ({ value, label: `${value.slice(5)}/${value.slice(0, 4)}` }))
  return (
    <>
      <div class="list-filters">
        <Select label={m.month} value={month} options={options} onChange={setMonth} />
      </div>
      {resource.problem && <ProblemBox problem={resource.problem} onRetry={resource.reload} />}
      {resource.data ? <Measures quality={resource.data} /> : resource.loading && <Loading />}
    </>
  )
}

/** The present month and those before it, as `2026-11`. */
function lastMonths(now: number): string[] {
  const local = new Date(now + 7 * 3_600_000)
  return Array.from({ length: MONTHS }, (_, back) =>
    new Date(Date.UTC(local.getUTCFullYear(), local.getUTCMonth() - back, 1)).toISOString().slice(0, 7),
  )
}

function Measures({ quality }: { quality: Quality }) {
  const m = messages.value.quality
  const { chatteringHead, mixHead, operatorHead, worstHead } = m
  const rules = useResource('rules', (signal) => get<Rules>('/api/v1/alert-rules', {}, signal))
  const titles = new Map(rules.data?.items.map((one) => [one.rule, named(one.title_vi, one.title_en)]))
  return (
    <div class="rule-quality">
      <p class="strong" role="status">
        {quality.total ? m.total(number(quality.total), rate(quality.per_hour), number(quality.goal_per_hour)) : m.noTotal}
      </p>
      <Part title={m.mix} heads={[mixHead.priority, mixHead.count, mixHead.share, mixHead.goal]}>
        {quality.mix.map((one) => (
          <tr key={one.priority}>
            <td>
              <Priority level={one.priority} filled={false} label={messages.value.priority[one.priority] ?? ''} />
            </td>
            <td class="num">{number(one.count)}</td>
            <td class="num">{one.share === null ? '—' : percent(one.share)}</td>
            <td class="num muted">{one.goal === null ? '—' : percent(one.goal, 0)}</td>
          </tr>
        ))}
      </Part>
      <Part title={m.worst} text={m.worstText(percent(quality.worst_share_goal, 0))} heads={[worstHead.rule, worstHead.count, worstHead.entities, worstHead.share]}>
        {quality.worst.map((one) => (
          <tr key={one.rule}>
            <td>
              <a href={href(`/rules/${one.rule}`)}>{titles.get(one.rule) ?? one.rule}</a>
            </td>
            <td class="num">{number(one.count)}</td>
            <td class="num">{number(one.entities)}</td>
            <td class={one.too_much ? 'num strong' : 'num'}>{percent(one.share)}</td>
          </tr>
        ))}
      </Part>
      <Part title={m.chattering} heads={[chatteringHead.rule, chatteringHead.subject, chatteringHead.times, chatteringHead.worst]}>
        {quality.chattering.map((one) => (
          <tr key={`${one.rule} ${one.subject}`}>
            <td>{titles.get(one.rule) ?? one.rule}</td>
            <td class="mono rule-entity">{one.subject}</td>
            <td class="num">{number(one.times)}</td>
            <td class="num">{number(one.worst_per_minute)}</td>
          </tr>
        ))}
      </Part>
      <section>
        <h2>{m.stale}</h2>
        <p class="muted">{m.staleText(number(quality.stale.length), number(quality.stale_goal))}</p>
        <ul class="rule-times">
          {quality.stale.map((one) => (
            <li key={one.id} class="rule-name">
              <Priority level={one.priority} filled={false} label={messages.value.priority[one.priority] ?? ''} />
              <span>
                {named(one.title_vi, one.title_en)} <span class="muted">{one.entity?.name ?? one.entity?.id}</span>{' '}
                <span class="num muted">{dateTime(one.first_at)}</span>
              </span>
            </li>
          ))}
        </ul>
      </section>
      <Part title={m.operators} heads={[operatorHead.name, operatorHead.acts, operatorHead.acknowledged, operatorHead.perHour, operatorHead.waited]}>
        {quality.operators.map((one) => (
          <tr key={one.name}>
            <td>{one.name}</td>
            <td class="num">{number(one.acts)}</td>
            <td class="num">{number(one.acknowledged)}</td>
            <td class="num">{number(one.per_hour)}</td>
            <td class="num">{one.seconds_to_acknowledge === null ? m.missing : duration(one.seconds_to_acknowledge)}</td>
          </tr>
        ))}
      </Part>
    </div>
  )
}

/** The server rounds to hundredths; what came at all is never shown as nothing. */
function rate(perHour: number): string {
  return perHour > 0 ? number(perHour) : `< ${number(0.01)}`
}

interface PartProps {
  title: string
  text?: string
  heads: readonly string[]
  children: readonly ComponentChildren[]
}

function Part({ title, text, heads, children }: PartProps) {
  return (
    <section>
      <h2>{title}</h2>
      {text && <p class="muted">{text}</p>}
      {children.length === 0 ? (
        <p class="muted">{messages.value.quality.none}</p>
      ) : (
        <table class="rule-table" aria-label={title}>
          <thead>
            <tr>
              {heads.map((head) => (
                <th key={head} scope="col">
                  {head}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>{children}</tbody>
        </table>
      )}
    </section>
  )
}
