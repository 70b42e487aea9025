"""When a task is due: the rule as it was given, and the instant it comes to in the working calendar.

A rule (:class:`Due`) keeps the precision of its wording: "trong tháng 8" is a month and not the 31st. It is
resolved to ``end``, the first instant that is too late (UTC). Rules without an end get a ``review`` instead,
at which the assigner must look again: nothing stays out of sight for ever (governance, section 2.4).
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Literal

import msgspec

from haidang.base.clock import LOCAL
from haidang.base.problems import Fault
from haidang.organisation.calendar import Calendar

Precision = Literal[
    "moment", "day", "month", "quarter", "year", "working_days", "working_minutes", "minutes",
    "recurring", "event", "urgent", "open", "none",
]  # fmt: skip
Every = Literal["week", "month", "quarter", "half_year", "year"]

BY_CALENDAR = frozenset({"working_days", "working_minutes", "event", "urgent"})
"""Precisions whose instant depends on which days are worked."""
COUNT_MAX = 10_000
MINUTES_MAX = 600_000
_DAY = timedelta(days=1)
_INSTANT = timedelta(microseconds=1)


class Due(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """The rule of a due date; which fields it needs depends on its precision (:func:`faults`)."""

    precision: Precision
    text: str = ""
    """The wording of the document, e.g. "trước ngày 20/11"; shown as it is."""
    at: datetime | None = None
    """moment: the instant."""
    on: date | None = None
    """day: the day; month, quarter, year: any day of it."""
    count: int | None = None
    """working_days: days; working_minutes, minutes: minutes; event: working days after it."""
    start: date | None = None
    """working_days: the start day, which is not counted; absent: the day the task was given."""
    event: str = ""
    """event: what is waited for."""
    happened_on: date | None = None
    """event: when it came."""
    every: Every | None = None
    """recurring: how often a child task is made."""
    day: int | None = None
    """recurring: its day, of the week (1 is Monday), else of the period's last month, never past its end;
    absent: the period's last day."""
    until: date | None = None
    """recurring: the last day of the last period."""
    review_on: date | None = None
    """urgent, open, event: the day on which the assigner looks again; absent: the policy's. recurring without
    ``until``: the same, where it is given."""
    inferred: bool = False
    """Somebody read it into the wording (a missing year, say)."""


class Defaults(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a policy says of dues."""

    urgent_working_days: int = 10
    """An urgent task without a date is looked at again after so many."""
    event_working_days: int = 10
    """So is one that waits for an event."""
    strict_day: bool = False
    """"Trước ngày 20/11" ends as the 20th begins; the usual reading is as it ends."""


class Ends(msgspec.Struct, frozen=True):
    """What a rule comes to."""

    end: datetime | None
    """The first instant that is too late; None where there is none (yet)."""
    review: datetime | None
    """Without an end: when the assigner must look again."""


_NEEDS: dict[str, tuple[str, ...]] = {
    "moment": ("at",),
    "day": ("on",),
    "month": ("on",),
    "quarter": ("on",),
    "year": ("on",),
    "working_days": ("count",),
    "working_minutes": ("count",),
    "minutes": ("count",),
    "recurring": ("every",),
    "event": ("event", "count"),
}


def faults(due: Due) -> tuple[Fault, ...]:
    """Return what a rule lacks or has too much of."""
    found = [
        Fault(f"due.{name}", "cần có với loại hạn này", f"is needed for {due.precision}")
        for name in _NEEDS.get(due.precision, ())
        if getattr(due, name) in (None, "")
    ]
    most = MINUTES_MAX if due.precision.endswith("minutes") else COUNT_MAX
    if due.count is not None and not 1 <= due.count <= most:
        found.append(Fault("due.count", f"từ 1 đến {most}", f"1 to {most}", str(due.count)))
    if due.at is not None and due.at.tzinfo is None:
        found.append(Fault("due.at", "cần múi giờ", "needs a time zone", str(due.at)))
    days = 7 if due.every == "week" else 31
    if due.day is not None and not (due.precision == "recurring" and 1 <= due.day <= days):
        found.append(
            Fault(
                "due.day", f"từ 1 đến {days}, chỉ với hạn định kỳ", f"1 to {days}, of a recurring one only",
                str(due.day),
            )
        )  # fmt: skip
    for name in ("on", "start", "happened_on", "until", "review_on"):
        day = getattr(due, name)
        if day is not None and not 1990 <= day.year <= 2150:
            found.append(Fault(f"due.{name}", "năm từ 1990 đến 2150", "a year from 1990 to 2150", str(day)))
    return tuple(found)


def resolve(due: Due, given: datetime, calendar: Calendar, defaults: Defaults) -> Ends:
    """Return what a faultless rule comes to for a task given at an instant."""
    day = local_day(given)
    end: datetime | None = None
    review: datetime | None = None
    match due.precision:
        case "moment":
            end = due.at and due.at.astimezone(UTC)
        case "day":
            assert due.on is not None  # noqa: S101 - faults() came first
            end = start_of(due.on) if defaults.strict_day else end_of(due.on)
        case "month" | "quarter" | "year":
            assert due.on is not None  # noqa: S101
            end = end_of(period_end(due.on, due.precision))
        case "working_days":
            end = end_of(calendar.add_working_days(due.start or day, due.count or 0))
        case "working_minutes":
            end = add_working_minutes(calendar, given, due.count or 0)
        case "minutes":
            end = given + timedelta(minutes=due.count or 0)
        case "event" if due.happened_on:
            end = end_of(calendar.add_working_days(due.happened_on, due.count or 0))
        case "recurring":
            end = end_of(due.until) if due.until else None
            review = end_of(due.review_on) if due.review_on and not due.until else None
        case "event":
            review = _review(due, calendar.add_working_days(day, defaults.event_working_days))
        case "urgent":
            review = _review(due, calendar.add_working_days(day, defaults.urgent_working_days))
        case "open":
            review = _review(due, period_end(day, "quarter"))
        case "none":
            review = end_of(due.review_on) if due.review_on else None
    return Ends(end, review)


def _review(due: Due, default: date) -> datetime:
    return end_of(due.review_on or default)


def pushed(due: Due, end: datetime, paused: datetime, resumed: datetime, calendar: Calendar) -> datetime:
    """Return where an end moves that stood still from ``paused`` to ``resumed``, in the clock's own unit.

    What was late when the clock was stopped stays late: a pause after the end moves nothing.
    """
    if paused >= end or resumed <= paused:
        return end
    if due.precision in {"moment", "minutes"}:
        return end + (resumed - paused)
    if due.precision == "working_minutes":
        return add_working_minutes(calendar, end, calendar.working_minutes_between(paused, resumed))
    days = calendar.working_days_between(local_day(paused), local_day(resumed))
    return end_of(calendar.add_working_days(last_day(end), days)) if days > 0 else end


def add_working_minutes(calendar: Calendar, start: datetime, minutes: int) -> datetime:
    """Return the instant at which so many working minutes have passed since ``start`` (aware)."""
    left = timedelta(minutes=minutes)
    at = start.astimezone(LOCAL)
    day = at.date()
    if left <= timedelta():
        return start.astimezone(UTC)
    for _ in range(COUNT_MAX * 3):
        for span in calendar.hours(day):
            begun = max(at, datetime.combine(day, span.start, LOCAL))
            worked = datetime.combine(day, span.end, LOCAL) - begun
            if worked >= left:
                return (begun + left).astimezone(UTC)
            left -= max(worked, timedelta())
        day += _DAY
    raise ValueError("the calendar has no working hours")


def periods(due: Due, given: datetime, until: datetime) -> list[tuple[str, datetime, date]]:
    """Return the periods of a recurring rule that begin by ``until``: (label, begin, last day), in order.

    The first is the one in which the task was given, from that moment on, unless its day was over by then.
    """
    if due.every is None:
        return []
    found: list[tuple[str, datetime, date]] = []
    day = local_day(given)
    begin = given
    while begin <= until and (due.until is None or day <= due.until) and len(found) < COUNT_MAX:
        last = period_end(day, due.every)
        due_on = _day_within(due, last)
        if due_on >= day:
            found.append((label(day, due.every), begin, min(due_on, due.until or due_on)))
        day = last + _DAY
        begin = start_of(day)
    return found


def _day_within(due: Due, last: date) -> date:
    """Return the day of a period, which ends with ``last``, on which a recurring rule is due."""
    if due.day is None:
        return last
    if due.every == "week":
        return last - timedelta(days=7 - due.day)
    return last.replace(day=min(due.day, last.day))


def next_period(due: Due, given: datetime, now: datetime) -> datetime | None:
    """Return when the next period of a recurring rule begins after ``now``."""
    if due.every is None:
        return None
    if given > now:
        return given
    begin = period_end(local_day(now), due.every) + _DAY
    return start_of(begin) if due.until is None or begin <= due.until else None


def label(day: date, every: str) -> str:
    """Return the short name of the period that holds a day: ``2026-Q3``, ``2026-08``, ``2026-W31``."""
    match every:
        case "week":
            year, week, _ = day.isocalendar()
            return f"{year}-W{week:02}"
        case "month":
            return f"{day.year}-{day.month:02}"
        case "quarter":
            return f"{day.year}-Q{(day.month + 2) // 3}"
        case "half_year":
            return f"{day.year}-H{(day.month + 5) // 6}"
        case _:
            return f"{day.year}"


def period_end(day: date, every: str) -> date:
    """Return the last day of the week, month, quarter, half-year or year that holds a day."""
    if every == "week":
        return day + timedelta(days=7 - day.isoweekday())
    months = {"month": 1, "quarter": 3, "half_year": 6, "year": 12}[every]
    last_month = (day.month + months - 1) // months * months
    following = date(day.year + last_month // 12, last_month % 12 + 1, 1)
    return following - _DAY


def local_day(at: datetime) -> date:
    """Return the day in Vietnam."""
    return at.astimezone(LOCAL).date()


def last_day(end: datetime) -> date:
    """Return the last day that is still in time before an exclusive end."""
    return local_day(end - _INSTANT)


def start_of(day: date) -> datetime:
    """Return the first instant of a day in Vietnam, in UTC."""
    return datetime.combine(day, time(), LOCAL).astimezone(UTC)


def end_of(day: date) -> datetime:
    """Return the first instant after a day in Vietnam, in UTC."""
    return start_of(day + _DAY)
