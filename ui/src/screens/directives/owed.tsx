// A unit's own view: what do we owe, and by when?
import { get } from '../../api/client'
import { useResource } from '../../api/resource'
import { Calm, Rows, Source, useLive } from '../../boards/parts'
import type { Owed } from '../../boards/types'
import { Select } from '../../design/controls'
import { Loading, ProblemBox } from '../../design/notice'
import { number } from '../../format/number'
import { boards as messages } from '../../messages/boards'
import { go, param } from '../../router'

const unit = param('unit')

export default function OwedPage() {
  const m = messages.value.owed
  const resource = useResource(`owed ${unit.value}`, (signal) => get<Owed>('/api/v1/boards/owed', { unit: unit.value || null }, signal))
  useLive(resource.reload)
  const owed = resource.data
  return (
    <div class="page board">
      <header class="page-head">
        <div>
          <h1>{owed ? `${m.title}: ${owed.unit.name}` : m.title}</h1>
          <p>{m.question}</p>
        </div>
        {owed && owed.units.length > 1 && (
          <Select
            label={m.unit}
            value={String(owed.unit.id)}
            options={owed.units.map((each) => ({ value: String(each.id), label: each.title }))}
            onChange={(value) => go('', { unit: value }, { replace: true })}
          />
        )}
      </header>
      {resource.problem && <ProblemBox problem={resource.problem} onRetry={resource.reload} />}
      {owed ? <Groups owed={owed} /> : resource.loading && <Loading />}
    </div>
  )
}

function Groups({ owed }: { owed: Owed }) {
  const m = messages.value.owed
  const groups = owed.groups.filter((group) => group.rows.length > 0)
  return (
    <>
      <div class="board-foot">
        <p class="strong" role="status">
          {m.summary(number(owed.total.open), number(owed.total.overdue))}
        </p>
        <Source at={owed.as_of} reading="current" />
      </div>
      {groups.length === 0 && <Calm>{m.calm}</Calm>}
      {groups.map((group) => (
        <Group key={group.when} title={m.when[group.when]} rows={group.rows} owner={owed.unit.id} />
      ))}
      {owed.coop.length > 0 && <Group title={m.coop} rows={owed.coop} owner={null} />}
    </>
  )
}

/** The unit stands beside a row only where it is another one than the page is about. */
function Group({ title, rows, owner }: { title: string; rows: Owed['coop']; owner: number | null }) {
  return (
    <section class="board-list">
      <h2>
        {title} <span class="muted num">{number(rows.length)}</span>
      </h2>
      <Rows rows={rows} label={title} unit={owner === null || rows.some((row) => row.unit.id !== owner)} />
    </section>
  )
}
