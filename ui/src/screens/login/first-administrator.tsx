// The very first account of a centre, made by whoever holds the one-time link that the server printed.
import { useState } from 'preact/hooks'
import { send } from '../../api/client'
import { asProblem, type Problem } from '../../api/problem'
import { me } from '../../api/session'
import type { Me } from '../../api/types'
import { Button, Field } from '../../design/controls'
import { ProblemBox } from '../../design/notice'
import { login } from '../../messages/login'
import { go, param } from '../../router'
import { DoorFrame } from './frame'
import { NewPassword } from './new-password'

const token = param('token')

export default function FirstAdministrator() {
  const m = login.value
  const [displayName, setDisplayName] = useState('')
  const [username, setUsername] = useState('')
  const [password, setPassword] = useState('')
  const [repeat, setRepeat] = useState('')
  const [busy, setBusy] = useState(false)
  const [problem, setProblem] = useState<Problem | null>(null)

  const submit = async (event: Event) => {
    event.preventDefault()
    if (password !== repeat) return
    setBusy(true)
    setProblem(null)
    try {
      me.value = await send<Me>('POST', '/api/v1/first-administrator', {
        token: token.value,
        username: username.trim(),
        display_name: displayName.trim(),
        password,
      })
      go('/', { token: null }, { replace: true })
    } catch (error) {
      setProblem(asProblem(error))
      setBusy(false)
    }
  }

  return (
    <DoorFrame title={m.first.title}>
      <p class="muted">{token.value ? m.first.text : m.first.noToken}</p>
      {token.value && (
        <form class="form" onSubmit={(event) => void submit(event)}>
          <Field
            label={m.first.displayName}
            value={displayName}
            onInput={setDisplayName}
            autocomplete="name"
            hint={m.first.displayNameHint}
            fault={problem?.fault('display_name')}
            required
            autofocus
          />
          <Field
            label={m.username}
            value={username}
            onInput={setUsername}
            autocomplete="username"
            hint={m.first.usernameHint}
            fault={problem?.fault('username')}
            required
          />
          <NewPassword
            password={password}
            repeat={repeat}
            onPassword={setPassword}
            onRepeat={setRepeat}
            fault={problem?.fault('password')}
          />
          <div role="alert">{problem && <ProblemBox problem={problem} beside={['display_name', 'username', 'password']} />}</div>
          <Button type="submit" kind="primary" busy={busy} disabled={password !== repeat}>
            {m.first.submit}
          </Button>
        </form>
      )}
    </DoorFrame>
  )
}
