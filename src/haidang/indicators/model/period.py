"""Reporting periods (kỳ báo cáo): from a day to five years, their text forms, and how they follow each other.

A period is its kind and its first day, both in Vietnam. Kinds that a calendar has two of are said here once:
a week is the ISO week (Monday to Sunday, of the year that holds its Thursday), five years are those of the
state's plans (2021–2025, 2026–2030).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Literal, get_args

import msgspec

from haidang.base.clock import LOCAL

Kind = Literal["day", "week", "month", "quarter", "half", "year", "five_years"]
KINDS: tuple[Kind, ...] = get_args(Kind)
"""From the finest to the coarsest."""
YEAR_FIRST, YEAR_LAST = 1976, 2150
SPAN_MAX = 10_000
"""Most periods that are listed at once: 27 years of days."""
WORDS: dict[Kind, tuple[str, str]] = {
    "day": ("ngày", "day"),
    "week": ("tuần", "week"),
    "month": ("tháng", "month"),
    "quarter": ("quý", "quarter"),
    "half": ("6 tháng", "half-year"),
    "year": ("năm", "year"),
    "five_years": ("5 năm", "five years"),
}

_MONTHS: dict[Kind, int] = {"month": 1, "quarter": 3, "half": 6, "year": 12, "five_years": 60}
_ROMAN = ("I", "II", "III", "IV")
_DAY = timedelta(days=1)
_FORMS: tuple[tuple[Kind, re.Pattern[str]], ...] = (
    ("day", re.compile(r"(\d{4})-(\d{2})-(\d{2})")),
    ("week", re.compile(r"(\d{4})-W(\d{2})")),
    ("quarter", re.compile(r"(\d{4})-Q([1-4])")),
    ("half", re.compile(r"(\d{4})-H([12])")),
    ("month", re.compile(r"(\d{4})-(\d{2})")),
    ("five_years", re.compile(r"(\d{4})-(\d{4})")),
    ("year", re.compile(r"(\d{4})")),
)


class Period(msgspec.Struct, frozen=True, order=True):
    """A stretch of time that a figure is about; periods of one kind are ordered by their start."""

    kind: Kind
    start: date
    """Its first day."""

    def __post_init__(self) -> None:
        if not YEAR_FIRST <= self.start.year <= YEAR_LAST:
            raise ValueError(f"a period lies in {YEAR_FIRST} to {YEAR_LAST}: {self.start.isoformat()}")
        if begin(self.kind, self.start) != self.start:
            raise ValueError(f"{self.start.isoformat()} is not the first day of a period: {self.kind}")

    @property
    def after(self) -> date:
        """The first day that is no longer in it."""
        if self.kind == "day":
            return self.start + _DAY
        if self.kind == "week":
            return self.start + 7 * _DAY
        return _plus_months(self.start, _MONTHS[self.kind])

    @property
    def last(self) -> date:
        """Its last day."""
        return self.after - _DAY

    @property
    def days(self) -> int:
        """How many days it has."""
        return (self.after - self.start).days

    def holds(self, day: date) -> bool:
        """Say whether a day lies in it."""
        return self.start <= day < self.after

    def next(self) -> Period:
        """Return the period that follows."""
        return Period(self.kind, self.after)

    def previous(self) -> Period:
        """Return the period before."""
        return containing(self.kind, self.start - _DAY)

    def shifted(self, count: int) -> Period:
        """Return the period so many later, or earlier where negative; ``ValueError`` beyond the calendar."""
        if self.kind in _MONTHS:
            return Period(self.kind, _plus_months(self.start, count * _MONTHS[self.kind]))
        return Period(self.kind, self.start + timedelta(days=count * (7 if self.kind == "week" else 1)))

    def same_last_year(self) -> Period | None:
        """Return the same period of the year before (cùng kỳ); None where that year has none.

        29 February and week 53 have none in most years, five years never: a comparison is then missing, not
        made with a neighbour.
        """
        if self.kind == "five_years":
            return None
        if self.kind == "week":
            year, week, _ = self.start.isocalendar()
            try:
                return Period("week", date.fromisocalendar(year - 1, week, 1))
            except ValueError:
                return None
        try:
            return Period(self.kind, self.start.replace(year=self.start.year - 1))
        except ValueError:
            return None

    def within(self, kind: Kind) -> Period | None:
        """Return the coarser period that holds it wholly; None where it lies in two (a week, in months)."""
        if KINDS.index(kind) < KINDS.index(self.kind):
            return None
        held = containing(kind, self.start)
        return held if self.after <= held.after else None

    def parts(self, kind: Kind) -> list[Period] | None:
        """Return the finer periods it is made of, in order; None where they do not fill it exactly."""
        if KINDS.index(kind) > KINDS.index(self.kind):
            return None
        first = containing(kind, self.start)
        if first.start != self.start:
            return None
        found = list(span(first, containing(kind, self.last)))
        return found if found[-1].after == self.after else None

    def year_to_date(self) -> list[Period]:
        """Return the periods of its kind from the year's first to itself (lũy kế); weeks by their ISO year.

        Five years count as one.
        """
        if self.kind == "five_years":
            return [self]
        year = self.start.year
        first = date(year, 1, 1)
        if self.kind == "week":
            year = self.start.isocalendar().year
            first = date.fromisocalendar(year, 1, 1)
        return list(span(containing(self.kind, first), self))

    @property
    def year(self) -> int:
        """The year it is counted in: of a week its ISO year, of five years their first."""
        return self.start.isocalendar().year if self.kind == "week" else self.start.year

    def text(self) -> str:  # noqa: PLR0911 - one return for each kind
        """Return its one written form: ``2026-11-22``, ``2026-W47``, ``2026-11``, ``2026-Q4``, ``2026-H2``,
        ``2026``, ``2026-2030``."""
        year, month = self.start.year, self.start.month
        match self.kind:
            case "day":
                return self.start.isoformat()
            case "week":
                iso = self.start.isocalendar()
                return f"{iso.year}-W{iso.week:02}"
            case "month":
                return f"{year}-{month:02}"
            case "quarter":
                return f"{year}-Q{(month + 2) // 3}"
            case "half":
                return f"{year}-H{(month + 5) // 6}"
            case "year":
                return f"{year}"
            case _:
                return f"{year}-{year + 4}"

    def vi(self) -> str:  # noqa: PLR0911 - one return for each kind
        """Return how Vietnamese papers call it: ``quý IV/2026``, ``6 tháng đầu năm 2026``."""
        year, month = self.start.year, self.start.month
        match self.kind:
            case "day":
                return f"ngày {self.start:%d/%m/%Y}"
            case "week":
                iso = self.start.isocalendar()
                return f"tuần {iso.week}/{iso.year}"
            case "month":
                return f"tháng {month}/{year}"
            case "quarter":
                return f"quý {_ROMAN[(month - 1) // 3]}/{year}"
            case "half":
                return f"6 tháng {'đầu' if month == 1 else 'cuối'} năm {year}"
            case "year":
                return f"năm {year}"
            case _:
                return f"giai đoạn {year}–{year + 4}"

    def en(self) -> str:  # noqa: PLR0911 - one return for each kind
        """Return how it is called in English."""
        year, month = self.start.year, self.start.month
        match self.kind:
            case "day":
                return f"{self.start.day} {self.start:%B %Y}"
            case "week":
                iso = self.start.isocalendar()
                return f"week {iso.week} of {iso.year}"
            case "month":
                return f"{self.start:%B %Y}"
            case "quarter":
                return f"Q{(month + 2) // 3} {year}"
            case "half":
                return f"{'first' if month == 1 else 'second'} half of {year}"
            case "year":
                return f"{year}"
            case _:
                return f"{year}–{year + 4}"


def begin(kind: Kind, day: date) -> date:
    """Return the first day of the period of a kind that holds a day."""
    match kind:
        case "day":
            return day
        case "week":
            return day - timedelta(days=day.isoweekday() - 1)
        case "five_years":
            return date(day.year - (day.year - 1) % 5, 1, 1)
        case _:
            months = _MONTHS[kind]
            return date(day.year, (day.month - 1) // months * months + 1, 1)


def containing(kind: Kind, day: date) -> Period:
    """Return the period of a kind that holds a day."""
    return Period(kind, begin(kind, day))


def current(kind: Kind, now: datetime) -> Period:
    """Return the period that runs at an instant, in Vietnam."""
    return containing(kind, now.astimezone(LOCAL).date())


def parse(text: str) -> Period:
    """Return the period that a text form names; ``ValueError`` where it is none."""
    for kind, form in _FORMS:
        if found := form.fullmatch(text):
            return _read(kind, text, [int(part) for part in found.groups()])
    raise ValueError(f"{text[:40]!r} names no period")


def span(first: Period, last: Period) -> Iterator[Period]:
    """Yield the periods of one kind from the first to the last, both with them; ``ValueError`` where many."""
    if first.kind != last.kind:
        raise ValueError(f"periods of two kinds: {first.kind}, {last.kind}")
    found = first
    for _ in range(SPAN_MAX):
        if found > last:
            return
        yield found
        found = found.next()
    raise ValueError(f"more than {SPAN_MAX} periods")


def _read(kind: Kind, text: str, parts: list[int]) -> Period:
    year, rest = parts[0], parts[1:]
    try:
        match kind:
            case "day":
                return Period(kind, date(year, *rest))
            case "week":
                return Period(kind, date.fromisocalendar(year, rest[0], 1))
            case "five_years" if rest[0] != year + 4:
                raise ValueError("five years end four years after their first")
            case "year" | "five_years":
                return Period(kind, date(year, 1, 1))
            case _:
                return Period(kind, date(year, (rest[0] - 1) * _MONTHS[kind] + 1, 1))
    except ValueError as cause:
        raise ValueError(f"{text!r} names no period: {cause}") from cause


def _plus_months(day: date, months: int) -> date:
    number = day.year * 12 + day.month - 1 + months
    return date(number // 12, number % 12 + 1, 1)
