"""Asking for entities: the page of a question, one entity by id, a name without accents."""

from __future__ import annotations

from typing import Any

import msgspec

from haidang.base.database import Connection, Database
from haidang.base.problems import Problem
from haidang.base.text import fold
from haidang.city.query.geo import Matcher
from haidang.city.query.ordering import ordered
from haidang.city.query.places import places_of
from haidang.city.query.problems import TOO_MANY_RESULTS, complex_
from haidang.city.query.sql import Question, Where, geometry_sql, sort_values, where
from haidang.city.store import read
from haidang.city.store.read import Row
from haidang.city.terms import Context, Terms
from haidang.organisation.permissions import Principal, scope_sql

CANDIDATES_MAX = 50_000
"""Entities whose geometry one geographic question may look at exactly."""


class Page(msgspec.Struct, frozen=True):
    """A page of entities, in order of id unless another order was asked for."""

    rows: list[Row]
    total: int | None
    """How many there are in all, exactly; None where nobody asked."""
    more: bool
    """Whether another page follows."""
    keyed: bool = False
    """Whether the ids of its ends tell where its neighbours lie."""


class Window(msgspec.Struct, frozen=True):
    """Which page: after or before an id if one is given, else so many from the beginning."""

    limit: int
    offset: int = 0
    after: str | None = None
    before: str | None = None


async def entity_page(
    db: Database,
    terms: Terms,
    principal: Principal,
    question: Question,
    *,
    limit: int,
    offset: int = 0,
    after: str | None = None,
    before: str | None = None,
    count: bool = False,
    limit_max: int = 1_000,
    context: Context | None = None,
) -> Page:
    """Return the page of a question that the asker may see.

    A ``limit`` above the cap is refused (too-many-results), never cut in silence.
    """
    if limit > limit_max:
        raise Problem(
            TOO_MANY_RESULTS,
            f"limit tối đa là {limit_max}.",
            f"The largest limit is {limit_max}.",
            limit_max=limit_max,
        )
    context = context or terms.context
    asked = where(question, terms, context, principal, standing=True)
    window = Window(limit, offset, after, before)
    if question.geo is not None or question.ordering is not None:
        return await _sifted(db, terms, question, asked, window=window, count=count, context=context)
    places, mark = places_of(db), hash((asked.sql, repr(asked.values), principal.id))
    if after is None and before is None and (known := places.before(mark, offset)) is not None:
        window = Window(limit, 0, known)
    async with read.reading(db) as conn:
        rows = await _rows(conn, asked, window)
        total = await read.count(conn, asked.sql, asked.values) if count else None
    more = window.before is not None or len(rows) > limit
    rows = rows[-limit:] if window.before is not None else rows[:limit]
    if rows:
        places.remember(mark, offset + len(rows), rows[-1].id)
    return Page(rows, total, more, keyed=True)


async def _rows(conn: Connection, asked: Where, window: Window) -> list[Row]:
    """Return the rows of a window and one more, in order of id."""
    if not window.limit:
        return []
    where_, values = asked.sql, asked.values
    if window.before is not None:
        rows = await read.page(
            conn, f"{where_} AND e.id < %(edge)s", values | {"edge": window.before}, window.limit + 1, 0,
            backwards=True,
        )  # fmt: skip
        return rows[::-1][-window.limit :]
    if window.after is not None:
        edged = f"{where_} AND e.id > %(edge)s", values | {"edge": window.after}
        return await read.page(conn, *edged, window.limit + 1, 0)
    return await read.page(conn, where_, values, window.limit + 1, window.offset)


async def entity(
    db: Database, terms: Terms, principal: Principal, id_: str, *, tenant: str = ""
) -> Row | None:
    """Return one entity, None where it does not exist for the asker."""
    asked = where(Question(tenant=tenant, ids=(id_,)), terms, terms.context, principal)
    async with db.reading() as conn:
        rows = await read.page(conn, asked.sql, asked.values, 1, 0)
    return rows[0] if rows else None


async def by_name(
    db: Database, principal: Principal, text: str, limit: int
) -> list[tuple[str, int, str, float | None, float | None, str | None]]:
    """Return (id, type number, name, lon, lat, area) of entities whose name or id holds ``text``."""
    folded = fold(text)
    if not folded:
        return []
    visible, scopes = scope_sql(principal, "entity.read")
    async with read.reading(db) as conn:
        return await read.matching_names(conn, visible, scopes, folded, limit)


async def _sifted(
    db: Database,
    terms: Terms,
    question: Question,
    asked: Where,
    *,
    window: Window,
    count: bool,
    context: Context,
) -> Page:
    """Return a page of what must be looked at here first: geometries, or values to sort by."""
    geo, ordering = question.geo, question.ordering
    geometry = geometry_sql(geo, terms, context) if geo else "NULL::jsonb"
    keys, key_values = sort_values(ordering, terms, context) if ordering else ([], {})
    async with read.reading(db) as conn:
        found = await read.candidates(
            conn, asked.sql, asked.values | key_values, geometry, keys, CANDIDATES_MAX + 1
        )
        if len(found) > CANDIDATES_MAX:
            raise complex_(
                f"Câu hỏi này phải xem quá {CANDIDATES_MAX} thực thể; hãy thu hẹp vùng hoặc kiểu.",
                f"This question would look at over {CANDIDATES_MAX} entities; narrow the area or the type.",
            )
        if geo is not None:
            found = _meeting(Matcher(geo), found)
        eids = [one[0] for one in found]
        if ordering is not None:
            eids = ordered(ordering, [(one[0], one[4:]) for one in found])
        wanted = eids[window.offset : window.offset + window.limit]
        rows = {row.eid: row for row in await read.by_eids(conn, wanted)} if wanted else {}
    return Page(
        [rows[eid] for eid in wanted if eid in rows],
        len(eids) if count else None,
        len(eids) > window.offset + window.limit,
    )


def _meeting(matcher: Matcher, found: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    points = [(lon, lat) for _, lon, lat, *_ in found if lon is not None and lat is not None]
    near = iter(matcher.points(points))
    return [
        one for one in found
        if (next(near) if one[1] is not None and one[2] is not None else _any(matcher, one[3]))
    ]  # fmt: skip


def _any(matcher: Matcher, geometry: Any) -> bool:
    """Say whether the geometry, or that of any instance, meets the condition (5.7.2.4)."""
    return any(matcher.matches(one or {}) for one in (geometry if isinstance(geometry, list) else [geometry]))
