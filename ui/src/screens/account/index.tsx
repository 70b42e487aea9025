// My own account: what I may do, and my password.
import { useState } from 'preact/hooks'
import { get, send } from '../../api/client'
import { asProblem, type Problem } from '../../api/problem'
import { useResource } from '../../api/resource'
import { sectorName } from '../../api/sectors'
import { me } from '../../api/session'
import type { PermissionText } from '../../api/types'
import { Button, Field } from '../../design/controls'
import { ProblemBox, toast } from '../../design/notice'
import { Chip } from '../../design/mark'
import { named } from '../../messages/catalogue'
import { common } from '../../messages/common'
import { login } from '../../messages/login'

export default function Account() {
  const m = login.value.change
  const words = useResource('permissions', (signal) =>
    get<{ items: PermissionText[] }>('/api/v1/permissions', {}, signal),
  )
  const word = (name: string) => {
    const found = words.data?.items.find((permission) => permission.name === name)
    return found ? named(found.vi, found.en) : name
  }
  return (
    <div class="page">
      <header class="page-head">
        <div>
          <h1>{me.value?.account.display_name}</h1>
          <p>
            {me.value?.account.username} · {me.value?.account.org_name}
          </p>
        </div>
      </header>
      <ChangePassword />
      <section class="card">
        <div class="card-body">
          <h2>{m.scopes}</h2>
          {me.value?.scopes.map((scope, index) => (
            <div key={index} class="form">
              <p class="muted">{(scope.sector && sectorName(scope.sector)) ?? scope.area_codes?.join(', ') ?? m.everywhere}</p>
              <p class="page-tools">
                {scope.permissions.map((permission) => (
                  <Chip key={permission}>{word(permission)}</Chip>
                ))}
              </p>
            </div>
          ))}
        </div>
      </section>
    </div>
  )
}

function ChangePassword() {
  const m = login.value
  const [old, setOld] = useState('')
  const [fresh, setFresh] = useState('')
  const [busy, setBusy] = useState(false)
  const [problem, setProblem] = useState<Problem | null>(null)

  const submit = async (event: Event) => {
    event.preventDefault()
    setBusy(true)
    setProblem(null)
    try {
      await send('POST', '/api/v1/session/password', { old, new: fresh })
      setOld('')
      setFresh('')
      toast(m.change.done)
    } catch (error) {
      setProblem(asProblem(error))
    }
    setBusy(false)
  }

  return (
    <section class="card">
      <form class="card-body" onSubmit={(event) => void submit(event)}>
        <div>
          <h2>{m.change.title}</h2>
          <p class="muted">{m.change.subtitle}</p>
        </div>
        <div class="form-row">
          <Field
            label={m.change.old}
            type="password"
            value={old}
            onInput={setOld}
            autocomplete="current-password"
            fault={problem?.fault('old')}
            required
          />
          <Field
            label={m.change.fresh}
            type="password"
            value={fresh}
            onInput={setFresh}
            autocomplete="new-password"
            hint={m.first.passwordHint}
            fault={problem?.fault('new')}
            required
          />
        </div>
        {problem && <ProblemBox problem={problem} beside={['old', 'new']} />}
        <div class="form-foot">
          <Button type="submit" kind="primary" busy={busy}>
            {common.value.save}
          </Button>
        </div>
      </form>
    </section>
  )
}
