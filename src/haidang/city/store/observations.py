"""SQL that turns rows of the log into observations of default instances, each attribute once an instant.

All that sums up (hours kept, periods asked for) begins with :data:`ONCE`, so that a figure does not depend on
which way it was reached.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

import msgspec

from haidang.city.times import format_us

Unpacked = tuple[int, int, int, int, list[float] | None, Any, int]
"""A row that lies in a packed day or in Parquet: eid, seq, µs since 1970, k, v, j, kind."""

WINDOWS = """
    FROM unnest(%(eids)s::int[], %(starts)s::timestamptz[], %(ends)s::timestamptz[]) AS w (eid, a, b)
    JOIN change c ON c.eid = w.eid AND c.t >= w.a AND c.t < w.b AND c.kind < 4
    WHERE (%(attrs)s::int[] IS NULL OR c.k = ANY(%(keysets)s::int[]) OR c.j ?| %(keys)s::text[])
"""
"""Rows of the log in spans of entities."""

_ONCE = """
WITH source AS (
    SELECT c.eid, c.seq, c.t, c.k, c.v, c.j
    {source}
    UNION ALL
    SELECT m.eid, m.seq, m.t, m.k, m.v, m.j FROM jsonb_to_recordset(%(more)s::jsonb)
        AS m (eid int, seq bigint, t timestamptz, k int, v float8[], j jsonb)
), seen AS (
    SELECT s.eid, s.t, s.seq, k.observed, p.attr, p.unit, p.x, p.x::text AS y
    FROM source s JOIN keyset k ON k.id = s.k
    CROSS JOIN LATERAL unnest(k.attrs, k.units, k.datasets, s.v) AS p (attr, unit, dataset, x)
    WHERE p.dataset = '' AND p.x <> 'NaN' AND (%(attrs)s::int[] IS NULL OR p.attr = ANY(%(attrs)s::int[]))
    UNION ALL
    SELECT s.eid, s.t, s.seq, coalesce(k.observed, s.k = 0), a.key::int, u.unit,
           CASE WHEN jsonb_typeof(u.value) = 'number' THEN u.value::text::float8 END, u.value::text
    FROM source s LEFT JOIN keyset k ON k.id = s.k
    CROSS JOIN LATERAL jsonb_each(s.j) AS a (key, form)
    CROSS JOIN LATERAL (
        SELECT attr_value(a.form) AS value,
               coalesce(CASE jsonb_typeof(a.form)
                   WHEN 'array' THEN a.form->>1
                   WHEN 'object' THEN coalesce(a.form->>'u', a.form->'m'->0->>'u') END, '') AS unit,
               coalesce(a.form->>'d', a.form->'m'->0->>'d') AS dataset
    ) u
    WHERE a.key ~ '^[0-9]+$' AND (%(attrs)s::int[] IS NULL OR a.key::int = ANY(%(attrs)s::int[]))
      AND jsonb_typeof(u.value) <> 'null' AND u.dataset IS NULL
), once AS (
    SELECT DISTINCT ON (eid, attr, observed, t) eid, attr, observed, t, unit, x, y
    FROM seen ORDER BY eid, attr, observed, t, seq DESC
)
"""
ONCE = _ONCE.replace("{source}", WINDOWS)
"""Of two observations of one instant the one received last counts; a deletion is none."""


def once_of(source: str) -> str:
    """Return :data:`ONCE` over other rows of the log ``c`` (FROM and WHERE) than those of windows."""
    return _ONCE.replace("{source}", source)


def more_of(rows: Iterable[Unpacked]) -> str:
    """Return unpacked rows as JSON, as the parameter ``more`` and ``store.tiers.put_rows`` take them."""
    return msgspec.json.encode(
        [
            {
                "eid": eid,
                "seq": seq,
                "t": format_us(at),
                "k": k,
                "kind": kind,
                # JSON has no NaN, which stands for an instance that was erased; PostgreSQL reads the word.
                "v": v and ["NaN" if math.isnan(one) else one for one in v],
                "j": j,
            }
            for eid, seq, at, k, v, j, kind in rows
        ]
    ).decode()
