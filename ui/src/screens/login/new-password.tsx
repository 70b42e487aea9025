import { Field } from '../../design/controls'
import { login } from '../../messages/login'

interface Props {
  password: string
  repeat: string
  onPassword: (value: string) => void
  onRepeat: (value: string) => void
  fault?: string | undefined
}

/** A new password, typed twice; the difference is named as soon as both are as long as each other. */
export function NewPassword({ password, repeat, onPassword, onRepeat, fault }: Props) {
  const m = login.value
  const differs = repeat.length >= password.length && repeat !== '' && repeat !== password
  return (
    <>
      <Field
        label={m.password}
        type="password"
        value={password}
        onInput={onPassword}
        autocomplete="new-password"
        hint={m.first.passwordHint}
        fault={fault}
        required
      />
      <Field
        label={m.first.repeat}
        type="password"
        value={repeat}
        onInput={onRepeat}
        autocomplete="new-password"
        fault={differs ? m.first.mismatch : ''}
        required
      />
    </>
  )
}
