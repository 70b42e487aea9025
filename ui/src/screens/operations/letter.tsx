// One notification that was given up: why, after how many tries, and what it would have said.
import { get } from '../../api/client'
import type { DeadLetter, LetterPayload } from '../../api/operations'
import { useResource } from '../../api/resource'
import { may } from '../../api/session'
import { CopyButton } from '../../design/controls'
import { Loading, ProblemBox } from '../../design/notice'
import { dateTime } from '../../format/time'
import { operations as messages } from '../../messages/operations'
import { Confirmed, Facts, Figure } from './parts'

export function LetterPanel({ letter, onReplay }: { letter: DeadLetter; onReplay: () => Promise<void> }) {
  const m = messages.value.letters
  return (
    <>
      <header class="panel-head">
        <h2>{letter.subscription_name || letter.subscription}</h2>
        <p class="muted">{m.letter(String(letter.no))}</p>
      </header>
      <div class="stuck stuck-act">
        <p class="strong">{m.reason}</p>
        <p class="mono broken">{letter.error ?? m.noReason}</p>
      </div>
      {may('subscription.manage') && (
        <div>
          <Confirmed
            label={m.replayOne}
            question={m.confirmOne}
            text={m.confirmText}
            confirm={m.confirm}
            icon="refresh"
            act={onReplay}
          />
        </div>
      )}
      <Facts
        rows={[
          [m.column.endpoint, <span class="mono broken">{letter.endpoint}</span>],
          [m.column.tries, <Figure value={letter.tries} />],
          [m.column.entity, letter.entity_id ? <span class="mono broken">{letter.entity_id}</span> : m.several],
          [m.made, <span class="num">{dateTime(letter.made_at)}</span>],
          [m.deadAt, <span class="num">{dateTime(letter.dead_at)}</span>],
          [m.identifier, <span class="mono broken">{letter.id}</span>],
        ]}
      />
      <Payload no={letter.no} />
    </>
  )
}

function Payload({ no }: { no: number }) {
  const m = messages.value.letters
  const found = useResource(`payload ${no}`, (signal) =>
    get<LetterPayload>(`/api/v1/notifications/dead/${no}`, {}, signal),
  )
  const text = found.data ? JSON.stringify(found.data.payload, null, 2) : ''
  return (
    <section aria-label={m.payload}>
      <header class="code-head">
        <h3>{m.payload}</h3>
        {found.data && !found.data.hidden && <CopyButton text={text} />}
      </header>
      {found.problem && <ProblemBox problem={found.problem} onRetry={found.reload} />}
      {!found.data && found.loading && <Loading />}
      {found.data?.hidden && <p class="muted">{m.hidden}</p>}
      {found.data && !found.data.hidden && (
        <pre class="code" tabIndex={0} aria-label={m.payload}>
          {text}
        </pre>
      )}
    </section>
  )
}
