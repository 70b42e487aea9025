// Sign-in. It stands at the address that was asked for, so that afterwards one is where one wanted to be.
import { useRef, useState } from 'preact/hooks'
import { asProblem, type Problem } from '../../api/problem'
import { signIn, site } from '../../api/session'
import { Button, Field } from '../../design/controls'
import { ProblemBox } from '../../design/notice'
import { login } from '../../messages/login'
import { go, path } from '../../router'
import { DoorFrame } from './frame'

export default function Login() {
  const m = login.value
  const [username, setUsername] = useState('')
  const [password, setPassword] = useState('')
  const [busy, setBusy] = useState(false)
  const [problem, setProblem] = useState<Problem | null>(null)
  const passwordField = useRef<HTMLInputElement | HTMLTextAreaElement | null>(null)

  const submit = async (event: Event) => {
    event.preventDefault()
    setBusy(true)
    setProblem(null)
    try {
      await signIn(username.trim(), password)
      if (path.peek()[0] === 'login') go('/', {}, { replace: true })
    } catch (error) {
      setProblem(asProblem(error))
      setPassword('')
      setBusy(false)
      passwordField.current?.focus()
    }
  }

  return (
    <DoorFrame title={m.title}>
      {site.value?.needs_first_administrator && (
        <div class="door-note">
          <p class="strong">{m.noAdministrator.title}</p>
          <p class="muted">{m.noAdministrator.text}</p>
        </div>
      )}
      <form class="form" onSubmit={(event) => void submit(event)}>
        <Field label={m.username} value={username} onInput={setUsername} autocomplete="username" required autofocus />
        <Field
          label={m.password}
          type="password"
          value={password}
          onInput={setPassword}
          autocomplete="current-password"
          required
          inputRef={(element) => (passwordField.current = element)}
        />
        <div role="alert">{problem && <ProblemBox problem={problem} />}</div>
        <Button type="submit" kind="primary" busy={busy}>
          {m.submit}
        </Button>
      </form>
      <p class="muted small">{m.forgot}</p>
    </DoorFrame>
  )
}
