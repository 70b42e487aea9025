"""What falls for a task, and when: a pure function of its row, its policy and the calendar.

The table ``reminder`` holds what has fallen, by (task, version, step): whatever happens to the process or to
the clock, a step that stands there does not fall again, and one that does not will. Steps of the ladder that
were missed together collapse into the highest one.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date, datetime, timedelta
from typing import Literal

import msgspec

from haidang.base.clock import LOCAL
from haidang.organisation.calendar import Calendar
from haidang.tasks.model.due import local_day, next_period, periods
from haidang.tasks.model.policy import Policy, step_at
from haidang.tasks.model.task import WORKED, Task

Kind = Literal["ladder", "review", "silence", "close", "period"]


class Moment(msgspec.Struct, frozen=True):
    """Something that is to fall."""

    version: int
    """Of what it belongs to: the due, the report, the review, the acceptance."""
    step: str
    at: datetime
    kind: Kind
    rank: int = 0
    """Place in the ladder; the highest of those missed together stands for all."""
    last_day: date | None = None
    """period: its last day."""

    @property
    def key(self) -> tuple[int, str]:
        """What makes it fall once."""
        return (self.version, self.step)


class Look(msgspec.Struct, frozen=True):
    """What one look at a task finds."""

    fall: tuple[Moment, ...]
    collapsed: tuple[tuple[Moment, str], ...]
    """With the name of the step that stands for it."""
    next_at: datetime | None


def agenda(task: Task, policy: Policy, calendar: Calendar, now: datetime) -> list[Moment]:
    """Return every moment of a task as it stands; of a recurring one the periods begun and the next."""
    if task.state in WORKED:
        return [*_ladder(task, policy, calendar), *_review(task), *_periods(task, now)]
    if task.state == "reported" and task.reported_at:
        day = calendar.add_working_days(local_day(task.reported_at), policy.silence_working_days)
        at = datetime.combine(day, policy.morning, LOCAL).astimezone(task.reported_at.tzinfo)
        return [Moment(task.reports, "silence", at, "silence")]
    if task.state == "accepted" and task.accepted_at:
        at = task.accepted_at + timedelta(days=policy.reopen_days)
        return [Moment(task.reopened, "close", at, "close")]
    return []


def look(moments: Iterable[Moment], fallen: Collection[tuple[int, str]], now: datetime) -> Look:
    """Return what falls now, what collapses into it, and when to look again."""
    waiting = sorted((each for each in moments if each.key not in fallen), key=lambda each: each.at)
    due = [each for each in waiting if each.at <= now]
    rungs = sorted((each for each in due if each.kind == "ladder"), key=lambda each: each.rank)
    fall = [each for each in due if each.kind != "ladder"] + rungs[-1:]
    return Look(
        tuple(fall),
        tuple((each, rungs[-1].step) for each in rungs[:-1]),
        next((each.at for each in waiting if each.at > now), None),
    )


def _ladder(task: Task, policy: Policy, calendar: Calendar) -> Iterable[Moment]:
    if task.due_end is None:
        return
    # In the order in which they fall: a ladder may count in days and in minutes.
    rungs = [(step_at(step, task.due_end, calendar, policy.morning), step) for step in policy.ladder]
    for rank, (at, step) in enumerate(
        sorted(rungs, key=lambda rung: (rung[0], rung[1].offset, rung[1].step))
    ):
        # What would have come before the due was set says nothing new; what is late already does.
        if step.offset >= 0 or at > task.due_set_at:
            yield Moment(task.due_version, step.step, at, "ladder", rank)


def _review(task: Task) -> Iterable[Moment]:
    if task.due_end is None and task.review_at is not None:
        yield Moment(task.review_no, "review", task.review_at, "review")


def _periods(task: Task, now: datetime) -> Iterable[Moment]:
    if task.due.precision != "recurring" or task.given_at is None:
        return
    for name, begin, last in periods(task.due, task.given_at, now):
        yield Moment(0, f"period:{name}", begin, "period", last_day=last)
    upcoming = next_period(task.due, task.given_at, now)
    if upcoming is not None:
        yield Moment(0, "period:next", upcoming, "period")
