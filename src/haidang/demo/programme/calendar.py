"""Months and plan years of the demonstration, counted from the day on which it is made."""

from __future__ import annotations

import calendar
from datetime import date, timedelta

Month = int
"""Months since the year 0: ``12 * year + month - 1``, so that they can be counted with."""


def month_of(day: date) -> Month:
    """Return the month of a day."""
    return day.year * 12 + day.month - 1


def day_in(month: Month, day: int) -> date:
    """Return a day of a month; its last one where it has fewer."""
    year, index = divmod(month, 12)
    return date(year, index + 1, min(day, calendar.monthrange(year, index + 1)[1]))


def working(day: date) -> date:
    """Return the day, or the Monday after it where it is of a weekend."""
    return day + timedelta(days=max(0, 7 - day.weekday()) if day.weekday() >= 5 else 0)


def plan_year(month: Month) -> int:
    """Return the plan year from which a month's payments come: January belongs to the year before."""
    return (month - 1) // 12


def period(month: Month) -> int:
    """Return the period of its plan year that a month is: January is the thirteenth."""
    return month % 12 + 1 if month % 12 else 13


def running_year(today: date) -> int:
    """Return the plan year that is being paid on a day: in January still the year before."""
    return plan_year(month_of(today))
