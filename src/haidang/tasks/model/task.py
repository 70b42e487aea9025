"""A task as its row has it, and what is derived from it: timeliness, days late, what is soon."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal

import msgspec

from haidang.organisation.calendar import Calendar
from haidang.tasks.model.due import Due, last_day, local_day

State = Literal[
    "draft", "new", "received", "in_progress", "reported", "returned", "accepted", "closed", "suspended",
    "cancelled",
]  # fmt: skip
Timeliness = Literal[
    "no_due", "awaiting_verdict", "in_time", "due_soon", "overdue", "done_on_time", "done_late"
]
SOON_WORKING_DAYS = 5
NEAR_WORKING_DAYS = 3
BANDS = ((30, "1-30"), (60, "31-60"), (120, "61-120"))
WORKED = frozenset({"new", "received", "in_progress", "returned"})
"""States in which the lead's clock runs."""
OPEN = WORKED | {"reported", "suspended"}
DONE = frozenset({"accepted", "closed"})


class Task(msgspec.Struct, frozen=True, kw_only=True):
    """A row; the columns are explained in migration 0200."""

    id: int
    version: int
    title: str
    description: str = ""
    product: str = ""
    source_kind: str = "manual"
    source_id: str = ""
    by_document: str = ""
    policy: str = "directive"
    parent_id: int | None = None
    depth: int = 0
    owner_org: int
    assignee: int | None = None
    assigner_org: int
    assigner: str
    monitor_org: int | None = None
    coop_orgs: tuple[int, ...] = ()
    area_code: str | None = None
    sector: str | None = None
    priority: int = 3
    state: State
    given_at: datetime | None = None
    due: Due
    due_end: datetime | None = None
    due_original: datetime | None = None
    review_at: datetime | None = None
    due_version: int = 1
    due_set_at: datetime
    progress_pct: int | None = None
    progress_text: str = ""
    reported_at: datetime | None = None
    reported_by: str | None = None
    reports: int = 0
    accepted_at: datetime | None = None
    accepted_by: str | None = None
    closed_at: datetime | None = None
    paused_at: datetime | None = None
    pause_reason: str | None = None
    pause_document: str | None = None
    state_before: State | None = None
    returns: int = 0
    bounces: int = 0
    extensions: int = 0
    reopened: int = 0
    review_no: int = 1
    next_action_at: datetime | None = None
    created_at: datetime
    changed_at: datetime
    is_exercise: bool = False

    @property
    def orgs(self) -> tuple[int, ...]:
        """Every unit that has to do with it."""
        rest = (self.monitor_org,) if self.monitor_org is not None else ()
        return tuple(dict.fromkeys((self.owner_org, self.assigner_org, *rest, *self.coop_orgs)))


def timeliness(  # noqa: PLR0911 - one return for each value
    task: Task, end: datetime | None, now: datetime, calendar: Calendar
) -> Timeliness | None:
    """Return one of the seven values against an end (the current or the original); None where none applies.

    A suspended task's clock stands where it was stopped. Drafts and cancelled ones have none.
    """
    if task.state in {"draft", "cancelled"}:
        return None
    if task.state in DONE:
        return "done_late" if end and task.reported_at and task.reported_at >= end else "done_on_time"
    at = task.paused_at or now
    limit = end or task.review_at
    if task.state == "reported" and task.reported_at:
        return "awaiting_verdict" if limit is None or task.reported_at < limit else "overdue"
    if limit is not None and at >= limit:
        return "overdue"
    if end is None:
        return "no_due"
    if task.paused_at is not None:
        return "in_time"
    return "due_soon" if last_day(end) <= soon_until(at, calendar) else "in_time"


def soon_until(now: datetime, calendar: Calendar, working_days: int = SOON_WORKING_DAYS) -> date:
    """Return the last day that counts as soon, seen from an instant."""
    return calendar.add_working_days(local_day(now), working_days)


def soon(task: Task, now: datetime, calendar: Calendar) -> Literal["amber", "orange"] | None:
    """Return how soon a task is due: amber within five working days, orange within three."""
    if task.due_end is None or timeliness(task, task.due_end, now, calendar) != "due_soon":
        return None
    near = soon_until(task.paused_at or now, calendar, NEAR_WORKING_DAYS)
    return "orange" if last_day(task.due_end) <= near else "amber"


def days_late(task: Task, end: datetime | None, now: datetime) -> int:
    """Return the days past an end, 1 on the first one (of a finished task until its report); 0 in time."""
    limit = end or (task.review_at if task.state not in DONE else None)
    at = task.reported_at if task.state in DONE else (task.paused_at or now)
    if limit is None or at is None or at < limit:
        return 0
    return max(1, (local_day(at) - last_day(limit)).days)


def band(days: int) -> str | None:
    """Return the band of lateness: 1–30, 31–60, 61–120, over 120 days."""
    if days <= 0:
        return None
    return next((name for most, name in BANDS if days <= most), ">120")
