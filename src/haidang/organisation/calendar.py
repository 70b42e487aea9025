"""The Vietnamese working calendar: which days are worked, counting working days and working minutes.

Monday to Friday, without the holidays, with the days made up for them: a file per year beside this one, which
a site replaces by one of its own (``<data folder>/calendar/2026.yaml``). The rules are pure; a year without a
file counts Monday to Friday, and :meth:`Calendar.covers` says so.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import msgspec
import yaml

from haidang.base.clock import LOCAL
from haidang.base.problems import INVALID, Problem

FOLDER = Path(__file__).parent / "data" / "calendar"
_DAYS_MAX = 10_000
_DAY = timedelta(days=1)


class Hours(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A stretch of the working day, local time."""

    start: time
    end: time


OFFICE_HOURS = (Hours(time(7, 30), time(11, 30)), Hours(time(13, 30), time(17, 0)))
"""Default of most offices (verify per site)."""


class SpecialDay(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A holiday, or a day worked in exchange for one."""

    date: date
    vi: str
    en: str
    source: str
    """Law or notice it comes from."""
    verify: bool = False
    """Not yet checked against the official text."""


class Year(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A year's file."""

    year: int
    holidays: tuple[SpecialDay, ...]
    make_up: tuple[SpecialDay, ...] = ()
    hours: tuple[Hours, ...] = OFFICE_HOURS


class Calendar:
    """The days of the years that are known."""

    def __init__(self, years: Iterable[Year]) -> None:
        self.years = {year.year: year for year in years}
        self._holidays = {day.date for year in self.years.values() for day in year.holidays}
        self._make_up = {day.date for year in self.years.values() for day in year.make_up}

    def covers(self, day: date) -> bool:
        """Say whether holidays of that year are known."""
        return day.year in self.years

    def hours(self, day: date) -> tuple[Hours, ...]:
        """Return the working hours of a day; none where it is not worked."""
        if not self.is_working_day(day):
            return ()
        return self.years[day.year].hours if day.year in self.years else OFFICE_HOURS

    def is_working_day(self, day: date) -> bool:
        """Say whether offices work on a day."""
        return day in self._make_up or (day.isoweekday() <= 5 and day not in self._holidays)

    def add_working_days(self, start: date, count: int) -> date:
        """Return the ``count``-th working day after ``start``, which itself is not counted.

        30 working days after 8/4/2021, with holidays on 21/4, 30/4 and 3/5, is 25/5/2021. A negative count
        goes back; zero is ``start`` itself, worked or not.
        """
        if abs(count) > _DAYS_MAX:
            raise ValueError(f"at most {_DAYS_MAX} working days")
        step = _DAY if count > 0 else -_DAY
        day = start
        for _ in range(abs(count)):
            day += step
            while not self.is_working_day(day):
                day += step
        return day

    def working_days_between(self, start: date, end: date) -> int:
        """Return how many working days follow ``start`` up to and with ``end``; negative backwards."""
        if end < start:
            return -self.working_days_between(end, start)
        return sum(self.is_working_day(day) for day in _days(start + _DAY, end))

    def working_minutes_between(self, start: datetime, end: datetime) -> int:
        """Return the whole working minutes from one instant to another (both aware); negative backwards."""
        if end < start:
            return -self.working_minutes_between(end, start)
        first, last = start.astimezone(LOCAL), end.astimezone(LOCAL)
        worked = timedelta()
        for day in _days(first.date(), last.date()):
            for span in self.hours(day):
                begun = max(first, datetime.combine(day, span.start, LOCAL))
                done = min(last, datetime.combine(day, span.end, LOCAL))
                worked += max(done - begun, timedelta())
        return int(worked.total_seconds() // 60)


def read_year(path: Path) -> Year:
    """Read a year's file; raise ``Problem`` that names the file and what is wrong in it."""
    try:
        year = msgspec.convert(_clock_times(yaml.safe_load(path.read_text(encoding="utf-8"))), Year)
        _check(year)
    except (OSError, yaml.YAMLError, ValueError) as cause:  # ValueError: also what msgspec and UTF-8 refuse
        raise Problem(
            INVALID,
            f"Tệp lịch {path.name} không hợp lệ: {cause}",
            f"The calendar file {path.name} is not valid: {cause}",
        ) from cause
    return year


def load_calendar(data_dir: Path | None = None) -> Calendar:
    """Read the years that ship, each replaced by the site's own file where there is one."""
    years: dict[int, Year] = {}
    for folder in (FOLDER, *([data_dir / "calendar"] if data_dir else [])):
        for path in sorted(folder.glob("*.yaml")):
            year = read_year(path)
            years[year.year] = year
    return Calendar(years.values())


def _check(year: Year) -> None:
    days = [day.date for day in (*year.holidays, *year.make_up)]
    for day in days:
        if day.year != year.year:
            raise ValueError(f"{day.isoformat()} is not in {year.year}")
    if len(days) != len(set(days)):
        raise ValueError("a day is named twice")
    ends = [each for span in year.hours for each in (span.start, span.end)]
    if ends != sorted(set(ends)):
        raise ValueError("the hours overlap or are out of order")


def _clock_times(document: Any) -> Any:
    """Give each ``[start, end]`` of the hours its names; YAML has no type for a time of day."""
    if isinstance(document, dict) and isinstance(document.get("hours"), list):
        spans = [span for span in document["hours"] if isinstance(span, list) and len(span) == 2]
        if len(spans) != len(document["hours"]):
            raise ValueError('hours are pairs such as ["07:30", "11:30"]')
        document["hours"] = [{"start": f"{start}:00", "end": f"{end}:00"} for start, end in spans]
    return document


def _days(first: date, last: date) -> Iterator[date]:
    for number in range((last - first).days + 1):
        yield first + timedelta(days=number)
