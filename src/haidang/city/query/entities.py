"""Asking for entities: the page of a question, one entity by id, a name without accents."""

from __future__ import annotations

import msgspec

from haidang.base.database import Database
from haidang.base.problems import Problem
from haidang.base.text import fold
from haidang.city.query.geo import Matcher
from haidang.city.query.problems import TOO_MANY_RESULTS, complex_
from haidang.city.query.sql import Question, Where, geometry_sql, where
from haidang.city.store import read
from haidang.city.store.read import Row
from haidang.city.terms import Context, Terms
from haidang.organisation.permissions import Principal, scope_sql

CANDIDATES_MAX = 50_000
"""Entities whose geometry one geographic question may look at exactly."""


class Page(msgspec.Struct, frozen=True):
    """A page of entities in order of id."""

    rows: list[Row]
    total: int | None
    """How many there are in all, exactly; None where nobody asked."""
    more: bool
    """Whether another page follows."""


async def entity_page(
    db: Database,
    terms: Terms,
    principal: Principal,
    question: Question,
    *,
    limit: int,
    offset: int = 0,
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
    asked = where(question, terms, context, principal)
    if question.geo is not None:
        return await _geo_page(
            db, terms, question, asked, limit=limit, offset=offset, count=count, context=context
        )
    async with read.reading(db) as conn:
        rows = await read.page(conn, asked.sql, asked.values, limit + 1, offset) if limit else []
        total = await read.count(conn, asked.sql, asked.values) if count else None
    return Page(rows[:limit], total, len(rows) > limit)


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


async def _geo_page(
    db: Database,
    terms: Terms,
    question: Question,
    asked: Where,
    *,
    limit: int,
    offset: int,
    count: bool,
    context: Context,
) -> Page:
    geo = question.geo
    assert geo is not None  # noqa: S101 - the caller asks only with one
    async with read.reading(db) as conn:
        geometry = geometry_sql(geo, terms, context)
        found = await read.shapes(conn, asked.sql, asked.values, geometry, CANDIDATES_MAX + 1)
        if len(found) > CANDIDATES_MAX:
            raise complex_(
                f"Truy vấn địa lý chạm quá {CANDIDATES_MAX} thực thể; hãy thu hẹp vùng hoặc kiểu.",
                f"The geographic query touches over {CANDIDATES_MAX} entities; please narrow place or type.",
            )
        matcher = Matcher(geo)
        points = [(lon, lat) for _, lon, lat, _ in found if lon is not None and lat is not None]
        near = iter(matcher.points(points))
        eids = [
            eid for eid, lon, lat, shape in found
            if (next(near) if lon is not None and lat is not None else matcher.matches(shape or {}))
        ]  # fmt: skip
        rows = await read.by_eids(conn, eids[offset : offset + limit]) if limit else []
    return Page(rows, len(eids) if count else None, len(eids) > offset + limit)
