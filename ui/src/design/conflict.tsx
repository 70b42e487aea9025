// Somebody else has changed the row meanwhile: both versions side by side, and the choice between them.
import { Problem } from '../api/problem'
import { common } from '../messages/common'
import { Button } from './controls'
import { Mark } from './mark'

/** One field in both versions, in words; what is alike in both is not marked. */
export interface Side {
  label: string
  mine: string
  theirs: string
}

/** Whether a refusal means that the row is no longer the one that was seen. */
export function isConflict(error: unknown): boolean {
  return error instanceof Problem && error.code === 'version-conflict'
}

interface ConflictProps {
  sides: readonly Side[]
  busy: boolean
  /** Save mine over theirs. */
  onMine: () => void
  /** Leave theirs as it is and drop mine. */
  onTheirs: () => void
}

export function Conflict({ sides, busy, onMine, onTheirs }: ConflictProps) {
  const m = common.value.conflict
  return (
    <div class="conflict" role="group" aria-label={m.title} ref={(element) => element?.scrollIntoView({ block: 'nearest' })}>
      <p class="strong conflict-title">
        <Mark shape="square" sign="!" tone="stale" /> {m.title}
      </p>
      <p class="muted">{m.text}</p>
      <table class="conflict-sides">
        <thead>
          <tr>
            <th scope="col">{m.field}</th>
            <th scope="col">{m.mine}</th>
            <th scope="col">{m.theirs}</th>
          </tr>
        </thead>
        <tbody>
          {sides.map(({ label, mine, theirs }) => (
            <tr key={label} data-differs={mine !== theirs ? '' : undefined}>
              <th scope="row">
                {label}
                {mine !== theirs && <span class="hidden-text"> ({m.differs})</span>}
              </th>
              <td>{mine || common.value.none}</td>
              <td>{theirs || common.value.none}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <div class="form-foot">
        <Button kind="primary" busy={busy} onClick={onMine}>
          {m.keepMine}
        </Button>
        <Button onClick={onTheirs}>{m.takeTheirs}</Button>
      </div>
    </div>
  )
}
