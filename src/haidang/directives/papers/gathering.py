"""Reading the figures of a week or a month, as far as the asker may count."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

import msgspec

from haidang.base.database import Connection
from haidang.base.problems import INVALID, Fault, Problem
from haidang.directives.model.counts import By
from haidang.directives.papers import store
from haidang.directives.papers.model import (
    LATE_MAX,
    LINES_MAX,
    UNITS_MAX,
    Figures,
    Kind,
    Late,
    Reminded,
    Row,
    period,
    shortened,
)
from haidang.directives.papers.words import day as day_words
from haidang.directives.service import counting
from haidang.directives.service.counting import Cut
from haidang.organisation.permissions import Principal
from haidang.organisation.service.letterhead import letterhead
from haidang.tasks.model.due import end_of, last_day, local_day, start_of
from haidang.tasks.service.desk import Desk
from haidang.tasks.service.giving import soon_end
from haidang.tasks.store import people

replace = msgspec.structs.replace


async def gathered(
    connection: Connection,
    desk: Desk,
    principal: Principal,
    kind: Kind,
    *,
    on: date | None,
    unit: int | None,
    province: str | None,
) -> Figures:
    """Return the figures of the period that holds a day (absent: today), of a unit or of all that is seen."""
    now = desk.now()
    if on is not None and not 1990 <= on.year <= 2150:
        fault = Fault("date", "năm từ 1990 đến 2150", "a year from 1990 to 2150", str(on))
        raise Problem(INVALID, faults=(fault,))
    first, last = period(kind, on or local_day(now))
    if first > local_day(now):
        fault = Fault("date", "kỳ báo cáo chưa bắt đầu", "the period has not begun", str(on))
        raise Problem(INVALID, faults=(fault,))
    if unit is not None:
        principal.require("directive.read", org_id=unit, area_code=None, sector=None)
    units = None if unit is None else await people.below(connection, unit)
    cut = Cut(open_from=start_of(first), until=last, units=units)
    year = Cut(since=date(last.year, 1, 1), until=last, units=units)
    found = Figures(
        kind=kind, agency=await letterhead(connection, principal.org_id, province), period_from=first,
        unit=await _name(connection, unit), period_to=last, cut_off=now,
        original=await counting.total(connection, desk, principal, cut),
        current=await counting.total(connection, desk, principal, replace(cut, reading="current")),
        new=(await counting.total(connection, desk, principal, replace(cut, since=first))).given,
        year=await counting.total(connection, desk, principal, year),
        events=await store.events(
            connection, principal, cut, since=start_of(first), until=min(now, end_of(last))
        ),
        late=await _late(connection, desk, principal, cut),
        letters=await _letters(connection, principal, units, first, last),
        simulated=await store.simulated(connection, principal, cut),
    )  # fmt: skip
    for name, by, most in _TABLES:
        lines = await counting.count(connection, desk, principal, replace(cut, by=by), on_paper=True)
        rows = [Row(title=line.title, counts=line.counts) for line in lines]
        found = replace(found, **{name: shortened(rows, most)})
    if not found.reconciles():
        raise AssertionError("figures of a report that do not reconcile")  # a mistake of ours: never printed
    return found


_TABLES: tuple[tuple[str, By, int], ...] = (
    ("units", "unit", UNITS_MAX), ("fields", "field", LINES_MAX), ("leaders", "leader", LINES_MAX),
    ("documents", "document", LINES_MAX), ("meetings", "meeting", LINES_MAX),
)  # fmt: skip


async def _name(connection: Connection, unit: int | None) -> str:
    if unit is None:
        return ""
    names = await counting.unit_names(connection, [unit])
    if unit not in names:
        raise Problem(
            INVALID, faults=(Fault("unit", "không có đơn vị này", "there is no such unit", str(unit)),)
        )
    return names[unit]


async def _late(connection: Connection, desk: Desk, principal: Principal, cut: Cut) -> tuple[Late, ...]:
    now = desk.now()
    rows = await store.late(connection, principal, cut, now=now, soon=soon_end(desk, now), limit=LATE_MAX)
    return tuple(late_of(row, now) for row in rows)


def late_of(row: Mapping[str, Any], now: datetime) -> Late:
    """Return a row of what is late as papers tell it: nothing of what is restricted but its document."""
    told = row["secrecy"] == "normal"
    return Late(
        task=row["id"], title=row["title"] if told else "", unit=row["unit"], leader=row["leader"],
        document=_document(row), end=row["end"],
        days=max(1, (local_day(now) - last_day(row["end"])).days),
        extended_to=row["due_end"] if row["due_end"] and row["due_end"] > now else None,
    )  # fmt: skip


def _document(row: Mapping[str, Any]) -> str:
    if not row["number"]:
        return str(row["by_document"])
    issued = row["issued_on"]
    return f"{row['number']} ngày {day_words(issued)}" if issued else str(row["number"])


async def _letters(
    connection: Connection, principal: Principal, units: tuple[int, ...] | None, first: date, last: date
) -> tuple[Reminded, ...]:
    if principal.org_id is None:
        return ()
    rows = await store.reminded(
        connection, principal.org_id, units, since=start_of(first), until=end_of(last), year=last.year
    )
    return tuple(Reminded(unit=unit, in_period=now, in_year=all_) for unit, now, all_ in rows)
