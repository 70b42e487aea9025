// The one-time link by which an administrator lets a person choose a (new) password.
import { useState } from 'preact/hooks'
import { send } from '../../api/client'
import { asProblem, type Problem } from '../../api/problem'
import { me } from '../../api/session'
import type { Me } from '../../api/types'
import { Button } from '../../design/controls'
import { ProblemBox, toast } from '../../design/notice'
import { login } from '../../messages/login'
import { go, param } from '../../router'
import { DoorFrame } from './frame'
import { NewPassword } from './new-password'

const token = param('token')

export default function SetPassword() {
  const m = login.value
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
      me.value = await send<Me>('POST', '/api/v1/set-password', { token: token.value, password })
      toast(m.set.done)
      go('/', { token: null }, { replace: true })
    } catch (error) {
      setProblem(asProblem(error))
      setBusy(false)
    }
  }

  return (
    <DoorFrame title={m.set.title}>
      <p class="muted">{token.value ? m.set.text : m.first.noToken}</p>
      {token.value && (
        <form class="form" onSubmit={(event) => void submit(event)}>
          <NewPassword
            password={password}
            repeat={repeat}
            onPassword={setPassword}
            onRepeat={setRepeat}
            fault={problem?.fault('password')}
          />
          <div role="alert">{problem && <ProblemBox problem={problem} beside={['password']} />}</div>
          <Button type="submit" kind="primary" busy={busy} disabled={password !== repeat}>
            {m.set.submit}
          </Button>
        </form>
      )}
    </DoorFrame>
  )
}
