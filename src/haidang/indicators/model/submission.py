"""What a unit hands in for a period, and the acts on it: submit, return, approve, lock, unlock.

One table of acts, read by the service, the docs and the screen. Figures of a form take its state: a draft is
the unit's own, a submitted one is seen, an approved one is official, a locked one changes only by a
correction with its reason.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

import msgspec

State = Literal["open", "submitted", "returned", "approved", "locked"]
STATE_WORDS: dict[State, tuple[str, str]] = {
    "open": ("chờ nộp", "to be handed in"),
    "submitted": ("đã nộp, chờ duyệt", "handed in, awaiting approval"),
    "returned": ("bị trả lại", "returned"),
    "approved": ("đã duyệt", "approved"),
    "locked": ("đã khóa", "locked"),
}
Timeliness = Literal["not_due", "due_soon", "late", "in_time", "done_late"]
SOON_HOURS = 24
Text = Annotated[str, msgspec.Meta(min_length=1, max_length=2_000)]
Document = Annotated[str, msgspec.Meta(max_length=200)]


class _Act(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="act"):
    pass


class Submit(_Act, frozen=True, kw_only=True, tag="submit"):
    """The unit hands in: every figure that is owed is there, or the reason why it is not."""


class Return(_Act, frozen=True, kw_only=True, tag="return"):
    """Back to the unit, with the reason."""

    reason: Text


class Approve(_Act, frozen=True, kw_only=True, tag="approve"):
    """The head of the unit stands for the figures."""


class Lock(_Act, frozen=True, kw_only=True, tag="lock"):
    """Closed: from here on only corrections."""


class Unlock(_Act, frozen=True, kw_only=True, tag="unlock"):
    """Opened again by decision."""

    reason: Text
    document: Annotated[str, msgspec.Meta(min_length=1, max_length=200)]


Act = Submit | Return | Approve | Lock | Unlock


class Rule(msgspec.Struct, frozen=True):
    """Which permission over the unit an act needs, from which states, and where it leads."""

    permission: str
    states: frozenset[State]
    to: State


RULES: dict[str, Rule] = {
    "submit": Rule("indicator.submit", frozenset(("open", "returned", "submitted")), "submitted"),
    "return": Rule("indicator.approve", frozenset(("submitted", "approved")), "returned"),
    "approve": Rule("indicator.approve", frozenset(("submitted",)), "approved"),
    "lock": Rule("indicator.approve", frozenset(("approved",)), "locked"),
    "unlock": Rule("indicator.manage", frozenset(("locked",)), "returned"),
}
VALUE_STATE: dict[State, int] = {"open": 0, "returned": 0, "submitted": 1, "approved": 2, "locked": 3}
"""The state that the figures of a form take with it."""


class Submission(msgspec.Struct, frozen=True, kw_only=True):
    """A row; the columns are explained in migration 0300."""

    id: int
    version: int
    form_code: str
    org_id: int
    start: date
    due_at: datetime
    state: State
    submitted_at: datetime | None = None
    submitted_by: str | None = None
    approved_at: datetime | None = None
    approved_by: str | None = None
    locked_at: datetime | None = None
    locked_by: str | None = None
    reason: str = ""
    task_id: int | None = None
    looked_at: datetime | None = None
    expected: int | None = None
    lacking: tuple[int, ...] | None = None
    simulated: bool = False


def act_name(act: Act) -> str:
    """Return the word of an act."""
    return str(type(act).__struct_config__.tag)


def timeliness(submission: Submission, now: datetime) -> Timeliness:
    """Return how a form stands by its clock; what was handed in first decides, whatever came after."""
    if submission.submitted_at is not None:
        return "done_late" if submission.submitted_at >= submission.due_at else "in_time"
    if now >= submission.due_at:
        return "late"
    hours = (submission.due_at - now).total_seconds() / 3_600
    return "due_soon" if hours <= SOON_HOURS else "not_due"
