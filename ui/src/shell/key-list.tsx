import { Key } from '../design/controls'
import { Panel } from '../design/table'
import { bindings, setSingleKeys, singleKeys } from '../keys'
import { common } from '../messages/common'

/** What every key does here and now, and the switch for single keys. */
export function KeyList({ onClose }: { onClose: () => void }) {
  const m = common.value.keys
  return (
    <div class="key-list">
      <Panel label={m.title} onClose={onClose}>
        <h2>{m.title}</h2>
        <label class="check">
          <input
            type="checkbox"
            checked={singleKeys.value}
            onChange={(event) => setSingleKeys(event.currentTarget.checked)}
          />
          {m.single}
        </label>
        <dl class="key-rows">
          {bindings.value.map((binding) => (
            <div class="key-row" key={binding.press}>
              <dt>
                {binding.shown.split(' ').map((part) => (
                  <Key key={part}>{part}</Key>
                ))}
              </dt>
              <dd>{binding.label()}</dd>
            </div>
          ))}
        </dl>
      </Panel>
    </div>
  )
}
