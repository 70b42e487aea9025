"""What differs between kinds of work, as data: ladders, pauses, limits, quiet hours (``data/policies``)."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Literal

import msgspec

from haidang.base.clock import LOCAL
from haidang.organisation.calendar import Calendar
from haidang.tasks.model.due import Defaults, end_of, last_day

Role = Literal["assignee", "focal", "head", "monitor", "assigner", "vice_chairman", "chairman", "office"]
"""Whom a step addresses. ``assignee``, ``focal`` and ``head`` are the lead unit's, ``monitor`` and
``assigner`` those units', the others the site's own. A role that nobody fills falls to the unit's inbox."""


class Step(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One rung of an escalation ladder."""

    step: str
    """Its name within the ladder; a task's step falls once for each version of its due."""
    offset: int
    """How far from the end: before it where negative."""
    unit: Literal["working_days", "days", "minutes"] = "working_days"
    to: tuple[Role, ...]
    vi: str
    en: str
    letter: bool = False
    """A reminder letter (công văn đôn đốc) is due; counted for the unit and the year."""


class PauseReason(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A reason for which the clock may stand still."""

    vi: str
    en: str
    document: bool = False
    """Needs the number of a document."""
    by_lead: bool = False
    """The lead unit itself may stop the clock for it, not only the assigner."""


class Quiet(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Hours in which nothing is sent beyond the screen, local time; they may span midnight."""

    start: time
    end: time
    working_days_only: bool = True
    """On days that are not worked nothing is sent at all."""
    urgent_priority: int = 1
    """Tasks of this priority, or a more urgent one, are told at any hour."""


class Policy(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The rules of one kind of work."""

    policy: str
    vi: str
    en: str
    sources: tuple[str, ...] = ()
    """Kinds of source whose tasks follow it."""
    ladder: tuple[Step, ...] = ()
    pauses: dict[str, PauseReason] = {}
    due: Defaults = Defaults()
    morning: time = time(7, 30)
    """When steps of whole days fall."""
    refuse_working_days: int = 2
    """"Not ours" can be said within so many."""
    bounces_max: int = 2
    """So many refusals; then the office decides, and its word is final."""
    extensions_own: int = 2
    """Extensions that the assigner grants; the next one needs the level above."""
    silence_working_days: int = 5
    """A report unanswered for so long goes to the assigner again."""
    reopen_days: int = 30
    """An accepted task can be reopened for so long; then it is closed."""
    quiet: Quiet = Quiet(time(21), time(6, 30))


def step_at(step: Step, end: datetime, calendar: Calendar, morning: time) -> datetime:
    """Return when a rung of the ladder falls."""
    if step.offset == 0:
        return end
    if step.unit == "minutes":
        return end + timedelta(minutes=step.offset)
    day = last_day(end)
    if step.unit == "days":
        day += timedelta(days=step.offset)
    else:
        day = calendar.add_working_days(day, step.offset)
    return datetime.combine(day, morning, LOCAL).astimezone(end.tzinfo)


def speakable(at: datetime, quiet: Quiet, calendar: Calendar, priority: int) -> datetime:
    """Return the first instant from ``at`` on at which something may be sent beyond the screen."""
    if priority <= quiet.urgent_priority:
        return at
    moment = at
    for _ in range(400):
        local = moment.astimezone(LOCAL)
        day = local.date()
        if quiet.working_days_only and not calendar.is_working_day(day):
            moment = max(moment, end_of(day))
            continue
        if not _within(local.time(), quiet):
            return moment
        over = datetime.combine(day, quiet.end, LOCAL)
        if over <= local:
            over += timedelta(days=1)
        moment = over.astimezone(at.tzinfo)
    return moment


def _within(clock: time, quiet: Quiet) -> bool:
    if quiet.start == quiet.end:
        return False
    if quiet.start < quiet.end:
        return quiet.start <= clock < quiet.end
    return clock >= quiet.start or clock < quiet.end
