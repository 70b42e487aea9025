"""Tasks and calendars that the tests of the room share."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from hypothesis import strategies as st

from haidang.base.clock import LOCAL
from haidang.organisation.calendar import Calendar, SpecialDay, Year, load_calendar
from haidang.tasks.model.due import Due, resolve
from haidang.tasks.model.policy import Policy
from haidang.tasks.model.task import Task
from haidang.tasks.policies import load_policies

CALENDAR = load_calendar()
POLICIES = load_policies()
DIRECTIVE: Policy = POLICIES.named("directive")


def local(text: str) -> datetime:
    """Return an instant from Vietnamese wall time, ``2026-02-13 09:00``."""
    return datetime.fromisoformat(text).replace(tzinfo=LOCAL)


def year_of(year: int, *holidays: str, make_up: tuple[str, ...] = ()) -> Year:
    """Return a year with some free days."""

    def day(text: str) -> SpecialDay:
        return SpecialDay(date.fromisoformat(f"{year}-{text}"), "x", "x", "test")

    return Year(year, tuple(map(day, holidays)), tuple(map(day, make_up)))


def three_years() -> Calendar:
    """Return 2025 and 2026 as shipped and 2027 with a Tết week and a made-up Saturday."""
    tet = tuple(f"02-{day:02}" for day in range(4, 11))
    return Calendar([*CALENDAR.years.values(), year_of(2027, "01-01", *tet, "04-30", make_up=("02-13",))])


def given(due: Due, at: datetime, *, calendar: Calendar = CALENDAR, **fields: Any) -> Task:
    """Return a task given at an instant under a due."""
    ends = resolve(due, at, calendar, DIRECTIVE.due)
    facts: dict[str, Any] = {
        "id": 1, "version": 1, "title": "Chuyển dữ liệu về trung tâm dữ liệu", "owner_org": 2,
        "assigner_org": 1, "assigner": "account:1", "state": "new", "given_at": at, "due": due,
        "due_end": ends.end, "due_original": ends.end, "review_at": ends.review, "due_set_at": at,
        "created_at": at, "changed_at": at,
    }  # fmt: skip
    return Task(**(facts | fields))


HOUR = timedelta(hours=1)

FIRST = local("2025-03-01 00:00")
INSTANTS = st.integers(0, 60 * 24 * 1_000).map(
    lambda minutes: local("2025-03-01 00:00") + timedelta(minutes=minutes)
)
"""Any minute from March 2025 to November 2027."""
