"""Working days and minutes."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from haidang.base.clock import LOCAL
from haidang.base.problems import Problem
from haidang.organisation.calendar import Calendar, SpecialDay, Year, load_calendar

SHIPPED = load_calendar()


def free(*days: date) -> tuple[SpecialDay, ...]:
    return tuple(SpecialDay(day, "nghỉ", "free", "test") for day in days)


def test_thirty_working_days_after_8_april_2021() -> None:
    """The worked example of the domain: the start day is not counted."""
    holidays = free(date(2021, 4, 21), date(2021, 4, 30), date(2021, 5, 3))
    calendar = Calendar([Year(2021, holidays)])
    assert calendar.add_working_days(date(2021, 4, 8), 30) == date(2021, 5, 25)
    assert calendar.working_days_between(date(2021, 4, 8), date(2021, 5, 25)) == 30


@pytest.mark.parametrize(
    ("day", "worked"),
    [
        (date(2025, 1, 29), False),  # Tết
        (date(2025, 4, 7), False),  # Hùng Kings
        (date(2025, 5, 2), False),  # exchanged
        (date(2025, 4, 26), True),  # a Saturday made up
        (date(2025, 4, 27), False),
        (date(2026, 2, 17), False),
        (date(2026, 2, 23), True),
        (date(2026, 4, 27), False),  # the Hùng Kings' day falls on a Sunday
        (date(2026, 9, 2), False),
    ],
)
def test_days_of_the_shipped_years(day: date, worked: bool) -> None:
    assert SHIPPED.is_working_day(day) is worked


def test_a_year_without_a_file_says_so_and_counts_weekdays() -> None:
    assert not SHIPPED.covers(date(2031, 1, 1))
    assert SHIPPED.covers(date(2026, 1, 1))
    assert SHIPPED.is_working_day(date(2031, 1, 1))  # a Wednesday


dates = st.dates(date(2025, 1, 1), date(2026, 12, 31))


@given(dates, st.integers(1, 200))
def test_adding_and_counting_working_days_are_inverse(start: date, count: int) -> None:
    end = SHIPPED.add_working_days(start, count)
    assert SHIPPED.is_working_day(end)
    assert SHIPPED.working_days_between(start, end) == count


@given(dates, st.integers(-60, 60), st.integers(-60, 60))
def test_more_days_never_end_earlier(start: date, one: int, other: int) -> None:
    low, high = sorted((one, other))
    assert SHIPPED.add_working_days(start, low) <= SHIPPED.add_working_days(start, high)


@pytest.mark.parametrize(
    ("start", "end", "minutes"),
    [
        ("2026-03-16 07:30", "2026-03-16 17:00", 450),
        ("2026-03-16 11:00", "2026-03-16 14:00", 60),  # lunch does not count
        ("2026-03-13 16:30", "2026-03-16 08:00", 60),  # over a weekend
        ("2026-02-13 17:00", "2026-02-23 07:30", 0),  # all of Tết
        ("2026-03-14 08:00", "2026-03-14 16:00", 0),  # a Saturday
    ],
)
def test_working_minutes(start: str, end: str, minutes: int) -> None:
    first, last = (datetime.fromisoformat(text).replace(tzinfo=LOCAL) for text in (start, end))
    assert SHIPPED.working_minutes_between(first, last) == minutes
    assert SHIPPED.working_minutes_between(last, first) == -minutes


def test_a_site_replaces_a_year_by_its_own_file(tmp_path: Path) -> None:
    (tmp_path / "calendar").mkdir()
    own = "year: 2026\nholidays:\n  - {date: 2026-03-16, vi: Lễ hội, en: Festival, source: 12/QĐ-UBND}\n"
    (tmp_path / "calendar" / "2026.yaml").write_text(own, encoding="utf-8")
    calendar = load_calendar(tmp_path)
    assert not calendar.is_working_day(date(2026, 3, 16))
    assert calendar.is_working_day(date(2026, 2, 17))  # the shipped file is replaced, not added to
    assert calendar.covers(date(2025, 1, 1))


@pytest.mark.parametrize(
    "text",
    [
        "year: 2026\nholidays: [{date: 2025-01-01, vi: a, en: b, source: c}]",
        "year: 2026\nholidays: [{date: 2026-13-01, vi: a, en: b, source: c}]",
        "year: 2026\nholidays: []\nhours: [['11:30', '07:30']]",
        "year: 2026\nholidays: []\nhours: ['07:30']",
        "year: 2026\nfree: []",
        "[",
    ],
)
def test_a_faulty_file_is_named(tmp_path: Path, text: str) -> None:
    (tmp_path / "calendar").mkdir()
    (tmp_path / "calendar" / "2026.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(Problem, match=r"2026\.yaml"):
        load_calendar(tmp_path)
