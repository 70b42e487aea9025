"""Periods of aggregates (GS CIM 009, 4.5.19.1): ISO 8601 durations, laid end to end from an instant on."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import msgspec

from haidang.base.problems import Problem
from haidang.city.query.problems import bad, complex_
from haidang.city.query.temporal import FIRST, LAST

LENGTH_MAX = timedelta(days=366 * 10_000)
CALENDAR_MAX = 600
"""Periods with months or years in one answer: each has a length of its own."""
_PART = r"(?:(\d{1,9})%s)?"
_FORM = re.compile(
    "P(?=.)(?:" + _PART % "Y" + _PART % "M" + _PART % "D"
    + "(?:T(?=.)" + _PART % "H" + _PART % "M" + r"(?:(\d{1,9}(?:\.\d{1,6})?)S)?)?" + r"|(\d{1,9})W)\Z",
    re.ASCII,
)  # fmt: skip


class Duration(msgspec.Struct, frozen=True):
    """The length of a period: months of the calendar and a fixed time beside them."""

    months: int
    rest: timedelta

    @property
    def fixed(self) -> bool:
        """Whether every such period is equally long."""
        return self.months == 0

    def text(self) -> str:
        """Return a fixed duration as seconds, which every reader of ISO 8601 understands."""
        seconds = f"{self.rest // timedelta(microseconds=1):07d}"
        return f"PT{seconds[:-6]}.{seconds[-6:]}S"


def duration_of(text: str | None) -> Duration | None:
    """Return the duration a text names; None where all is one period (absent, or nothing long).

    Raise ``Problem`` where it names none.
    """
    if not text:
        return None
    found = _FORM.match(text)
    if found is None:
        raise _wrong()
    years, months, days, hours, minutes, seconds, weeks = (part or "0" for part in found.groups())
    try:
        rest = timedelta(
            weeks=int(weeks), days=int(days), hours=int(hours), minutes=int(minutes), seconds=float(seconds)
        )
    except OverflowError:
        raise _wrong() from None
    duration = Duration(12 * int(years) + int(months), rest)
    if rest > LENGTH_MAX or duration.months > 120_000:
        raise _wrong()
    return duration if duration.months or rest else None


def bounds(start: datetime, end: datetime, duration: Duration) -> list[datetime]:
    """Return the instants at which periods from ``start`` on begin and end, the last one at or after ``end``.

    Raise ``Problem`` (query-too-complex) where there are too many.
    """
    found = [start]
    while found[-1] < end:
        if len(found) > CALENDAR_MAX:
            raise complex_(
                f"Quá {CALENDAR_MAX} khoảng thời gian; hãy chọn khoảng dài hơn.",
                f"More than {CALENDAR_MAX} periods; choose longer ones.",
            )
        found.append(_later(start, duration, len(found)))
    return found


def place_of(
    at: datetime, start: datetime, duration: Duration, edges: Sequence[datetime]
) -> tuple[datetime, datetime]:
    """Return the period in which an instant lies; ``edges`` are those of periods of the calendar."""
    if duration.fixed:
        first = start + (at - start) // duration.rest * duration.rest
        return first, first + min(duration.rest, LAST - first)
    place = bisect_right(edges, at) - 1
    return edges[place], edges[place + 1]


def _later(start: datetime, duration: Duration, times: int) -> datetime:
    month = start.year * 12 + start.month - 1 + times * duration.months
    year, month = month // 12, month % 12 + 1
    if year > LAST.year:
        return LAST
    day = min(start.day, _days(year, month))
    try:
        return min(max(start.replace(year=year, month=month, day=day) + times * duration.rest, FIRST), LAST)
    except OverflowError:
        return LAST


def _days(year: int, month: int) -> int:
    if month == 12:
        return 31
    return (datetime(year, month + 1, 1, tzinfo=UTC) - datetime(year, month, 1, tzinfo=UTC)).days


def _wrong() -> Problem:
    return bad(
        "aggrPeriodDuration cần khoảng thời gian ISO 8601: P[n]Y[n]M[n]DT[n]H[n]M[n]S hoặc P[n]W.",
        "aggrPeriodDuration needs an ISO 8601 duration: P[n]Y[n]M[n]DT[n]H[n]M[n]S or P[n]W.",
    )
