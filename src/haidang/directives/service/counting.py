"""Counting the tasks of directives as the asker may: by unit, leader, field, document, meeting, month."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

import msgspec

from haidang.base.database import Connection
from haidang.base.problems import INVALID, Fault, Problem
from haidang.city.packs import site_packs
from haidang.directives.model.counts import BYS, READINGS, By, Counts, Line, Reading, month_of, shown, summed
from haidang.directives.store import counts as store
from haidang.directives.store.counts import Cut
from haidang.organisation.permissions import Principal
from haidang.tasks.service.desk import Desk
from haidang.tasks.service.giving import soon_end
from haidang.tasks.store import people

__all__ = ["Cut", "asked", "count", "listed", "titles", "total"]

ABSENT = {
    "field": "Chưa phân lĩnh vực", "meeting": "Không gắn cuộc họp", "document": "Không rõ văn bản",
    "leader": "Không rõ lãnh đạo giao",
}  # fmt: skip
"""What a line is called whose tasks have no such thing."""
HIDDEN = "Văn bản, cuộc họp hạn chế phổ biến"
LINES_MAX = 5_000
"""Lines of an answer; those with most overdue stand first."""
YEARS_MAX = 100


async def count(
    connection: Connection, desk: Desk, principal: Principal, cut: Cut, *, on_paper: bool = False
) -> list[Line]:
    """Return the counts, a line for each key; those with most overdue first, months in their order.

    ``on_paper`` names nothing that is restricted, even to whoever may read it: papers go through many hands.
    """
    now = desk.now()
    found = await store.counted(connection, principal, cut, now=now, soon=soon_end(desk, now))
    called = await titles(connection, desk, principal, cut.by, list(found), on_paper=on_paper)
    lines = [Line(key, called[key], counts) for key, counts in found.items()]
    if cut.by == "month":
        return sorted(lines, key=lambda line: line.key)
    return sorted(
        lines, key=lambda line: (-line.counts.overdue, -line.counts.given, line.title, str(line.key))
    )


async def total(connection: Connection, desk: Desk, principal: Principal, cut: Cut) -> Counts:
    """Return the counts of everything that the cut takes in."""
    found = await count(connection, desk, principal, msgspec.structs.replace(cut, by="all"))
    return found[0].counts if found else Counts()


async def listed(connection: Connection, desk: Desk, principal: Principal, cut: Cut) -> dict[str, Any]:
    """Return the answer of the route: every line, and the total that they come to."""
    lines = await count(connection, desk, principal, cut)
    return {
        "by": cut.by, "reading": cut.reading, "since": cut.since, "until": cut.until, "as_of": desk.now(),
        "total": shown(lines[0].counts if len(lines) == 1 else summed([line.counts for line in lines])),
        "lines": [
            {"key": line.key, "title": line.title, "counts": shown(line.counts)} for line in lines[:LINES_MAX]
        ],
        "more": max(0, len(lines) - LINES_MAX),
    }  # fmt: skip


async def asked(
    connection: Connection,
    *,
    by: str = "all",
    reading: str = "original",
    since: date | None = None,
    until: date | None = None,
    unit: int | None = None,
    **narrower: Any,
) -> Cut:
    """Return a cut from what somebody asked for; ``Problem`` where a word is none of ours."""
    _one_of("by", by, BYS)
    _one_of("reading", reading, READINGS)
    for field, day in (("since", since), ("until", until)):
        if day is not None and not 1990 <= day.year < 1990 + YEARS_MAX:
            raise Problem(
                INVALID, faults=(Fault(field, "năm từ 1990 đến 2089", "a year from 1990 to 2089", str(day)),)
            )
    if since and until and until < since:
        raise Problem(
            INVALID, faults=(Fault("until", "trước ngày bắt đầu", "before the first day", str(until)),)
        )
    units = None if unit is None else await people.below(connection, unit)
    known_by: By = by  # type: ignore[assignment]  # _one_of has looked
    known_reading: Reading = reading  # type: ignore[assignment]
    return Cut(by=known_by, reading=known_reading, since=since, until=until, units=units, **narrower)


def _one_of(field: str, value: str, known: tuple[str, ...]) -> None:
    if value not in known:
        words = ", ".join(known)
        raise Problem(INVALID, faults=(Fault(field, f"một trong: {words}", f"one of: {words}", value[:80]),))


async def unit_names(connection: Connection, ids: Iterable[int]) -> dict[int, str]:
    """Return the names of units."""
    return await store.org_names(connection, ids)


async def titles(
    connection: Connection,
    desk: Desk,
    principal: Principal,
    by: By,
    keys: list[tuple[Any, ...]],
    *,
    on_paper: bool = False,
) -> dict[tuple[Any, ...], str]:
    """Return what the keys of a count are called; what the asker may not know by name is :data:`HIDDEN`."""
    first = {key[0] for key in keys if key and key[0] is not None}
    match by:
        case "all":
            return dict.fromkeys(keys, "Tổng số")
        case "unit" | "unit_month":
            names = await store.org_names(connection, first)
            months = {key: f" {month_of(key[1])}" if by == "unit_month" else "" for key in keys}
            return {key: names.get(key[0], f"#{key[0]}") + months[key] for key in keys}
        case "month":
            return {key: f"Tháng {month_of(key[0])}" for key in keys}
        case "document":
            known = await store.documents(connection, principal, first)
        case "meeting":
            known = await store.meetings(connection, principal, first)
        case "field":
            sectors = site_packs(desk.data_dir).sectors
            return {key: sectors[key[0]].vi if key[0] in sectors else key[0] or ABSENT[by] for key in keys}
        case "leader":
            return {key: key[0] or ABSENT[by] for key in keys}
    return {key: _named(known.get(key[0]), ABSENT[by], on_paper=on_paper) for key in keys}


def _named(found: store.Titled | None, absent: str, *, on_paper: bool) -> str:
    if found is None:
        return absent
    if not found.seen or (on_paper and found.secrecy != "normal"):
        return HIDDEN
    return found.title or absent
