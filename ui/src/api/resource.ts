// What a screen has asked the server for. While a newer answer is on its way, or has failed, the last one stays.
import { useEffect, useReducer, useRef } from 'preact/hooks'
import { asProblem, type Problem } from './problem'

export interface Resource<T> {
  data: T | undefined
  problem: Problem | null
  loading: boolean
  reload: () => void
  /** Put a newer answer in place, e.g. what a write returned. */
  put: (change: (data: T) => T) => void
}

/** Load when mounted and whenever `key` changes; null means there is nothing to ask for. */
export function useResource<T>(key: string | null, load: (signal: AbortSignal) => Promise<T>): Resource<T> {
  const [, redraw] = useReducer((count: number) => count + 1, 0)
  const [round, again] = useReducer((count: number) => count + 1, 0)
  const held = useRef<{ key: string | null; data: T | undefined; problem: Problem | null; loading: boolean }>({
    key: null,
    data: undefined,
    problem: null,
    loading: false,
  })
  const state = held.current
  if (state.key !== key) {
    held.current = { key, data: undefined, problem: null, loading: key !== null }
  }
  useEffect(() => {
    if (key === null) return
    const mine = held.current
    const abort = new AbortController()
    mine.loading = true
    load(abort.signal)
      .then((data) => Object.assign(mine, { data, problem: null, loading: false }))
      .catch((error: unknown) => {
        if (!abort.signal.aborted) Object.assign(mine, { problem: asProblem(error), loading: false })
      })
      .finally(() => {
        if (!abort.signal.aborted) redraw(0)
      })
    return () => abort.abort()
  }, [key, round])
  const { data, problem, loading } = held.current
  return {
    data,
    problem,
    loading,
    reload: () => {
      held.current.loading = true
      again(0)
    },
    put: (change) => {
      const mine = held.current
      if (mine.data === undefined) return
      mine.data = change(mine.data)
      redraw(0)
    },
  }
}

/** As {@link useResource}, and asked again every `everyMs` while somebody looks at the page. */
export function usePolled<T>(key: string | null, everyMs: number, load: (signal: AbortSignal) => Promise<T>): Resource<T> {
  const resource = useResource(key, load)
  const current = useRef(resource)
  current.current = resource
  useEffect(() => {
    if (key === null) return undefined
    const timer = setInterval(() => {
      // A slow answer is waited for; nobody asks for a page that is not seen.
      if (!document.hidden && !current.current.loading) current.current.reload()
    }, everyMs)
    return () => clearInterval(timer)
  }, [key, everyMs])
  return resource
}
