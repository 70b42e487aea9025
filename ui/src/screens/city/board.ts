// The city as the screen holds it: one snapshot, then changes laid over it. Live and replay use this same reducer.
import type { Changes } from '../../api/stream'
import type { BoardRow } from '../../api/types'
import { fold } from '../../format/fold'

export interface Kind {
  type: string
  label_vi: string
  label_en: string
  sector: string | null
  icon: string | null
  count: number
  simulated_count: number
  headline: { attr: string; label_vi: string; label_en: string; unit: string | null; decimals: number | null } | null
  expected_period_s: number | null
}

export interface CityBoard {
  as_of: string
  seq: number
  at: string | null
  simulated: boolean
  truncated: boolean
  types: Kind[]
  fields: string[]
  rows: BoardRow[]
}

export interface Thing {
  id: string
  type: string
  name: string
  /** Name and id without accents, for the search box. */
  folded: string
  lon: number | null
  lat: number | null
  /** When the headline value was observed (ms). */
  observedAt: number | null
  value: number | string | null
  areaCode: string | null
  sector: string | null
  simulated: boolean
}

const FIELDS = [
  'id', 'type', 'name', 'lon', 'lat', 'observed_at', 'value', 'owner_org', 'area_code', 'sector', 'source', 'simulated',
] as const // prettier-ignore

export class City {
  readonly things = new Map<string, Thing>()
  seq = 0
  /** The areas that the snapshot was narrowed to, while the stream tells of all: their codes, null where it was not
   *  narrowed, or `held` while the codes are not known: then only what is held already changes. */
  within: ReadonlySet<string> | 'held' | null = null
  private places: Record<(typeof FIELDS)[number], number>

  constructor(board: CityBoard) {
    this.places = Object.fromEntries(FIELDS.map((name) => [name, board.fields.indexOf(name)])) as typeof this.places
    this.seq = board.seq
    for (const row of board.rows) this.put(row)
  }

  /** Lay one group of changes over the city. Groups that it holds already are passed over. Tells what became of it. */
  apply({ seq, rows, removed }: Changes): 'nothing' | 'values' | 'members' {
    if (seq <= this.seq) return 'nothing'
    this.seq = seq
    const before = this.things.size
    let members = false
    for (const row of rows) {
      if (this.isOutside(row)) members = this.things.delete(row[this.places.id] as string) || members
      else members = this.put(row) || members
    }
    for (const id of removed) this.things.delete(id)
    return members || removed.length > 0 || this.things.size !== before ? 'members' : 'values'
  }

  private isOutside(row: BoardRow): boolean {
    if (this.within === null) return false
    if (this.within === 'held') return !this.things.has(row[this.places.id] as string)
    const area = row[this.places.area_code] as string | null
    return area === null || !this.within.has(area)
  }

  /** Returns whether lists must be made anew: the thing is new, or its name, place or area changed its row. */
  private put(row: BoardRow): boolean {
    const at = this.places
    const text = (index: number) => (row[index] as string | null) ?? null
    const id = row[at.id] as string
    const name = text(at.name) || id
    const old = this.things.get(id)
    this.things.set(id, {
      id,
      type: row[at.type] as string,
      name,
      folded: old?.name === name ? old.folded : `${fold(name)} ${fold(id)}`,
      lon: row[at.lon] as number | null,
      lat: row[at.lat] as number | null,
      observedAt: row[at.observed_at] as number | null,
      value: row[at.value] as number | string | null,
      areaCode: text(at.area_code),
      sector: text(at.sector),
      simulated: row[at.simulated] === true,
    })
    return !old || old.name !== name || old.areaCode !== text(at.area_code)
  }
}
