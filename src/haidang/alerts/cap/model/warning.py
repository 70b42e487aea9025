"""A warning of ours: its row, its states, and the one table of what may be done with it."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

import msgspec

from haidang.alerts.cap.model.draft import Draft
from haidang.alerts.cap.model.message import Reference
from haidang.alerts.cap.model.words import Scope, Status

State = Literal[
    "draft", "waiting", "approved", "refused", "dropped", "sent", "replaced", "cancelled", "expired"
]
LEFT: frozenset[State] = frozenset({"sent", "replaced", "cancelled", "expired"})
"""States of what has left the house: its text never changes."""
OwnType = Literal["Alert", "Update", "Cancel"]


class CapWarning(msgspec.Struct, frozen=True, kw_only=True):
    """A warning: what is to be said, how far it is, and who stands behind it."""

    id: int
    version: int
    identifier: str
    sender: str | None
    sent: datetime | None
    msg_type: OwnType
    status: Status
    scope: Scope
    state: State
    content: Draft
    headline: str
    refs: tuple[int, ...]
    """Warnings of ours that it updates or cancels."""
    incident_id: int | None
    is_exercise: bool
    owner_org: int
    area_code: str | None
    sector: str | None
    authors: tuple[str, ...]
    """Every hand in its content; none of them approves it."""
    preapproved: str
    """The document that has approved its template; empty: a second person is needed."""
    approver: str | None
    approved_at: datetime | None
    sent_by: str | None
    why: str
    expires: datetime | None
    xml: str | None
    ended_at: datetime | None
    ended_by: int | None
    created_at: datetime
    changed_at: datetime

    @property
    def reference(self) -> Reference | None:
        """What later messages call it; None before it has been sent."""
        if self.sender is None or self.sent is None:
            return None
        return Reference(self.sender, self.identifier, self.sent)

    @property
    def is_public(self) -> bool:
        """Whether everybody may read it once it has left."""
        return self.status == "Actual" and self.scope == "Public"


Why = Annotated[str, msgspec.Meta(min_length=1, max_length=2_000)]


class _Act(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="act"):
    pass


class Submit(_Act, frozen=True, kw_only=True, tag="submit"):
    """It is written; a second person is asked."""


class Approve(_Act, frozen=True, kw_only=True, tag="approve"):
    """A second person answers for it."""


class Refuse(_Act, frozen=True, kw_only=True, tag="refuse"):
    """It shall not leave as it is."""

    reason: Why


class Withdraw(_Act, frozen=True, kw_only=True, tag="withdraw"):
    """Back to the draft, to be written anew."""


class Drop(_Act, frozen=True, kw_only=True, tag="drop"):
    """It is not needed any more."""


class Send(_Act, frozen=True, kw_only=True, tag="send"):
    """It leaves."""


class Update(_Act, frozen=True, kw_only=True, tag="update"):
    """What was sent is to be said anew: makes the draft of an Update."""


class Cancel(_Act, frozen=True, kw_only=True, tag="cancel"):
    """What was sent shall hold no more: makes the draft of a Cancel."""

    reason: Why


Act = Submit | Approve | Refuse | Withdraw | Drop | Send | Update | Cancel


class ActRule(msgspec.Struct, frozen=True):
    """To whom an act is open, from which states, and where it leads; None: the state stays."""

    permission: Literal["warning.write", "warning.approve"]
    states: frozenset[State]
    to: State | None


def _in(*states: State) -> frozenset[State]:
    return frozenset(states)


RULES: dict[str, ActRule] = {
    "submit": ActRule("warning.write", _in("draft"), "waiting"),
    "approve": ActRule("warning.approve", _in("waiting"), "approved"),
    "refuse": ActRule("warning.approve", _in("waiting", "approved"), "refused"),
    "withdraw": ActRule("warning.write", _in("waiting", "approved", "refused"), "draft"),
    "drop": ActRule("warning.write", _in("draft", "waiting", "approved", "refused"), "dropped"),
    "send": ActRule("warning.write", _in("draft", "approved"), "sent"),
    "update": ActRule("warning.write", _in("sent"), None),
    "cancel": ActRule("warning.write", _in("sent"), None),
}
"""All that can be done with a warning; ``send`` from a draft only under a template approved beforehand."""

Hindrance = Literal["part", "state", "itself", "second"]


def act_name(act: Act) -> str:
    """Return an act's word."""
    return str(type(act).__struct_config__.tag)


def without_approval(warning: CapWarning) -> bool:
    """Say whether it may leave at once: a template approved beforehand, seen and immediate."""
    return (
        warning.preapproved != ""
        and warning.content.urgency == "Immediate"
        and warning.content.certainty == "Observed"
    )


def hinders(name: str, warning: CapWarning, asker: str, held: frozenset[str]) -> Hindrance | None:
    """Return what stands against an act, or None; ``held`` are the asker's permissions over the warning."""
    rule = RULES[name]
    if warning.state not in rule.states:
        return "state"
    if rule.permission not in held:
        return "part"
    if name == "approve" and asker in warning.authors:
        return "itself"
    if name == "send" and warning.state == "draft" and not without_approval(warning):
        return "second"
    return None


def offered(warning: CapWarning, asker: str, held: frozenset[str]) -> list[str]:
    """Return the acts that are open to the asker, in the table's order."""
    return [name for name in RULES if hinders(name, warning, asker, held) is None]
