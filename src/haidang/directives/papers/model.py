"""What the papers of directives know: figures of one moment, from which every paper can be made again."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Literal

import msgspec

from haidang.directives.model.counts import Counts, summed
from haidang.organisation.service.letterhead import Letterhead
from haidang.tasks.model.due import period_end

Kind = Literal["weekly", "monthly"]
EDITION = 1
"""Of the figures; a paper of an older edition is still drawn from what it knows."""
LINES_MAX = 30
"""Documents and meetings of a table; what is beyond is summed up in one line."""
UNITS_MAX = 400
LATE_MAX = 300
"""Overdue tasks that are kept with a report, for its workbook."""
LISTED_MAX = 40
"""Those that the paper lists; of the others it says how many."""


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """A line of a table of counts."""

    title: str
    counts: Counts
    rest: int = 0
    """How many lines it sums up; 0: it is one itself."""


class Late(msgspec.Struct, frozen=True, kw_only=True):
    """A task that is overdue against its original due."""

    task: int
    title: str
    """Empty where the document may not be told on paper."""
    unit: str
    leader: str = ""
    document: str = ""
    """Number and date of the document it was given by."""
    end: datetime
    """The first instant that was too late: of the original due, or the review that was missed."""
    days: int
    extended_to: datetime | None = None
    """The present end where it is still to come."""


class Reminded(msgspec.Struct, frozen=True, kw_only=True):
    """Reminder letters to a unit."""

    unit: str
    in_period: int
    in_year: int


class Events(msgspec.Struct, frozen=True, kw_only=True):
    """What happened in a period."""

    reports: int = 0
    returns: int = 0
    extensions: int = 0
    answered: int = 0
    answer_days: float | None = None
    """Median days from a report to its verdict, of those answered in the period."""


class Figures(msgspec.Struct, frozen=True, kw_only=True):
    """The figures of a week's or a month's report.

    Counted are the tasks that were still to be done when the period began, and those given in it.
    """

    kind: Kind
    edition: int = EDITION
    agency: Letterhead
    unit: str = ""
    """Only of this unit and those under it; empty: of all that the issuer oversees."""
    period_from: date
    period_to: date
    cut_off: datetime
    original: Counts
    """Against the original dues: the headline."""
    current: Counts
    """Against the present dues."""
    new: int
    """Given in the period."""
    year: Counts
    """Everything given since 1 January, against the original dues."""
    events: Events
    units: tuple[Row, ...] = ()
    fields: tuple[Row, ...] = ()
    leaders: tuple[Row, ...] = ()
    documents: tuple[Row, ...] = ()
    meetings: tuple[Row, ...] = ()
    late: tuple[Late, ...] = ()
    letters: tuple[Reminded, ...] = ()
    simulated: bool = False

    @property
    def carried(self) -> int:
        """Given before the period and not done when it began."""
        return self.original.given - self.new

    def reconciles(self) -> bool:
        """Say whether every figure comes to the same total, whichever way it is added up."""
        sums = [summed([row.counts for row in rows]) for rows in self.tables()]
        headline = self.original
        return (
            headline.identity()
            and self.current.identity()
            and self.year.identity()
            and self.current.given == headline.given
            and self.carried >= 0
            and all(each.given == headline.given and each.overdue == headline.overdue for each in sums)
        )

    def tables(self) -> tuple[tuple[Row, ...], ...]:
        """Return the tables of counts, each of which comes to the headline."""
        return (self.units, self.fields, self.leaders, self.documents, self.meetings)


def period(kind: Kind, day: date) -> tuple[date, date]:
    """Return the first and the last day of the week (Monday to Sunday) or month that holds a day."""
    if kind == "weekly":
        first = day - timedelta(days=day.isoweekday() - 1)
        return first, first + timedelta(days=6)
    return day.replace(day=1), period_end(day, "month")


def shortened(rows: list[Row], most: int) -> tuple[Row, ...]:
    """Return at most ``most`` rows: the last one sums up what would be beyond."""
    if len(rows) <= most:
        return tuple(rows)
    kept, rest = rows[: most - 1], rows[most - 1 :]
    return (*kept, Row(title="", counts=summed([row.counts for row in rest]), rest=len(rest)))
