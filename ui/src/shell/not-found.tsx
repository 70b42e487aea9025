import { Mark } from '../design/mark'
import { common } from '../messages/common'
import { href } from '../router'

export function NotFound() {
  const m = common.value.notFound
  return (
    <section class="plain-page">
      <Mark shape="circle" sign="?" tone="stale" />
      <h1>{m.title}</h1>
      <p class="muted">{m.text}</p>
      <p>
        <a href={href('/')}>{m.home}</a>
      </p>
    </section>
  )
}

export function Forbidden() {
  const m = common.value.forbidden
  return (
    <section class="plain-page">
      <Mark shape="square" sign="–" tone="stale" />
      <h1>{m.title}</h1>
      <p class="muted">{m.text}</p>
    </section>
  )
}
