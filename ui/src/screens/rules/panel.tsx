// One rule: when it fires and why, how it runs, what it would have come to, and what differs for single entities.
import { get } from '../../api/client'
import { useResource } from '../../api/resource'
import type { Rule } from '../../api/rules'
import { Tabs } from '../../design/controls'
import { Empty, Loading, ProblemBox } from '../../design/notice'
import { number } from '../../format/number'
import { dateTime, duration } from '../../format/time'
import { named } from '../../messages/catalogue'
import { rules as messages } from '../../messages/rules'
import { href, param } from '../../router'
import { conditionWords } from './condition'
import { ModeSwitch } from './mode'
import { Overrides } from './overrides'
import { TrialPart } from './trial'

const tab = param('tab', 'trial')

export function RulePanel({ name, onChange }: { name: string; onChange: () => void }) {
  const m = messages.value
  const resource = useResource(`rule ${name}`, (signal) => get<Rule>(`/api/v1/alert-rules/${encodeURIComponent(name)}`, {}, signal))
  const rule = resource.data
  if (resource.problem?.document.status === 404) return <Empty title={m.gone} />
  if (resource.problem && !rule) return <ProblemBox problem={resource.problem} onRetry={resource.reload} />
  if (!rule) return <Loading />
  const changed = () => {
    resource.reload()
    onChange()
  }
  const parts = ['trial', 'overrides', 'shadow'] as const
  const counts = { trial: undefined, overrides: rule.overrides.length, shadow: rule.on_trial.length }
  return (
    <>
      <header class="two-lines">
        <h2>{named(rule.title_vi, rule.title_en)}</h2>
        <span class="muted mono">{rule.rule}</span>
      </header>
      <Facts rule={rule} />
      <ModeSwitch key={rule.version} rule={rule} onChange={changed} />
      <Tabs
        label={m.tabs.label}
        tabs={parts.map((id) => ({
          id,
          label: m.tabs[id],
          href: href('', { tab: id === 'trial' ? null : id }),
          ...(counts[id] === undefined ? {} : { count: counts[id] }),
        }))}
        current={tab.value}
      />
      {tab.value === 'overrides' ? (
        <Overrides rule={rule} onChange={changed} />
      ) : tab.value === 'shadow' ? (
        <Shadow rule={rule} />
      ) : (
        <TrialPart name={rule.rule} />
      )}
    </>
  )
}

function Facts({ rule }: { rule: Rule }) {
  const m = messages.value
  const { when, cause, consequence, action, supersedes } = rule.definition
  return (
    <dl class="facts">
      <dt>{m.facts.when}</dt>
      <dd>
        <span class="mono small">{rule.type}</span> {conditionWords(when)}
      </dd>
      <dt>{m.facts.cause}</dt>
      <dd>{named(cause.vi, cause.en)}</dd>
      <dt>{m.facts.consequence}</dt>
      <dd>{named(consequence.vi, consequence.en)}</dd>
      <dt>{m.facts.action}</dt>
      <dd>{named(action.vi, action.en)}</dd>
      <dt>{m.facts.class}</dt>
      <dd>
        {m.class[rule.consequence_class]} · {m.facts.respond.toLowerCase()} {duration(rule.respond_within_s)}
      </dd>
      {rule.incident && (
        <>
          <dt>{m.facts.incident}</dt>
          <dd>{m.incident(rule.incident.kind, number(rule.incident.severity), rule.incident.open === 'auto')}</dd>
        </>
      )}
      {supersedes && supersedes.length > 0 && (
        <>
          <dt>{m.facts.supersedes}</dt>
          <dd class="mono small">{supersedes.join(', ')}</dd>
        </>
      )}
      <dt>{m.facts.version}</dt>
      <dd>
        <span class="num">{number(rule.rule_version)}</span> <span class="muted">{m.samples(number(rule.samples))}</span>
      </dd>
    </dl>
  )
}

/** What the rule would have told while on trial. */
function Shadow({ rule }: { rule: Rule }) {
  const m = messages.value.shadow
  if (rule.on_trial.length === 0) return <p class="muted">{m.none}</p>
  return (
    <ul class="rule-times">
      {rule.on_trial.map((one) => (
        <li key={`${one.entity} ${one.at} ${one.kind}`}>
          <span class="num">{dateTime(one.at)}</span> <span class="strong">{m[one.kind]}</span>{' '}
          <a class="mono small rule-entity" href={href(`/city/${encodeURIComponent(one.entity)}`)}>
            {one.entity}
          </a>
        </li>
      ))}
    </ul>
  )
}
