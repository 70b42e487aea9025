"""What is counted of the tasks of directives, and what the counts must add up to.

Each counted task stands in exactly one place: one of the seven values of its timeliness, suspended, or
cancelled. So every count reconciles (:meth:`Counts.identity`), in both readings: against the original due, by
which headlines are told, and against the present one (governance, sections 2.3 and 2.5).

A task is counted from when it was given. A directive that recurs counts by the tasks of its periods, each
with an end of its own; what a unit splits off within itself is its own affair and is not counted again.
Exercises are never counted.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from statistics import median
from typing import Any, Literal, get_args

import msgspec

from haidang.organisation.calendar import Calendar
from haidang.tasks.model.due import local_day
from haidang.tasks.model.task import BANDS, DONE, Task, Timeliness, band, days_late, timeliness

Reading = Literal["original", "current"]
By = Literal["all", "unit", "leader", "field", "document", "meeting", "month", "unit_month"]
BYS: tuple[By, ...] = get_args(By)
READINGS: tuple[Reading, ...] = get_args(Reading)
BAND_NAMES: tuple[str, ...] = (*(name for _, name in BANDS), ">120")
Standing = Timeliness | Literal["suspended", "cancelled"]
STANDINGS: tuple[str, ...] = (*get_args(Timeliness), "suspended", "cancelled")

MADE_BY_THE_HOUSE = frozenset({"recurring", "remainder"})
"""Sources of sub-tasks that count beside their parent: a period of it, or what was left of it."""


class Ratio(msgspec.Struct, frozen=True, kw_only=True):
    """A share that says of what it is one."""

    numerator: int
    denominator: int
    percent: float
    """Rounded half up to two decimals."""
    of_vi: str
    of_en: str


class Counts(msgspec.Struct, frozen=True, kw_only=True):
    """The counts of some tasks at one moment, in one reading."""

    given: int = 0
    done_on_time: int = 0
    done_late: int = 0
    in_time: int = 0
    due_soon: int = 0
    awaiting_verdict: int = 0
    overdue: int = 0
    bands: dict[str, int] = {}
    """The overdue ones by how many days late they are: 1-30, 31-60, 61-120, >120."""
    no_due: int = 0
    suspended: int = 0
    cancelled: int = 0
    reported: int = 0
    """Reported at least once; what the share of returned ones is a share of."""
    returned: int = 0
    """Returned at least once."""
    extensions: int = 0
    """Extensions granted, all of them."""
    median_days: float | None = None
    """Days from the day given to the day of the accepted report, of those done; None where none is."""

    @property
    def done(self) -> int:
        """Finished and accepted, in time or late."""
        return self.done_on_time + self.done_late

    @property
    def open(self) -> int:
        """Still to be done; suspended ones are not among them."""
        return self.in_time + self.due_soon + self.awaiting_verdict + self.overdue + self.no_due

    def identity(self) -> bool:
        """Say whether every task stands in exactly one place, and every overdue one in one band."""
        placed = self.done + self.open + self.suspended + self.cancelled
        return self.given == placed and self.overdue == sum(self.bands.values())

    @property
    def on_time_rate(self) -> Ratio | None:
        """Done on time, of those that were due: done, or overdue; None where none was."""
        return ratio(
            self.done_on_time, self.done + self.overdue,
            "nhiệm vụ đã hoàn thành hoặc đã quá hạn", "tasks done or overdue",
        )  # fmt: skip

    @property
    def done_share(self) -> Ratio | None:
        """Done, of all that count: not the rate of punctuality, and shown apart from it."""
        return ratio(
            self.done, self.given - self.cancelled,
            "nhiệm vụ được giao, không kể nhiệm vụ đã hủy", "tasks given and not cancelled",
        )  # fmt: skip

    @property
    def returned_rate(self) -> Ratio | None:
        """Returned at least once, of those reported at least once."""
        return ratio(
            self.returned, self.reported, "nhiệm vụ đã báo cáo kết quả", "tasks reported at least once"
        )


class Line(msgspec.Struct, frozen=True):
    """The counts of one unit, leader, field, document, meeting or month."""

    key: tuple[Any, ...]
    """What it is counted by: a number, a text or the first day of a month; several where it is by several."""
    title: str
    counts: Counts


def ratio(numerator: int, denominator: int, of_vi: str, of_en: str) -> Ratio | None:
    """Return a share with its denominator; None of nothing."""
    if denominator <= 0:
        return None
    hundredths = (numerator * 20_000 + denominator) // (2 * denominator)
    return Ratio(
        numerator=numerator, denominator=denominator, percent=hundredths / 100, of_vi=of_vi, of_en=of_en
    )


def counts_at_all(task: Task) -> bool:
    """Say whether a task is one that is counted (of a directive, or made of one by the house)."""
    own = task.parent_id is None or task.source_kind in MADE_BY_THE_HOUSE
    return own and task.given_at is not None and not task.is_exercise and task.due.precision != "recurring"


def standing(task: Task, reading: Reading, now: datetime, calendar: Calendar) -> Standing | None:
    """Return the one place in which a given task stands; None of a draft."""
    if task.state in {"suspended", "cancelled"}:
        return "suspended" if task.state == "suspended" else "cancelled"
    return timeliness(task, end_in(task, reading), now, calendar)


def end_in(task: Task, reading: Reading) -> datetime | None:
    """Return the end that a reading asks for."""
    return task.due_original if reading == "original" else task.due_end


def counted(tasks: Iterable[Task], reading: Reading, now: datetime, calendar: Calendar) -> Counts:
    """Return the counts of tasks; ``store.counts`` draws the same lines in SQL, and a test holds both."""
    places: Counter[str] = Counter()
    bands: Counter[str] = Counter()
    days: list[int] = []
    reported = returned = extensions = 0
    for task in filter(counts_at_all, tasks):
        place = standing(task, reading, now, calendar)
        if place is None:
            continue
        places[place] += 1
        if place == "overdue":
            # A report after the end may be dated, by another clock, a little ahead of this one.
            bands[str(band(max(1, days_late(task, end_in(task, reading), now))))] += 1
        if task.state in DONE and task.given_at and task.reported_at:
            days.append(max(0, (local_day(task.reported_at) - local_day(task.given_at)).days))
        reported += task.reports > 0
        returned += task.returns > 0
        extensions += task.extensions
    return Counts(
        given=places.total(), **{name: places[name] for name in STANDINGS}, bands=dict(bands),
        reported=reported, returned=returned, extensions=extensions,
        median_days=float(median(days)) if days else None,
    )  # fmt: skip


def summed(parts: Sequence[Counts]) -> Counts:
    """Return the sum of counts; medians do not add up, so there is none."""
    bands: Counter[str] = Counter()
    for part in parts:
        bands.update(part.bands)
    names = ("given", *STANDINGS, "reported", "returned", "extensions")
    return Counts(**{name: sum(getattr(part, name) for part in parts) for name in names}, bands=dict(bands))


def shown(counts: Counts) -> dict[str, Any]:
    """Return counts as an answer carries them: with the shares, each with its denominator."""
    return msgspec.structs.asdict(counts) | {
        "bands": {name: counts.bands.get(name, 0) for name in BAND_NAMES},
        "done": counts.done, "open": counts.open, "on_time_rate": counts.on_time_rate,
        "done_share": counts.done_share, "returned_rate": counts.returned_rate,
        "reconciles": counts.identity(),
    }  # fmt: skip


def month_of(day: date) -> str:
    """Return a month as it is written: 03/2026."""
    return f"{day.month:02}/{day.year}"
