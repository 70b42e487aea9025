"""The directive board: who owes what, from which conclusion, how late."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

import msgspec

from haidang.base.database import Connection
from haidang.base.problems import INVALID, Fault, Problem
from haidang.boards.directives import lines, model, store
from haidang.city.packs import site_packs
from haidang.directives.model.counts import BAND_NAMES, By, Counts, Line, shown
from haidang.directives.service import counting
from haidang.directives.store.counts import Cut
from haidang.organisation.permissions import Principal
from haidang.tasks.model.due import local_day
from haidang.tasks.service.desk import Desk
from haidang.tasks.store.tasks import org_names

LINES: tuple[By, ...] = ("unit", "leader", "field", "document", "meeting")
PLACES = ("overdue", "due_soon", "awaiting_verdict", "in_time", "no_due", "suspended")
ROWS_MAX = 200
LINES_MAX = 200
UNITS_MAX = 60
SOURCE = "directive_tasks"
"""What every figure is counted from; the screen says it in words."""
_ABSENT = counting.ABSENT


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """What the board is narrowed to, as the address of the screen says it."""

    unit: int | None = None
    leader: str | None = None
    field: str | None = None
    document: int | None = None
    meeting: int | None = None
    since: date | None = None
    until: date | None = None
    reading: str = "original"
    by: str = "unit"
    show: str = "overdue"
    band: str | None = None


async def snapshot(connection: Connection, desk: Desk, principal: Principal, asked: Asked) -> dict[str, Any]:
    """Return the board as it stands; ``Problem`` (invalid) where a word of the address is none of ours."""
    _check(asked)
    cut = await cut_of(connection, asked)
    now = desk.now()
    total = await counting.total(connection, desk, principal, cut)
    choices = await store.choices(connection, principal)
    rows = await lines.listed(
        connection, desk, principal, cut, (asked.show,), limit=ROWS_MAX,
        band=asked.band if asked.show == "overdue" else None,
    )  # fmt: skip
    by: By = asked.by  # type: ignore[assignment]  # _check has looked
    grouped = await counting.count(connection, desk, principal, msgspec.structs.replace(cut, by=by))
    return {
        "as_of": now, "source": SOURCE, "reading": cut.reading,
        "simulated": any(each.simulated for each in choices),
        "total": shown(total),
        "rows": rows, "rows_of": _of(total, asked),
        "by": by, "lines": [_line(each) for each in grouped[:LINES_MAX]],
        "more_lines": max(0, len(grouped) - LINES_MAX),
        "heat": await _heat(connection, desk, principal, cut, asked),
        "pace": await _pace(connection, principal, cut),
        "choices": await _choices(connection, desk, principal, choices),
    }  # fmt: skip


async def cut_of(connection: Connection, asked: Asked) -> Cut:
    """Return the cut of the counts that an address asks for."""
    narrower = {name: getattr(asked, name) for name in ("leader", "field", "document", "meeting")}
    return await counting.asked(
        connection, reading=asked.reading, since=asked.since, until=asked.until, unit=asked.unit, **narrower
    )


def _check(asked: Asked) -> None:
    for field, value, known in (
        ("by", asked.by, LINES), ("show", asked.show, PLACES), ("band", asked.band or "1-30", BAND_NAMES)
    ):  # fmt: skip
        if value not in known:
            words = ", ".join(known)
            raise Problem(
                INVALID, faults=(Fault(field, f"một trong: {words}", f"one of: {words}", value[:80]),)
            )


def _of(total: Counts, asked: Asked) -> int:
    """Return how many rows the list has, of which no more than :data:`ROWS_MAX` are shown."""
    if asked.show == "overdue" and asked.band:
        return total.bands.get(asked.band, 0)
    return int(getattr(total, asked.show))


def _line(line: Line) -> dict[str, Any]:
    return {"key": line.key[0], "title": line.title, "counts": shown(line.counts)}


async def _heat(
    connection: Connection, desk: Desk, principal: Principal, cut: Cut, asked: Asked
) -> dict[str, Any]:
    months = model.months(asked.since, asked.until, local_day(desk.now()))
    by_month = msgspec.structs.replace(
        cut, by="unit_month", since=max(months[0], asked.since or months[0]), reading="original"
    )
    counted = await counting.count(connection, desk, principal, by_month)
    names = await org_names(connection, {line.key[0] for line in counted})
    rows, more = model.heat(counted, months, names, UNITS_MAX)
    return {"months": months, "rows": rows, "more": more}


async def _pace(connection: Connection, principal: Principal, cut: Cut) -> list[dict[str, Any]]:
    found = await store.paces(connection, principal, cut)
    names = await org_names(connection, {each.unit for each in found if each.unit is not None})
    units: dict[int | None, dict[str, Any]] = {}
    for each in found:
        unit = units.setdefault(
            each.unit, {"unit": each.unit, "name": None if each.unit is None else names.get(each.unit, "")}
        )
        unit[each.measure] = {"median_s": each.median_s, "have": each.have, "of": each.of}
    empty = {"median_s": None, "have": 0, "of": 0}
    whole = {"receive": empty, "report": empty, "answer": empty}
    ordered = sorted((whole | unit for unit in units.values()), key=_slowness)
    return ordered[: UNITS_MAX + 1]


def _slowness(unit: dict[str, Any]) -> tuple[bool, float, str]:
    """All together first, then whoever takes longest to report; those of whom nothing is known last."""
    took = unit["report"]["median_s"]
    return unit["unit"] is not None, -took if took is not None else 1.0, unit["name"] or ""


async def _choices(
    connection: Connection, desk: Desk, principal: Principal, choices: list[store.Choice]
) -> dict[str, Any]:
    """Return what the board can be narrowed to, in words; what may not be named is not offered."""
    units = await org_names(connection, {each.unit for each in choices})
    documents = await _titles(connection, desk, principal, "document", {each.document for each in choices})
    meetings = await _titles(connection, desk, principal, "meeting", {each.meeting for each in choices})
    sectors = site_packs(desk.data_dir).sectors
    fields = {each.field for each in choices if each.field}
    return {
        "units": _sorted(units.items()),
        "leaders": _sorted((each, each) for each in {each.leader for each in choices} if each),
        "fields": _sorted((name, sectors[name].vi if name in sectors else name) for name in fields),
        "documents": documents, "meetings": meetings,
    }  # fmt: skip


async def _titles(
    connection: Connection, desk: Desk, principal: Principal, by: By, ids: set[int | None]
) -> list[dict[str, Any]]:
    named = await counting.titles(
        connection, desk, principal, by, [(each,) for each in ids if each is not None]
    )
    hidden = {counting.HIDDEN, _ABSENT["document"], _ABSENT["meeting"]}
    return _sorted((key[0], title) for key, title in named.items() if title not in hidden)


def _sorted(pairs: Iterable[tuple[Any, str]]) -> list[dict[str, Any]]:
    return [
        {"id": key, "title": title} for key, title in sorted(pairs, key=lambda pair: (pair[1], str(pair[0])))
    ]
