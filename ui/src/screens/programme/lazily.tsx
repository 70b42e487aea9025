// A part of a page that is fetched when it is first shown; until then a short notice stands in its place.
import type { ComponentType } from 'preact'
import { signal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { asProblem, type Problem } from '../../api/problem'
import { Loading, ProblemBox } from '../../design/notice'

export function lazily<P extends object>(load: () => Promise<{ default: ComponentType<P> }>): ComponentType<P> {
  const part = signal<ComponentType<P> | null>(null)
  const problem = signal<Problem | null>(null)
  const ensure = () => {
    problem.value = null
    load()
      .then((module) => (part.value = module.default))
      .catch((error: unknown) => (problem.value = asProblem(error)))
  }
  return function Lazily(props: P) {
    useEffect(() => {
      if (!part.peek()) ensure()
    }, [])
    const Part = part.value
    if (Part) return <Part {...props} />
    return problem.value ? <ProblemBox problem={problem.value} onRetry={ensure} /> : <Loading />
  }
}
