"""What the boards of directives make of counts and tasks. Pure: no clock, no database."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any, Literal

import msgspec

from haidang.base.clock import LOCAL
from haidang.base.text import fold
from haidang.directives.model.counts import Counts, Line
from haidang.tasks.model.due import end_of, last_day, local_day, period_end, start_of

MONTHS_SHOWN = 12
LEVELS = (0.1, 0.25, 0.5)
"""Shares of late ones above which a cell is one step darker; any late one is the first step."""
EVERYBODY = "*"
MORNING = time(7, 30)
"""When a leader reads the brief."""
BACK_MAX = 31
"""Days back for which the changes of a morning can be asked."""

When = Literal["overdue", "today", "this_week", "next_week", "later", "no_end", "waiting"]
WHENS: tuple[When, ...] = ("overdue", "today", "this_week", "next_week", "later", "no_end", "waiting")


class Cell(msgspec.Struct, frozen=True):
    """One unit in one month: of what was given then, how much is or came late."""

    month: date
    given: int
    """Not counting what was cancelled."""
    late: int
    """Overdue now, or done too late; against the original due."""
    overdue: int
    level: int
    """0 nothing late … 4 more than half."""


class Row(msgspec.Struct, frozen=True):
    """A unit over the months; None where nothing was given."""

    unit: int
    name: str
    cells: tuple[Cell | None, ...]
    given: int
    late: int


class Span(msgspec.Struct, frozen=True):
    """The time in which something has changed."""

    since: datetime
    until: datetime


def months(since: date | None, until: date | None, today: date) -> tuple[date, ...]:
    """Return the months of a heat map, the first day of each: at most a year, ending with ``until``."""
    last = (until or today).replace(day=1)
    found = [last]
    while len(found) < MONTHS_SHOWN and (since is None or found[0] > since.replace(day=1)):
        found.insert(0, (found[0] - timedelta(days=1)).replace(day=1))
    return tuple(found)


def level(late: int, given: int) -> int:
    """Return the step of a cell's ground."""
    if late == 0 or given == 0:
        return 0
    return 1 + sum(late / given > limit for limit in LEVELS)


def cell(month: date, counts: Counts) -> Cell | None:
    """Return the cell of a month; None where nothing was given, or all of it was cancelled."""
    given = counts.given - counts.cancelled
    if given <= 0:
        return None
    late = counts.overdue + counts.done_late
    return Cell(month, given, late, counts.overdue, level(late, given))


def heat(
    lines: Iterable[Line], shown: Sequence[date], names: Mapping[int, str], most: int
) -> tuple[list[Row], int]:
    """Return units over months, those with most late ones first, and how many more units there are."""
    found: dict[int, dict[date, Cell | None]] = {}
    for line in lines:
        unit, month = line.key
        if month in shown:
            found.setdefault(unit, {})[month] = cell(month, line.counts)
    rows = []
    for unit, by_month in found.items():
        cells = tuple(by_month.get(month) for month in shown)
        known = [each for each in cells if each is not None]
        if known:
            given, late = sum(each.given for each in known), sum(each.late for each in known)
            rows.append(Row(unit, names.get(unit, f"#{unit}"), cells, given, late))
    rows.sort(key=lambda row: (-row.late, -row.given, row.name, row.unit))
    return rows[:most], max(0, len(rows) - most)


def when(place: str, end: datetime | None, now: datetime) -> When:
    """Return in which part of a unit's list something stands, by its place and its present end."""
    if place == "awaiting_verdict":
        return "waiting"
    if place == "overdue":
        return "overdue"
    if end is None:
        return "no_end"
    today, day = local_day(now), last_day(end)
    sunday = period_end(today, "week")
    if day <= today:
        return "today"
    if day <= sunday:
        return "this_week"
    return "next_week" if day <= sunday + timedelta(days=7) else "later"


def week_ahead(now: datetime) -> datetime:
    """Return the first instant after the seven days that follow today in Vietnam."""
    return end_of(local_day(now) + timedelta(days=7))


def span(day: date, now: datetime) -> Span:
    """Return what a brief of a day calls "since yesterday": from 7:30 the day before, to 7:30 or to now."""
    since = datetime.combine(day - timedelta(days=1), MORNING, LOCAL).astimezone(now.tzinfo)
    if day == local_day(now):
        return Span(since, now)
    return Span(since, since + timedelta(days=1))


def months_span(shown: Sequence[date]) -> Span:
    """Return the time from the first to the last of some months."""
    return Span(start_of(shown[0]), end_of(period_end(shown[-1], "month")))


def whose(asked: str | None, name: str, leaders: Sequence[str]) -> str | None:
    """Return the leader whose directives are meant: as asked (``*``: everybody's), else the asker's own.

    Documents write leaders with their office ("Chủ tịch UBND tỉnh Nguyễn Văn An"), accounts mostly without:
    the asker's own are those whose leader is called as the account, or ends in its name.
    """
    if asked:
        return None if asked == EVERYBODY else asked
    own = fold(name)
    if not own:
        return None
    named = [each for each in leaders if f" {fold(each)}".endswith(f" {own}")]
    return min(named, key=len, default=None)  # "Chủ tịch …" is no "Phó Chủ tịch …"


def figures(counts: Counts) -> dict[str, Any]:
    """Return the few counts that a wall shows."""
    return {
        "given": counts.given, "open": counts.open, "overdue": counts.overdue,
        "due_soon": counts.due_soon, "awaiting_verdict": counts.awaiting_verdict,
    }  # fmt: skip
