// The methods of indices: by which document, with which weights, and what is still lacking.
import { get } from '../../api/client'
import { useResource } from '../../api/resource'
import type { Page } from '../../api/types'
import { Chip } from '../../design/mark'
import { Loading, ProblemBox } from '../../design/notice'
import { Split, Table, useListKeys, type Column } from '../../design/table'
import { number } from '../../format/number'
import { named } from '../../messages/catalogue'
import { indices as messages } from '../../messages/indices'
import { go, param } from '../../router'
import type { Branch, Method, MethodTree } from './index-types'

const chosen = param('method')

export default function Methods() {
  const m = messages.value.methods
  const methods = useResource('methods', (signal) => get<Page<Method>>('/api/v1/indices/methods', {}, signal))
  const rows = methods.data?.items ?? []
  const open = (code: string) => go('', { method: code }, { replace: chosen.peek() !== '' })
  useListKeys(
    rows.map(({ method }) => method),
    chosen.value || null,
    open,
    messages.value.ranks,
  )
  return (
    <Split
      panelLabel={chosen.value}
      onClose={() => go('', { method: null }, { replace: true })}
      list={
        <div class="page">
          <header class="page-head">
            <div>
              <h1>{m.title}</h1>
              <p>{m.question}</p>
            </div>
          </header>
          {methods.problem && <ProblemBox problem={methods.problem} onRetry={methods.reload} />}
          {methods.data ? (
            <Table label={m.table} columns={columns()} rows={rows} rowKey={(row) => row.method} selected={chosen.value || null} onOpen={(row) => open(row.method)} />
          ) : (
            methods.loading && <Loading />
          )}
        </div>
      }
      panel={chosen.value ? <Opened key={chosen.value} code={chosen.value} /> : null}
    />
  )
}

function columns(): Column<Method>[] {
  const m = messages.value.methods
  return [
    {
      key: 'name',
      head: m.name,
      title: true,
      cell: (row) => (
        <span class="two-lines">
          <span>{named(row.vi, row.en)}</span>
          <span class="muted small">
            <span class="mono">{row.method}</span> · {row.publisher}
          </span>
        </span>
      ),
    },
    { key: 'years', head: m.years, cell: (row) => <span class="num">{m.yearsOf(row.since, row.until)}</span> },
    { key: 'components', head: m.components, numeric: true, wide: true, cell: (row) => <span class="num">{number(row.components)}</span> },
    {
      key: 'state',
      head: m.state,
      cell: (row) => (
        <span class="two-lines">
          <Chip tone={row.template ? 'hatched' : 'plain'}>{row.template ? m.template : m.ready}</Chip>
          {row.unchecked.length > 0 && <span class="muted small">{m.unchecked(row.unchecked.length)}</span>}
        </span>
      ),
    },
  ]
}

function Opened({ code }: { code: string }) {
  const m = messages.value.methods
  const method = useResource(code, (signal) => get<MethodTree>(`/api/v1/indices/methods/${encodeURIComponent(code)}`, {}, signal))
  if (method.problem) return <ProblemBox problem={method.problem} onRetry={method.reload} />
  if (!method.data) return <Loading />
  const { data } = method
  return (
    <>
      <h2>{named(data.vi, data.en)}</h2>
      <p class="muted">{named(data.note_vi, data.note_en)}</p>
      <h3>{m.tree}</h3>
      <ul class="index-tree">
        {data.tree.map((branch) => (
          <Part key={branch.code} branch={branch} />
        ))}
      </ul>
    </>
  )
}

function Part({ branch }: { branch: Branch }) {
  const m = messages.value.methods
  return (
    <li>
      <span>
        <span>{named(branch.vi, branch.en)}</span>
        <span class="muted small num">
          {branch.weight !== null && `${m.weight} ${number(branch.weight)} · `}
          {branch.max !== null && `${m.scale} ${number(branch.min)}–${number(branch.max)}`}
        </span>
      </span>
      {branch.components.length > 0 && (
        <ul>
          {branch.components.map((each) => (
            <Part key={each.code} branch={each} />
          ))}
        </ul>
      )}
    </li>
  )
}
