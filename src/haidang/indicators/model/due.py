"""When the figures of a period are due: a rule in the working calendar, with an hour.

A rule counts working days after the period's last day, or names a day of a month. It comes to an instant in
Vietnam, and what is handed in before that instant is in time, whatever arrives later.
"""

from __future__ import annotations

from calendar import monthrange
from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated, Literal

import msgspec

from haidang.base.clock import LOCAL
from haidang.base.problems import Fault
from haidang.indicators.model.period import Period
from haidang.organisation.calendar import Calendar

Hour = Annotated[str, msgspec.Meta(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")]
Days = Annotated[int, msgspec.Meta(ge=0, le=250)]


class DueRule(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """When a figure is due; either ``working_days`` or ``day`` is said (:func:`faults`)."""

    working_days: Days | None = None
    """So many working days after the period's last day; 0: on that day itself."""
    day: Annotated[int, msgspec.Meta(ge=1, le=31)] | None = None
    """That day of a month, or its last where it has fewer."""
    months_after: Annotated[int, msgspec.Meta(ge=0, le=24)] = 1
    """``day``: of the month so many after the period's last one; 0: within it, as estimates are asked for."""
    roll: Literal["before", "after"] = "after"
    """To which working day a day goes that is not worked."""
    at: Hour = "17:00"
    """The first instant that is too late, local time."""
    open_working_days: Days = 5
    """Where it is due before the period ends: so long before the form is opened."""

    def vi(self) -> str:
        """Return the rule as a sentence for the screen."""
        if self.working_days is not None:
            if self.working_days == 0:
                return f"trước {self.at} ngày cuối kỳ"
            return f"trước {self.at} ngày làm việc thứ {self.working_days} sau kỳ báo cáo"
        month = {0: "tháng cuối kỳ", 1: "tháng sau kỳ báo cáo"}.get(
            self.months_after, f"tháng thứ {self.months_after} sau kỳ báo cáo"
        )
        return f"trước {self.at} ngày {self.day} {month}"

    def en(self) -> str:
        """Return the rule as a sentence in English."""
        if self.working_days is not None:
            if self.working_days == 0:
                return f"before {self.at} on the period's last day"
            return f"before {self.at} on working day {self.working_days} after the period"
        return f"before {self.at} on day {self.day}, {self.months_after} months after the period's last month"


def faults(rule: DueRule) -> tuple[Fault, ...]:
    """Return what a rule lacks or says twice."""
    if (rule.working_days is None) == (rule.day is None):
        return (
            Fault("due", "cần đúng một trong hai: working_days, day", "needs one of working_days and day"),
        )
    return ()


def due_at(rule: DueRule, period: Period, calendar: Calendar) -> datetime:
    """Return the first instant that is too late (UTC)."""
    return datetime.combine(_day(rule, period, calendar), time.fromisoformat(rule.at), LOCAL).astimezone(UTC)


def opens_at(rule: DueRule, period: Period, calendar: Calendar) -> datetime:
    """Return when figures of a period are asked for: as it ends, or some days before the due."""
    end = datetime.combine(period.after, time(), LOCAL)
    day = _day(rule, period, calendar)
    if day >= period.after:
        return end.astimezone(UTC)
    early = calendar.add_working_days(day, -rule.open_working_days)
    return datetime.combine(max(early, period.start), time(), LOCAL).astimezone(UTC)


def _day(rule: DueRule, period: Period, calendar: Calendar) -> date:
    if rule.working_days:
        return calendar.add_working_days(period.last, rule.working_days)
    if rule.working_days == 0:
        day = period.last
    else:
        months = period.last.year * 12 + period.last.month - 1 + rule.months_after
        year, month = months // 12, months % 12 + 1
        day = date(year, month, min(rule.day or 1, monthrange(year, month)[1]))
    step = timedelta(days=1 if rule.roll == "after" else -1)
    while not calendar.is_working_day(day):
        day += step
    return day
